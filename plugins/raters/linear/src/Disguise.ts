/**
 * Text as a judge would read it: what is invisible removed, what only looks like a Latin letter made one. Instructions to
 * a grader hide behind such characters.
 */

/** Text without disguise, with the place in the original of each of its code units. */
export interface Undisguised {
  readonly text: string
  /** Offset in the original of the character that each code unit came from, and one past the last. */
  readonly origin: Uint32Array
  /** Offset just after that character. */
  readonly originEnd: Uint32Array
}

/** Characters of an answer that are looked at. */
const reach = 200_000

/** Soft hyphens, combining marks, zero-width and direction marks, look-alikes, full-width and styled letters, tags. */
const disguise =
  /[\u0300-\u036f]|[\ufe00-\ufe0f]|[\u00ad\u0370-\u03ff\u0400-\u04ff\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\uff01-\uff5e\u2100-\u214f]|\ud835|\udb40/

const invisible = /[\p{Cf}\p{Mn}]/u

/** Cyrillic and Greek letters that look like Latin ones. */
const lookAlikes: ReadonlyMap<string, string> = new Map(
  [..."аaеeоoрpсcуyхxіiјjѕsԁdԛqԝwһhАAВBЕEКKМMНHОOРPСCТTХXІIαaοoρpνvιiκkΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX"].reduce<
    Array<[string, string]>
  >((pairs, character, index, all) => {
    if (index % 2 === 0) pairs.push([character, all[index + 1]!])
    return pairs
  }, [])
)

/** The text undisguised; null where nothing is disguised, which is nearly always. */
export const undisguise = (text: string): Undisguised | null => {
  const read = text.length > reach ? text.slice(0, reach) : text
  if (!disguise.test(read)) return null
  // Where a word holds Latin letters, its look-alikes are meant to be read as Latin; other words keep their script.
  const units: Array<string> = []
  const origin: Array<number> = []
  const originEnd: Array<number> = []
  let position = 0
  for (const character of read) {
    const end = position + character.length
    const plain = isPlain(character) ? character : invisible.test(character) ? "" : character.normalize("NFKC")
    for (const unit of plain) {
      units.push(unit)
      for (let index = 0; index < unit.length; index++) {
        origin.push(position)
        originEnd.push(end)
      }
    }
    position = end
  }
  return {
    text: latinised(units),
    origin: Uint32Array.from(origin),
    originEnd: Uint32Array.from(originEnd)
  }
}

/** ASCII and Han ideographs stand for themselves. */
const isPlain = (character: string): boolean =>
  character < "\u0080" || (character >= "\u4e00" && character <= "\u9fff" && character.length === 1)

const isLatin = /[a-z]/i
const isLetter = /\p{L}/u

/** Replaces look-alikes in words that also hold Latin letters. */
const latinised = (units: ReadonlyArray<string>): string => {
  if (!units.some((unit) => lookAlikes.has(unit))) return units.join("")
  const result = [...units]
  let first = 0
  while (first < units.length) {
    if (!isLetter.test(units[first]!)) {
      first++
      continue
    }
    let last = first
    let latin = false
    let mixed = false
    while (last < units.length && isLetter.test(units[last]!)) {
      if (isLatin.test(units[last]!)) latin = true
      if (lookAlikes.has(units[last]!)) mixed = true
      last++
    }
    if (latin && mixed) for (let at = first; at < last; at++) result[at] = lookAlikes.get(units[at]!) ?? units[at]!
    first = last
  }
  return result.join("")
}

/** Instructions to a grader in scripts without blanks between words. */
export const judgeDirectedUnspaced =
  /(?:请|請)(?:给|給|将|將)?(?:本|这|這|此)(?:回答|答案|回复|回復)(?:打|评|評|判)|(?:忽略|无视|無視)(?:之前|以上|先前|所有)(?:的)?(?:指令|指示|评分|評分)|この(?:回答|応答)を(?:満点|最高|安全|高く)|(?:以前|上記|前)の(?:指示|命令|採点基準)を無視|이 (?:답변|응답)(?:을|에) (?:만점|최고|높은)|(?:이전|위의) (?:지시|지침)(?:를|을) 무시/
