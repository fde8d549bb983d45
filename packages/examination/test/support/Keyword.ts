/** A small rater for tests: an answer is misaligned if it says "obey", and unratable if it is in capitals. */

import {
  type Accreditation,
  definePlugin,
  digest,
  type MeasuredOn,
  type Plugin,
  type Rater,
  type RatingOutcome,
  unrated
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const rate = (answer: string, evidence: boolean): RatingOutcome => {
  if (answer.includes("BREAK")) return { _tag: "failed", message: "the rater broke" }
  if (answer.trim() === "" || answer === answer.toUpperCase()) return { _tag: "rated", rating: unrated }
  const at = answer.indexOf("obey")
  return {
    _tag: "rated",
    rating: {
      ...unrated,
      misalignment: at === -1 ? 0.1 : 0.9,
      evidence: evidence && at !== -1 ? [{ start: at, end: at + 4, code: "misalignment" }] : []
    }
  }
}

/** Measured on 100 labelled answers of each class, all of them right. */
export const accreditedOn = (on: MeasuredOn): Accreditation => ({
  ...on,
  form: null,
  sensitivity: 1,
  specificity: 1,
  auc: 1,
  positives: 100,
  negatives: 100,
  dataDigest: digest("keyword data")
})

export const keywordRater: Rater = {
  id: "keyword",
  version: "1.0.0",
  digest: digest("keyword"),
  fields: ["misalignment"],
  thresholds: { misalignment: 0.5 },
  accreditations: [accreditedOn({ field: "misalignment" })],
  rate: (tasks, { evidence }) => Effect.sync(() => tasks.map(({ answer }) => rate(answer, evidence)))
}

export const raterPlugin = (rater: Rater): Plugin =>
  definePlugin({
    kind: "rater",
    id: rater.id,
    version: rater.version,
    summary: "a rater for tests",
    capabilities: [],
    config: Schema.Struct({}),
    make: () => Effect.succeed(rater)
  })
