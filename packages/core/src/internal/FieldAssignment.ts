/** Which rater's rating counts for which field, and how ratings are asked for. */
import * as Effect from "effect/Effect"
import { type Rater, RaterError, type RatingOutcome, type RatingTask } from "../Rater.ts"
import {
  type EvidenceSpan,
  fieldValue,
  type Rating,
  type RatingField,
  ratingFields,
  spanProblem,
  unrated
} from "../Rating.ts"

/** The rater of each field that anybody rates: the first one that declares it. */
export const assignFields = (raters: ReadonlyArray<Rater>): ReadonlyMap<RatingField, Rater> => {
  const assignment = new Map<RatingField, Rater>()
  for (const field of ratingFields) {
    const rater = raters.find((candidate) => candidate.fields.includes(field))
    if (rater !== undefined) assignment.set(field, rater)
  }
  return assignment
}

/** Joins the outcomes of all raters for one answer: each field from its own rater, null where that one failed. */
export const mergeRatings = (
  assignment: ReadonlyMap<RatingField, Rater>,
  outcomeOf: (rater: Rater) => RatingOutcome
): Rating => {
  const raters = new Set(assignment.values())
  if (raters.size === 1) {
    const outcome = outcomeOf(raters.values().next().value!)
    return outcome._tag === "rated" ? outcome.rating : unrated
  }
  const flags: Record<string, unknown> = { ...unrated.flags }
  const merged: Record<string, unknown> = { ...unrated, flags }
  const evidence: Array<EvidenceSpan> = []
  for (const rater of raters) {
    const outcome = outcomeOf(rater)
    if (outcome._tag === "failed") continue
    evidence.push(...outcome.rating.evidence)
    for (const [field, owner] of assignment) {
      if (owner !== rater) continue
      const value = fieldValue(outcome.rating, field)
      if (field.startsWith("flags.")) flags[field.slice("flags.".length)] = value
      else merged[field] = value
    }
  }
  return { ...(merged as unknown as Rating), evidence }
}

/** The rater's answer, checked: as many outcomes as tasks, and no rating whose evidence cannot be quoted. */
export const rateAll = (
  rater: Rater,
  tasks: ReadonlyArray<RatingTask>,
  evidence: boolean
): Effect.Effect<ReadonlyArray<RatingOutcome>, RaterError> =>
  Effect.flatMap(rater.rate(tasks, { evidence }), (outcomes) => {
    if (outcomes.length !== tasks.length) {
      const message = `rater ${rater.id} gave ${outcomes.length} ratings for ${tasks.length} answers`
      return Effect.fail(new RaterError({ rater: rater.id, message }))
    }
    return Effect.succeed(
      outcomes.map((outcome, index): RatingOutcome => {
        const problem = outcome._tag === "rated" ? spanProblem(outcome.rating, tasks[index]!.answer) : null
        return problem === null ? outcome : { _tag: "failed", message: problem }
      })
    )
  })
