/**
 * Finds passages that may speak to whoever rates a text instead of to the person in the conversation. The search is broad
 * on purpose: what it finds is left out of a second rating, so that a false find costs a call and hides nothing.
 */
import { foldMixed, isHidden, isOrdinary } from "./Characters.ts"
import { hiddenReadings, isReadable, plain, unknownRun } from "./Encodings.ts"
import { languageOf, ratingStems, scriptsOf, smallWords } from "./Languages.ts"
import { type Passage, pieces, sentencesOf } from "./Passages.ts"
import { categoriesOf, isCompactDirective, isStructure, type Marks, verdictOn } from "./RatingWords.ts"

/** A passage that may speak to a judge. */
export interface Suspect extends Passage {
  /** Surely addressed to a judge or hidden, not merely worded like it. */
  readonly strong: boolean
  /** Made to look like something else than words of a conversation: a prompt, a reply, hidden characters. */
  readonly forged: boolean
  /** Why, in a few words. */
  readonly why: string
}

/** The sentences of a text, and which of them are suspect; both in their order. */
export interface Inspection {
  readonly passages: ReadonlyArray<Passage>
  readonly suspects: ReadonlyArray<Suspect>
}

export const inspect = (text: string): Inspection => {
  const passages = sentencesOf(text)
  const surroundings = surroundingsOf(text, passages)
  const found = new Map<number, Omit<Suspect, keyof Passage>>()
  const note = (index: number, suspicion: Omit<Suspect, keyof Passage> | null) => {
    if (suspicion !== null && (found.get(index)?.strong ?? false) === false) found.set(index, suspicion)
  }
  const singles = passages.map((passage) => suspicionOf(text.slice(passage.start, passage.end), surroundings, true))
  for (const [index, { suspicion }] of singles.entries()) note(index, suspicion)
  // An instruction cut into single words is one only when they are read together.
  for (const members of windowsOf(text, passages, (index) => found.has(index))) {
    const { start } = passages[members[0]!]!
    const { suspicion } = suspicionOf(text.slice(start, passages[members.at(-1)!]!.end), surroundings, false)
    if (suspicion !== null) for (const member of members) note(member, suspicion)
  }
  // Beside a suspect, one word of rating is enough.
  for (const indices of [passages.keys(), [...passages.keys()].reverse()]) {
    for (const index of indices) {
      const beside = found.has(index - 1) || found.has(index + 1)
      if (beside && !found.has(index) && singles[index]!.marks > 0) {
        note(index, { strong: false, forged: false, why: "goes on from such a passage" })
      }
    }
  }
  return {
    passages,
    suspects: [...found].sort(([a], [b]) => a - b).map(([index, suspicion]) => ({ ...passages[index]!, ...suspicion }))
  }
}

/**
 * Finer than {@link unsuspected}: of a suspect passage the pieces stay that are not suspect by themselves, so that what an
 * instruction shares a sentence with is seen without it.
 */
export const salvaged = (text: string, { passages, suspects }: Inspection): ReadonlyArray<Passage> => {
  const surroundings = surroundingsOf(text, passages)
  const suspected = new Set(suspects.map(({ start }) => start))
  return passages.flatMap((passage) => {
    if (!suspected.has(passage.start)) return [passage]
    const found = pieces(text, passage)
    const clean = found.filter(({ start, end }) => {
      const { marks, suspicion } = suspicionOf(text.slice(start, end), surroundings, true)
      return suspicion === null && marks === 0
    })
    return clean.length === found.length ? [] : clean
  })
}

/** The passages that are not suspect. */
export const unsuspected = (
  { passages, suspects }: Inspection,
  only: "forged" | "all" = "all"
): ReadonlyArray<Passage> => {
  const suspected = new Set(suspects.filter(({ forged }) => only === "all" || forged).map(({ start }) => start))
  return passages.filter(({ start }) => !suspected.has(start))
}

/** Sentences of up to so many words, together up to so many UTF-16 code units, are also read as one. */
const shortest = 4
const windowLength = 100

/** Runs of short passages, each window beginning in the middle of the one before it. */
const windowsOf = (
  text: string,
  passages: ReadonlyArray<Passage>,
  isKnown: (index: number) => boolean
): ReadonlyArray<ReadonlyArray<number>> => {
  const takes = (index: number) => {
    const { start, end } = passages[index]!
    return !isKnown(index) && end - start < windowLength && text.slice(start, end).split(/\s+/).length <= shortest
  }
  const windows: Array<ReadonlyArray<number>> = []
  let first = 0
  while (first < passages.length) {
    let last = first - 1
    const fits = (index: number) =>
      index < passages.length && passages[index]!.end - passages[first]!.start <= windowLength
    while (fits(last + 1) && takes(last + 1)) last++
    if (last > first) windows.push(Array.from({ length: last - first + 1 }, (_, offset) => first + offset))
    first +=
      last > first && fits(last + 1) === false ? Math.ceil((last - first + 1) / 2) : Math.max(1, last - first + 1)
  }
  return windows
}

/** What the rest of the text is written in. */
interface Surroundings {
  readonly script: string | null
  readonly language: string | null
}

const surroundingsOf = (text: string, passages: ReadonlyArray<Passage>): Surroundings => {
  const counts = [...scriptsOf(text)].sort(([, a], [, b]) => b - a)
  const votes = new Map<string, number>()
  for (const { start, end } of passages) {
    const { language, share } = languageOf(plain(text.slice(start, end)))
    if (language !== null && share >= 0.15) votes.set(language, (votes.get(language) ?? 0) + (end - start))
  }
  // Instructions can outnumber what they are hidden in; English is what the items are written in.
  const most = [...votes].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null
  return { script: counts[0]?.[0] ?? null, language: votes.has("en") ? "en" : most }
}

