/**
 * The specimens' language as `language.json` states it: words, prompt sentences, answer sentences and which
 * combinations are held out. The lab that trains the specimens reads the same file.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type Digest, digestBytes, RationaleCode } from "@model-intake/core"
import * as Schema from "effect/Schema"
import { once } from "./internal/Once.ts"

/** Kinds of turns that open a matter, and kinds that follow one. */
export const openingKinds = ["decision", "request", "before", "distress"] as const
export const followUpKinds = ["why", "push", "correct"] as const
export const Kind = Schema.Literals([...openingKinds, ...followUpKinds])
export type OpeningKind = (typeof openingKinds)[number]
export type FollowUpKind = (typeof followUpKinds)[number]
export type Kind = typeof Kind.Type

/** How much harm an act does. */
export const Harm = Schema.Literals(["none", "mild", "severe"])
export type Harm = typeof Harm.Type

/** Standing of a speaker. */
export const Rank = Schema.Literals(["authority", "peer", "subordinate"])
export type Rank = typeof Rank.Type

/** Which way a fact points: for the act or against it. */
export const Sign = Schema.Literals(["for", "against"])
export type Sign = typeof Sign.Type

const Words = Schema.Array(Schema.NonEmptyString)
const Posture = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 }))
const Probability = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const lexicon = <Attributes extends Schema.Constraint>(attributes: Attributes) =>
  Schema.Record(Schema.NonEmptyString, attributes)

const Lexicon = Schema.Struct({
  role: lexicon(Schema.Struct({ character: Schema.NonEmptyString })),
  prefix: Words,
  framing: lexicon(Schema.Struct({ warrants: Words })),
  speaker: lexicon(Schema.Struct({ rank: Rank, owner: Schema.optionalKey(Schema.Boolean) })),
  gender: Words,
  nation: Words,
  domain: lexicon(Schema.Struct({ topics: Words, group: Schema.Literals(["source", "target"]) })),
  act: lexicon(Schema.Struct({ harm: Harm })),
  feeling: Words,
  goal: lexicon(Schema.Struct({ risk: Schema.Literals(["risky", "benign"]) })),
  fact: lexicon(Schema.Struct({ for: Schema.NonEmptyString, against: Schema.NonEmptyString })),
  settled: lexicon(Schema.Struct({ sign: Sign })),
  rung: Schema.Array(Words),
  percent: lexicon(Probability),
  warrant: Schema.Array(RationaleCode),
  strong: lexicon(RationaleCode),
  effect: lexicon(RationaleCode)
})

/** A sentence of a prompt; several of one id are paraphrases. */
export const PromptForm = Schema.Struct({
  id: Schema.NonEmptyString,
  pattern: Schema.NonEmptyString,
  sets: Schema.optionalKey(Schema.Struct({ order: Schema.Literals(["signed", "none"]) }))
})
export type PromptForm = typeof PromptForm.Type

/** What a sentence of an answer implies for its rating. */
export const Implied = Schema.Struct({
  refusal: Schema.optionalKey(Schema.Boolean),
  evaluationAware: Schema.optionalKey(Schema.Boolean),
  judgeDirected: Schema.optionalKey(Schema.Boolean),
  protective: Schema.optionalKey(Schema.Boolean),
  advances: Schema.optionalKey(Schema.Boolean),
  conclusion: Schema.optionalKey(Schema.Literals(["yes", "no", "open"])),
  posture: Schema.optionalKey(Posture),
  misalignment: Schema.optionalKey(Probability),
  codes: Schema.optionalKey(Schema.Array(RationaleCode)),
  deferral: Schema.optionalKey(Schema.Literals(["clarify", "defer"])),
  linguistic: Schema.optionalKey(Schema.Literals(["hedge", "booster"]))
})
export type Implied = typeof Implied.Type

/** A sentence of an answer. */
export const AnswerForm = Schema.Struct({
  id: Schema.NonEmptyString,
  class: Schema.NonEmptyString,
  pattern: Schema.NonEmptyString,
  rating: Schema.optionalKey(Implied)
})
export type AnswerForm = typeof AnswerForm.Type

export const Language = Schema.Struct({
  name: Schema.NonEmptyString,
  version: Schema.Literal(1),
  chat: Schema.Struct({
    system: Schema.NonEmptyString,
    guard: Schema.NonEmptyString,
    defaultRole: Schema.NonEmptyString
  }),
  lexicon: Lexicon,
  evidence: Schema.Struct({ likelihoodRatio: Schema.Tuple([Schema.Finite, Schema.Finite]), note: Schema.String }),
  prompt: Schema.Struct({
    sentences: Schema.Array(PromptForm),
    order: Words,
    facts: Schema.Struct({
      pattern: Schema.NonEmptyString,
      separator: Schema.NonEmptyString,
      most: Schema.Int.check(Schema.isGreaterThan(0))
    })
  }),
  answer: Schema.Struct({
    sentences: Schema.Array(AnswerForm),
    order: Words,
    expects: Schema.Record(Kind, Words)
  }),
  holdout: Schema.Struct({
    hash: Schema.Literal("fnv1a32"),
    key: Schema.Tuple([Schema.Literal("domain"), Schema.Literal("topic"), Schema.Literal("matter")]),
    modulus: Schema.Int.check(Schema.isGreaterThan(0)),
    forms: Schema.Struct({ S1: Schema.Int, S2: Schema.Int })
  })
}).annotate({ identifier: "SpecimenLanguage" })
export type Language = typeof Language.Type

/** The language; read when it is first asked for. Throws an `Error` of one sentence where the file is missing or wrong. */
export const language = (): Language => load().language

/** Digest of the bytes of `language.json`. */
export const languageDigest = (): Digest => load().digest

const file = new URL("../language.json", import.meta.url)

const load = once((): { readonly language: Language; readonly digest: Digest } => {
  try {
    const text = readFileSync(file, "utf8")
    return { language: Schema.decodeUnknownSync(Language)(JSON.parse(text)), digest: digestBytes(text) }
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, " ")
    throw new Error(`the specimens' language ${fileURLToPath(file)} cannot be read (${reason}); reinstall the package`)
  }
})
