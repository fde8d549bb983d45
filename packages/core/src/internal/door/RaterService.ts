/** A rater as its plugin made it, named and timed. */
import * as Effect from "effect/Effect"
import type { WrittenRater } from "../../PluginContract.ts"
import { type Rater, RaterError } from "../../Rater.ts"
import { failedSentence, raterFailure } from "./Failures.ts"
import type { Frame } from "./Frame.ts"
import { runGiven } from "./Given.ts"
import { membersOf } from "./Members.ts"
import { array, func, optional, record, shapeOf, shapeProblem, text } from "./Shapes.ts"

export const raterShape = shapeOf({
  id: text,
  version: text,
  digest: text,
  fields: array,
  thresholds: record,
  accreditations: array,
  refuses: optional(func),
  rate: func
})

export const raterService = (frame: Frame, written: WrittenRater): Rater => {
  const { plugin } = frame
  const failure = raterFailure(plugin, "rate")
  return {
    ...membersOf(written),
    ...(written.refuses === undefined
      ? {}
      : {
          // A rater that cannot say whether it may rate a model may not.
          refuses: (subject) => {
            try {
              return written.refuses?.(subject) ?? null
            } catch (reason) {
              return failedSentence(plugin, "refuses", reason)
            }
          }
        }),
    rate: (tasks, options) =>
      Effect.flatMap(
        frame.timed(
          "rate",
          runGiven((call) => written.rate(tasks, options, call), failure),
          failure
        ),
        (outcomes) => {
          const problem = shapeProblem(outcomes, array)
          return problem === null
            ? Effect.succeed(outcomes)
            : Effect.fail(new RaterError({ rater: plugin, message: `plugin ${plugin}: its rate ${problem}` }))
        }
      )
  }
}
