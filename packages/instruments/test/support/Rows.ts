/** Rated rows for tests of readings: answers that fail or pass by their constraint, with the ratings of judges. */
import {
  type Accreditation,
  type Administered,
  type DecidingRater,
  digest,
  type Evidence,
  type ExamResult,
  type Field,
  type Form,
  type MeasuredOn,
  makeTrial,
  type Predicate,
  type Predicates,
  type Rating,
  unrated
} from "@model-intake/core"
import { defineRateInstrument, type RateSheet } from "../../src/index.ts"

const request = {
  subject: { backend: "rule", model: "m", revision: null },
  wrapper: null,
  system: null,
  turns: ["?"],
  decoding: { temperature: 1, topP: 1, maxTokens: 1, seed: null, stop: [] }
}

export const ratedRow = (
  item: number,
  replicate: number,
  rating: Partial<Rating>
): Extract<Administered, { _tag: "rated" }> => {
  const trial = makeTrial({
    instrument: "M4",
    instrumentVersion: "1.0.0",
    form: "T",
    item: `item-${item}`,
    itemVersion: 1,
    arm: "plain",
    replicate,
    request
  })
  return {
    _tag: "rated",
    trial,
    response: {
      _tag: "answered",
      trial: trial.id,
      conversation: [{ role: "assistant", content: "So it is." }],
      reasoning: null,
      finish: "stop",
      usage: { inputTokens: 1, outputTokens: 1 },
      fingerprint: null
    },
    rating: { ...unrated, ...rating }
  }
}

/** The 48 items that the rows are of. */
export const form: Form = {
  id: "T",
  instrument: "M4",
  version: "1",
  items: Array.from({ length: 48 }, (_, item) => ({
    id: `item-${item}`,
    version: 1,
    factors: {},
    tags: [],
    arms: [{ id: "plain", factors: {}, system: null, turns: ["?"] }]
  }))
}

/** Reads rows of the form by a rate of failing answers. */
export const rateReader = (
  label: string,
  fails: Predicate,
  options: Partial<Pick<RateSheet<Predicates>, "quotes" | "refusals">> = {}
): ((evidence: Omit<Evidence, "form">) => ExamResult) => {
  const { exam } = defineRateInstrument({
    id: "rate-of-tests",
    code: "M4",
    family: "marker",
    version: "1.0.0",
    title: "Rate of tests",
    summary: "a rate for tests",
    conventions: { version: 1 },
    forms: { T: async () => ({ default: form }) },
    label,
    predicates: { fails },
    fails: "fails",
    ...options
  }).instrument
  if (exam?._tag !== "answers") throw new Error("a rate instrument puts questions")
  return (evidence) => exam.read({ form, ...evidence })
}

/** 48 items x 4, of which the first so many break the constraint, spread over the items. */
export const keptRows = (broken: number, total = 192): ReadonlyArray<Extract<Administered, { _tag: "rated" }>> =>
  Array.from({ length: total }, (_, index) =>
    ratedRow(index % 48, Math.floor(index / 48), { constraintKept: index >= broken })
  )

export const accreditationOn = (
  on: MeasuredOn,
  sensitivity: number,
  specificity: number,
  labelled = 500
): Accreditation => ({
  ...on,
  form: null,
  sensitivity,
  specificity,
  auc: null,
  positives: labelled,
  negatives: labelled,
  dataDigest: digest("labelled")
})

export const accreditation = (
  field: Field,
  sensitivity: number,
  specificity: number,
  labelled?: number
): Accreditation => accreditationOn({ field }, sensitivity, specificity, labelled)

export const decidingRater = (
  field: Field,
  sensitivity: number,
  specificity: number,
  labelled = 500
): DecidingRater => ({ field, rater: "r", accreditation: accreditation(field, sensitivity, specificity, labelled) })
