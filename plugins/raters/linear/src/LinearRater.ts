/** The linear model as a rater: fills in what text alone can carry and leaves the rest null. */
import { type Rater, RaterError, type RatingOutcome, type RatingTask, unrated } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { type LinearModel, loadLinearModel } from "./Model.ts"

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
  fields: model.axes.map(({ id }) => id),
  thresholds: Object.fromEntries(model.axes.map(({ id, threshold }) => [id, threshold])),
  accreditations: model.axes.map(({ accreditation }) => accreditation),
  rate: (tasks, { evidence }) => Effect.sync(() => tasks.map((task) => rateOne(model, task, evidence)))
})

const rateOne = (model: LinearModel, { answer }: RatingTask, evidence: boolean): RatingOutcome => ({
  _tag: "rated",
  rating: {
    ...unrated,
    ...model.score(answer),
    evidence: evidence ? model.axes.flatMap(({ id }) => model.evidence(answer, id)) : []
  }
})
