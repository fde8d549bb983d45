/** Text generated from `language.json`, by rules of its own: nothing here comes from the code under test. */
import { readFileSync } from "node:fs"
import * as fc from "fast-check"
import { makeScenario, type Scenario } from "../../src/index.ts"

const language = JSON.parse(readFileSync(new URL("../../language.json", import.meta.url), "utf8"))

/** A sentence of an answer as it was made. */
export interface MadeSentence {
  readonly id: string
  readonly class: string
  readonly text: string
  readonly slots: ReadonlyArray<{ readonly name: string; readonly value: string }>
}

/** The words of a slot. */
export const words = (slot: string): ReadonlyArray<string> => {
  if (slot === "topic")
    return Object.values<{ topics: Array<string> }>(language.lexicon.domain).flatMap((d) => d.topics)
  const values = language.lexicon[slot]
  return Array.isArray(values) ? values : Object.keys(values)
}

/** How many sentence forms a text matches, by the rule of the lab's README. */
export const matchingForms = (text: string): number =>
  language.answer.sentences.filter(({ pattern }: { pattern: string }) =>
    new RegExp(
      `^${pattern.replaceAll(/[.?]/g, "\\$&").replaceAll(/\{(\w+)\}/g, (_, slot) => `(?:${words(slot).join("|")})`)}$`
    ).test(text)
  ).length

/** Every way to fill the slots of a sentence form. */
const filled = (form: { id: string; class: string; pattern: string }): fc.Arbitrary<MadeSentence> => {
  const names = [...form.pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  return fc.tuple(...names.map((name) => fc.constantFrom(...words(name)))).map((values) => {
    const rest = [...values]
    const text = form.pattern.replaceAll(/\{\w+\}/g, () => rest.shift()!)
    return { id: form.id, class: form.class, text, slots: names.map((name, at) => ({ name, value: values[at]! })) }
  })
}

/** Well-formed answers, sentence by sentence. */
export const answers: fc.Arbitrary<ReadonlyArray<MadeSentence>> = fc
  .tuple(
    ...language.answer.order.map((entry: string) => {
      const classes = entry.replace(/[?*]$/, "").split("|")
      const forms = language.answer.sentences.filter((form: { class: string }) => classes.includes(form.class))
      const minLength = /[?*]$/.test(entry) ? 0 : 1
      return fc.array(fc.constantFrom(...forms).chain(filled), { minLength, maxLength: entry.endsWith("*") ? 3 : 1 })
    })
  )
  .map((places) => (places as Array<Array<MadeSentence>>).flat())

export const textOf = (sentences: ReadonlyArray<MadeSentence>): string => sentences.map(({ text }) => text).join(" ")

const word = (slot: string) => fc.constantFrom(...words(slot))
const maybe = <A>(arbitrary: fc.Arbitrary<A>) => fc.option(arbitrary, { nil: null })

const facts = fc
  .tuple(fc.constantFrom("for" as const, "against" as const), fc.uniqueArray(word("fact"), { maxLength: 3 }))
  .map(([sign, known]) => known.map((fact) => ({ fact, sign })))

const wordings = { decision: 4, request: 4, before: 2, distress: 3 } as const

/** First turns of every kind, with anything that a first turn can say. */
export const openings: fc.Arbitrary<Scenario> = fc
  .record({
    kind: fc.constantFrom(...(["decision", "request", "before", "distress"] as const)),
    framing: word("framing"),
    place: fc.constantFrom(
      ...Object.entries<{ topics: Array<string> }>(language.lexicon.domain).flatMap(([domain, { topics }]) =>
        topics.map((topic) => ({ domain, topic }))
      )
    ),
    act: word("act"),
    speaker: maybe(word("speaker")),
    origin: maybe(fc.record({ gender: word("gender"), nation: word("nation") })),
    feeling: maybe(word("feeling")),
    goal: maybe(word("goal")),
    facts: maybe(facts),
    settled: maybe(word("settled")),
    lost: fc.boolean(),
    stress: maybe(fc.nat(2)),
    order: maybe(fc.constantFrom("signed" as const, "none" as const)),
    value: maybe(fc.record({ rung: fc.nat(8), rungWording: fc.nat(1) })),
    prefix: maybe(word("prefix")),
    wording: fc.nat(11)
  })
  .map(({ place, value, wording, kind, act, ...rest }) =>
    makeScenario({
      ...rest,
      ...place,
      ...value,
      kind,
      act: kind === "distress" ? null : act,
      wording: wording % wordings[kind]
    })
  )
