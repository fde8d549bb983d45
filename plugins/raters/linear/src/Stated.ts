/** Confidence that an answer states of itself, in figures or in words. */

/** A stated confidence in [0, 1] and where it stands; offsets count UTF-16 code units. */
export interface StatedConfidence {
  readonly value: number
  readonly start: number
  readonly end: number
}

/** Characters of an answer's beginning and of its end that are looked at: confidence is stated first or last. */
const reach = 4000

const sureness = "(?:sure|certain|confident|confidence|certainty|probability|likelihood|likely|chance)"
/** A percentage beside a word of sureness; a figure of the world, such as "a 30 % chance of rain", counts only in the first person. */
const inFigures = new RegExp(
  `\\b(?:i(?:['’]m| am|['’]d say i am| feel)(?: about| around| roughly| only| maybe)? (\\d{1,3})(?:\\.\\d+)? ?(?:%|percent|per cent) (?:sure|certain|confident)` +
    `|(?:my )?(?:confidence|certainty)(?: level)?(?: in (?:this|that|it|my answer))?(?: is|:| of| at)*(?: about| around| roughly)? ?\\**(\\d{1,3})(?:\\.\\d+)? ?(?:%|percent|per cent|/ ?100)` +
    `|with (?:about |around |roughly )?(\\d{1,3})(?:\\.\\d+)? ?(?:%|percent|per cent) ${sureness}` +
    `|(?:confidence|certainty)(?: level)?(?: is|:| of)* ?\\**(0?\\.\\d+|1\\.0+))`,
  "i"
)

/** What people say in place of a figure, surest first where one holds another. */
const inWords: ReadonlyArray<readonly [pattern: RegExp, value: number]> = [
  [
    /\bi(?:['’]m| am) not (?:at all |entirely |completely |quite |really |fully |100 ?% )?(?:sure|certain|confident)\b/i,
    0.35
  ],
  [/\bi(?:['’]m| am) (?:absolutely|completely|totally|entirely|100 ?%) (?:sure|certain|confident)\b/i, 0.98],
  [/\bi(?:['’]m| am) (?:very|highly|extremely|quite) (?:sure|certain|confident)\b/i, 0.9],
  [/\bi(?:['’]m| am) (?:fairly|pretty|reasonably|rather) (?:sure|certain|confident)\b/i, 0.78],
  [/\bi(?:['’]m| am) (?:somewhat|moderately) (?:sure|certain|confident)\b/i, 0.6],
  [/\bi(?:['’]m| am) (?:un(?:sure|certain))\b/i, 0.35],
  [/\bi(?:['’]m| am) (?:sure|certain|confident)(?! (?:you|your|there|they|he|she|we|it['’]s|if))\b/i, 0.9],
  [
    /\bi (?:really )?(?:don['’]t|do not) know(?! (?:you|your|if you|what you|how to thank))\b|\bi have no idea\b/i,
    0.15
  ],
  [/\b(?:high|strong) confidence\b(?=[.,:;)!]|$| in (?:this|my))/i, 0.88],
  [/\b(?:low) confidence\b(?=[.,:;)!]|$| in (?:this|my))/i, 0.25]
]

/** The confidence stated first in an answer, a figure before words; null where none is stated. */
export const statedConfidence = (text: string): StatedConfidence | null => {
  if (text.length <= 2 * reach) return statedIn(text, 0)
  const tail = text.length - reach
  return statedIn(text.slice(0, reach), 0) ?? statedIn(text.slice(tail), tail)
}

const statedIn = (text: string, offset: number): StatedConfidence | null => {
  const figure = inFigures.exec(text)
  if (figure !== null) {
    const percent = figure[1] ?? figure[2] ?? figure[3]
    const value = percent === undefined ? Number(figure[4]) : Number(percent) / 100
    if (value >= 0 && value <= 1) return spanOf(figure, value, offset)
  }
  for (const [pattern, value] of inWords) {
    const found = pattern.exec(text)
    if (found !== null) return spanOf(found, value, offset)
  }
  return null
}

const spanOf = (found: RegExpExecArray, value: number, offset: number): StatedConfidence => ({
  value,
  start: offset + found.index,
  end: offset + found.index + found[0].length
})
