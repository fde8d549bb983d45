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
  Effect.map(
    Effect.try({
      try: () => loadLinearModel(weights),
      catch: (cause) =>
        new RaterError({ rater: "linear", message: cause instanceof Error ? cause.message : String(cause) })
    }),
    (model) => ({
      id: model.id,
      version: model.version,
      digest: model.digest,
      fields: model.axes.map((axis) => axis.id),
      thresholds: Object.fromEntries(model.axes.map((axis) => [axis.id, axis.threshold])),
      accreditations: model.axes.map((axis) => axis.accreditation),
      rate: (tasks, { evidence }) => Effect.sync(() => tasks.map((task) => rateOne(model, task, evidence)))
    })
  )
