/** The linear model as a rater: fills in what text alone can carry and leaves the rest null. */
import { type Conversation, type Rater, RaterError, type RatingField, ratingFields } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { type LinearModel, loadLinearModel } from "./Model.ts"

/**
 * Fields that are filled in. What an answer's reasons are, and what its empathy is for, cannot be read by words well
 * enough to be told: see the lab's report.
 */
export const ratedFields: ReadonlyArray<RatingField> = ratingFields.filter(
  (field) => field !== "rationaleCodes" && field !== "empathyFunction"
)

/**
 * Opens the rater.
 *
 * @param weights folder of the weights; those that ship with the package unless given
 */
export const makeLinearRater = (weights?: URL): Effect.Effect<Rater, RaterError> =>
  Effect.try({
    try: () => raterOf(loadLinearModel(weights)),
    catch: (cause) =>
      new RaterError({ rater: "linear", message: cause instanceof Error ? cause.message : String(cause) })
  })

const raterOf = (model: LinearModel): Rater => ({
  id: model.id,
  version: model.version,
  digest: model.digest,
  fields: ratedFields,
  thresholds: model.thresholds,
  accreditations: model.accreditations,
  rate: (tasks, { evidence, fields }) =>
    Effect.sync(() =>
      tasks.map(({ answer, context }) => ({
        _tag: "rated",
        rating: model.rate(answer, questionOf(context), evidence, fields)
      }))
    )
})

const questionOf = (context: Conversation): string | null =>
  context.findLast(({ role }) => role === "user")?.content ?? null
