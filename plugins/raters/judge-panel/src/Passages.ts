/** An answer cut into passages, and what of it is shown: the whole, the rest without some passages, or one part. */

/** A stretch of a text; offsets count UTF-16 code units. */
export interface Passage {
  readonly start: number
  readonly end: number
}

/** Longest passage: what runs on without an end of sentence is cut here. */
const longest = 400

/**
 * Sentences and lines of a text in their order, without the white space around them. Ends of sentences of all the world's
 * larger scripts count; what runs on is cut at a space, else between characters.
 */
export const sentencesOf = (text: string): ReadonlyArray<Passage> =>
  split(text, { start: 0, end: text.length }, lineEnds).flatMap((line) =>
    split(text, line, sentenceEnds)
      .flatMap((sentence) => split(text, sentence, unmarkedEnds))
      .flatMap((sentence) => cut(text, sentence))
  )

/** Clauses of a passage, at commas, colons, dashes, brackets and the commonest conjunctions of English. */
export const clausesOf = (text: string, passage: Passage): ReadonlyArray<Passage> => split(text, passage, clauseEnds)

/** Clauses, and where a word with a capital letter may begin a sentence that no sign separates. */
export const pieces = (text: string, passage: Passage): ReadonlyArray<Passage> =>
  clausesOf(text, passage).flatMap((clause) => split(text, clause, capitals))

/**
 * At most `most` parts of a text, each a list of passages in their order. A short text comes apart into its sentences, or
 * clauses where there are few sentences. A longer one is laid out in a square, row by row, and its parts are the rows and the
 * columns: any two sentences stand apart in one of the two, with about twice the root of their number of parts. Where that
 * would be too many, neighbouring sentences go together.
 */
export const partsOf = (text: string, most: number): ReadonlyArray<ReadonlyArray<Passage>> => {
  const sentences = sentencesOf(text).filter(({ start, end }) => /[\p{L}\p{N}]/u.test(text.slice(start, end)))
  const enough = Math.min(most, clauseLimit)
  const passages = sentences.length < enough ? finest(text, sentences, enough) : sentences
  if (passages.length <= Math.min(most, aloneLimit)) return passages.map((passage) => [passage])
  const units = together(passages, Math.min(passages.length, Math.floor(most / 2) ** 2))
  const width = Math.ceil(Math.sqrt(units.length))
  const group = (of: (index: number) => number) =>
    [...Map.groupBy(units.keys(), of).values()].map((indices) => [...indices].flatMap((index) => units[index]!))
  return [...group((index) => Math.floor(index / width)), ...group((index) => index % width)]
}

/** With fewer sentences than this a text is cut into clauses ... */
const clauseLimit = 6
/** ... and up to so many passages each is a part by itself. */
const aloneLimit = 8

/** The passages in `count` contiguous units of about the same number. */
const together = (passages: ReadonlyArray<Passage>, count: number): ReadonlyArray<ReadonlyArray<Passage>> =>
  Array.from({ length: count }, (_, index) =>
    passages.slice(Math.round((index * passages.length) / count), Math.round(((index + 1) * passages.length) / count))
  )

/** The longest passages into clauses, one after the other, until there are enough. */
const finest = (text: string, sentences: ReadonlyArray<Passage>, count: number): ReadonlyArray<Passage> => {
  let passages = [...sentences]
  for (const sentence of sentences.toSorted((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)) {
    const clauses = pieces(text, sentence)
    if (passages.length >= count) break
    passages = passages.flatMap((passage) => (passage === sentence ? clauses : [passage]))
  }
  return passages
}

const lineEnds = /[\n\r\u000b\u000c\u0085\u2028\u2029]+/gu
const sentenceEnds =
  /(?<!^[^\p{L}\p{N}]*(?:\p{N}{1,3}|\p{L})[.)])(?<=[.!?…][\p{Pe}\p{Pf}"'’*_]*)\s+|(?<=[。！？｡．؟۔।॥።][\p{Pe}\p{Pf}"'’]*)/gu
/** Before a small word with a capital letter there was an end, whether a sign marks it or not. */
const unmarkedEnds =
  /(?<=[^\s.,;:!?…"'“‘(])\s+(?=(?:The|This|That|These|Those|You|Your|He|She|It|They|We|If|In|On|At|And|But|So|Or|Then|There|Do|Don't|Never|Now|When|What|Please|Only|All|No|Not|Yes|Just|As|For|From|With|Without)\s)/gu
const capitals = /(?<=[^\s.,;:!?…])\s+(?=\p{Lu}[\p{Ll}'’])/gu
const clauseEnds =
  /(?<=[,;:)\]}，、；：،؛])\s*|\s+[-–—|/]+\s+|(?<=\p{L})[—–](?=\p{L})|\s+(?=(?:and|but|so|or|while|because|then|yet|which)\s)|\s*(?=[([{])/gu

const split = (text: string, { start, end }: Passage, at: RegExp): ReadonlyArray<Passage> => {
  const found: Array<Passage> = []
  let from = 0
  const whole = text.slice(start, end)
  for (const match of whole.matchAll(at)) {
    found.push({ start: start + from, end: start + match.index })
    from = match.index + match[0].length
  }
  found.push({ start: start + from, end })
  return found.map((piece) => trimmed(text, piece)).filter((piece) => piece.end > piece.start)
}

const trimmed = (text: string, { start, end }: Passage): Passage => {
  const piece = text.slice(start, end)
  const left = piece.length - piece.trimStart().length
  return { start: start + left, end: Math.max(start + left, start + piece.trimEnd().length) }
}

const cut = (text: string, { start, end }: Passage): ReadonlyArray<Passage> => {
  const found: Array<Passage> = []
  let from = start
  while (end - from > longest) {
    const space = text.lastIndexOf(" ", from + longest)
    const at = space > from + longest / 2 ? space : cutsPair(text, from + longest) ? from + longest - 1 : from + longest
    found.push(trimmed(text, { start: from, end: at }))
    from = at
  }
  return [...found, trimmed(text, { start: from, end })].filter((piece) => piece.end > piece.start)
}

/** Whether a cut here would part a surrogate pair. */
const cutsPair = (text: string, index: number): boolean =>
  /[\ud800-\udbff]/.test(text[index - 1] ?? "") && /[\udc00-\udfff]/.test(text[index] ?? "")