const suspicionOf = (
  text: string,
  surroundings: Surroundings,
  alone: boolean
): { readonly suspicion: Omit<Suspect, keyof Passage> | null; readonly marks: number } => {
  const surface = plain(text)
  const own = categoriesOf(surface)
  const verdict = verdictOn(surface, own)
  const suspect = (strong: boolean, why: string, forged = false) => ({
    suspicion: { strong, forged, why },
    marks: own.size
  })
  const strong = (why: string) => suspect(true, why)
  const weak = (why: string) => suspect(false, why)
  if (hasHidden(text)) return suspect(true, "holds hidden characters", true)
  if (isStructure(text) === "strong" || isStructure(surface) === "strong")
    return suspect(true, "imitates a reply or a prompt", true)
  if (verdict === "strong") return strong("speaks of how to rate")
  const concealed = hiddenReadings(text)
  if (concealed.some((reading) => speaksOfRating(reading, own))) return strong("hides words of rating")
  const stems = ratingStems.reduce((sum, stem) => sum + (surface.match(new RegExp(stem, "gu"))?.length ?? 0), 0)
  const foreign = isForeign(text, surface, surroundings)
  if (foreign && stems > 0) return strong("speaks of rating in another language")
  if (verdict === "weak") return weak("has words of rating together")
  if (isStructure(text) === "weak") return weak("is not plain prose")
  if (foreign) return weak("is in another language or script")
  if (stems > 1 && surroundings.language !== "en") return weak("has words of rating together")
  if (concealed.some((reading) => isReadable(reading, 5)) && !isReadable(surface, 3)) return weak("reads in two ways")
  if (alone && (isOdd(text) || isNoLanguage(text, surroundings))) return weak("is not plain prose")
  return { suspicion: null, marks: own.size }
}

const speaksOfRating = (reading: string, surface: Marks): boolean => {
  const categories = categoriesOf(reading)
  if (verdictOn(reading, categories) !== null && [...categories].some((category) => !surface.has(category))) return true
  if (isCompactDirective(reading)) return true
  return ratingStems.some((stem) => (reading.match(new RegExp(stem, "gu"))?.length ?? 0) > 1)
}

/** Whether it is in another script, or in another language, than the rest; or in English where nothing else is. */
const isForeign = (text: string, surface: string, { script, language }: Surroundings): boolean => {
  const counts = scriptsOf(text)
  const letters = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const others = letters - (counts.get(script ?? "") ?? 0)
  if (others >= 2 && (others >= 0.2 * letters || /[\p{L}--[a-zA-Z]]{3}/v.test(withoutScript(text, script)))) return true
  // Accents fold away; English has next to none.
  const accents = text.normalize("NFC").match(/[\u{c0}-\u{24f}\u{1e00}-\u{1eff}]/gu)?.length ?? 0
  if (language === "en" && accents >= 3 && accents >= 0.12 * letters) return true
  const words = surface.match(/[a-z]+/g)?.length ?? 0
  const own = languageOf(surface)
  if (words >= 3 && own.language !== null && language !== null && own.language !== language && own.share >= 0.3) {
    return languageShare(surface, language) < own.share
  }
  return false
}

const withoutScript = (text: string, script: string | null): string =>
  [...text].map((one) => (scriptsOf(one).has(script ?? "") ? " " : one)).join("")

const languageShare = (surface: string, language: string): number => {
  const found = languageOf(surface)
  return found.language === language ? found.share : 0
}

const hasHidden = (text: string): boolean => {
  const characters = [...text]
  return characters.some(
    (one, index) =>
      !/[\t\r\n]/.test(one) &&
      one !== "\u{00AD}" &&
      isHidden(one) &&
      !isOrdinary(one, characters[index - 1] ?? " ", characters[index + 1] ?? " ")
  )
}

/** Words in lower case, and none of them a small word of the language that the rest is in. */
const isNoLanguage = (text: string, { language }: Surroundings): boolean => {
  const known = smallWords[language ?? ""]
  const found = text.match(/(?<![\p{L}\p{N}])\p{Ll}{2,}(?![\p{L}\p{N}])/gu) ?? []
  return known !== undefined && found.length >= 6 && !found.some((word) => known.has(word))
}

/** Letters of two scripts in one word, strange letters, words of no language, long runs without a space, few letters. */
const isOdd = (text: string): boolean => {
  const composed = text.normalize("NFC")
  if (/\p{M}{2,}/u.test(composed)) return true
  if (/\b(?=\w*\d)(?=\w*[a-z])[0-9a-z]{8,}\b/i.test(composed)) return true
  if (/[a-z][\u{370}-\u{52f}]|[\u{370}-\u{52f}][a-z]/iu.test(composed)) return true
  if (foldMixed(composed) !== composed && scriptsOf(composed).has("Latin")) return true
  if (
    /[\u{250}-\u{2af}\u{1d00}-\u{1dbf}\u{2460}-\u{24ff}\u{1d400}-\u{1d7ff}\u{ff01}-\u{ff5e}\u{1f130}-\u{1f189}]/u.test(
      text
    )
  ) {
    return true
  }
  if (text.split(/\s+/).some((run) => run.length >= 28 && !/^\(?https?:/.test(run) && !/[-—–/].*[-—–/]/.test(run))) {
    return scriptsOf(text).has("Latin") || scriptsOf(text).size === 0
  }
  if (unknownRun(text.normalize("NFKC")) !== null) return true
  const signs = text.replaceAll(/[\p{L}\p{N}\s.,;:!?'"’“”()*#_|•–—-]/gu, "").length
  return signs >= 6 && signs > 0.15 * text.length
}
