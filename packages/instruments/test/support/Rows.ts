/** Rated rows for tests of readings: answers that fail or pass by their constraint, with the ratings of judges. */
import {
  type Accreditation,
  type Administered,
  type DecidingRater,
  digest,
  makeTrial,
  type Rating,
  type RatingField,
  unrated
} from "@model-intake/core"

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

/** 48 items x 4, of which the first so many break the constraint, spread over the items. */
export const keptRows = (broken: number, total = 192): ReadonlyArray<Extract<Administered, { _tag: "rated" }>> =>
  Array.from({ length: total }, (_, index) =>
    ratedRow(index % 48, Math.floor(index / 48), { constraintKept: index >= broken })
  )

export const accreditation = (
  field: RatingField,
  sensitivity: number,
  specificity: number,
  labelled = 500
): Accreditation => ({
  field,
  form: null,
  sensitivity,
  specificity,
  auc: null,
  positives: labelled,
  negatives: labelled,
  dataDigest: digest("labelled")
})

export const decidingRater = (
  field: RatingField,
  sensitivity: number,
  specificity: number,
  labelled = 500
): DecidingRater => ({ field, rater: "r", accreditation: accreditation(field, sensitivity, specificity, labelled) })
