/**
 * Sentences of a finite language: every sentence that the forms can make stands in one table, so that reading one is a
 * look-up, and no sentence can be read in two ways.
 */
import * as Result from "effect/Result"

/** A sentence with slots: words in braces that stand for one value each. */
export interface Form {
  readonly pattern: string
}

export interface Slot {
  readonly name: string
  readonly value: string
}

/** A sentence: its form, and its slots from left to right. */
export interface Sentence<F extends Form> {
  readonly form: F
  readonly slots: ReadonlyArray<Slot>
}

/** A sentence where it stands in a text; offsets count UTF-16 code units. */
export interface PlacedSentence<F extends Form> extends Sentence<F> {
  readonly start: number
  readonly end: number
}

/** Sentences by their text. */
export type SentenceTable<F extends Form> = ReadonlyMap<string, Sentence<F>>

/** Every sentence of the forms. Throws an `Error` where two of them make the same one. */
export const sentenceTable = <F extends Form>(
  forms: ReadonlyArray<F>,
  valuesOf: (slot: string) => ReadonlyArray<string>
): SentenceTable<F> => {
  const table = new Map<string, Sentence<F>>()
  for (const form of forms) {
    for (const [text, slots] of fillings(form.pattern, valuesOf)) {
      if (table.has(text)) throw new Error(`the language is ambiguous: ${JSON.stringify(text)} has two readings`)
      table.set(text, { form, slots })
    }
  }
  return table
}

/**
 * Cuts a text into sentences and reads each; fails with the first that is not in the table. White space between
 * sentences is free, within a sentence it is one space. Takes time linear in the text, whatever it holds.
 */
export const readSentences = <F extends Form>(
  text: string,
  table: SentenceTable<F>
): Result.Result<ReadonlyArray<PlacedSentence<F>>, string> => {
  const sentences: Array<PlacedSentence<F>> = []
  let position = 0
  for (const { index } of text.matchAll(sentenceEnd)) {
    const end = index + 2
    const words = text.slice(position, end).trimStart()
    const sentence = table.get(words)
    if (sentence === undefined) return Result.fail(words)
    sentences.push({ ...sentence, start: end - words.length, end })
    position = end
  }
  const rest = text.slice(position).trim()
  return rest === "" ? Result.succeed(sentences) : Result.fail(rest)
}

/** Value of the first slot of that name, or null. */
export const slotOf = (sentence: Sentence<Form>, name: string): string | null =>
  sentence.slots.find((slot) => slot.name === name)?.value ?? null

/** A place in an order of sentences, and how often it may be taken. */
export interface Place {
  readonly names: ReadonlyArray<string>
  readonly optional: boolean
  readonly repeated: boolean
}

/** Reads `ack?`, `protect*` or `verdict|advice`. */
export const readPlace = (entry: string): Place => ({
  names: entry.replace(/[?*]$/, "").split("|"),
  optional: /[?*]$/.test(entry),
  repeated: entry.endsWith("*")
})

/** Whether the names follow the places. Each place takes all it can: neighbouring places share no name. */
export const standInOrder = (names: ReadonlyArray<string>, places: ReadonlyArray<Place>): boolean => {
  let at = 0
  for (const { names: allowed, optional, repeated } of places) {
    const start = at
    while (at < names.length && allowed.includes(names[at]!) && (repeated || at === start)) at++
    if (at === start && !optional) return false
  }
  return at === names.length
}

const sentenceEnd = /\s[.?](?!\S)/g

/** Every way to fill the slots of a pattern: the text, and the values. */
const fillings = (
  pattern: string,
  valuesOf: (slot: string) => ReadonlyArray<string>
): ReadonlyArray<readonly [text: string, slots: ReadonlyArray<Slot>]> => {
  const match = /^(.*?)\{(\w+)\}(.*)$/.exec(pattern)
  if (match === null) return [[pattern, []]]
  const [, before, name, after] = match as unknown as readonly [string, string, string, string]
  const endings = fillings(after, valuesOf)
  return valuesOf(name).flatMap((value) =>
    endings.map(([text, slots]) => [before + value + text, [{ name, value }, ...slots]] as const)
  )
}
