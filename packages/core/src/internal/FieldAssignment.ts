/** Which rater's rating counts for which field, and how ratings are asked for. */
import * as Effect from "effect/Effect"
import { type Rater, RaterError, type RatingOutcome, type RatingTask } from "../Rater.ts"
import { fieldValue, type Rating, type RatingField, ratingFields, spanProblem, unrated } from "../Rating.ts"

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
  outcomes: ReadonlyMap<Rater, RatingOutcome>
): Rating => {
  const flags: Record<string, unknown> = { ...unrated.flags }
  const merged: Record<string, unknown> = { ...unrated, flags, evidence: [] }
  for (const [field, rater] of assignment) {
    const outcome = outcomes.get(rater)
    if (outcome?._tag !== "rated") continue
    const value = fieldValue(outcome.rating, field)
    if (field.startsWith("flags.")) flags[field.slice("flags.".length)] = value
    else merged[field] = value
  }
  merged.evidence = [...outcomes.values()].flatMap((outcome) =>
    outcome._tag === "rated" ? outcome.rating.evidence : []
  )
  return merged as unknown as Rating
}

/** The rater's answer, checked: as many outcomes as tasks, and no rating whose evidence cannot be quoted. */
export const rateAll = Effect.fnUntraced(function* (
  rater: Rater,
  tasks: ReadonlyArray<RatingTask>,
  evidence: boolean
): Effect.fn.Return<ReadonlyArray<RatingOutcome>, RaterError> {
  const outcomes = yield* rater.rate(tasks, { evidence })
  if (outcomes.length !== tasks.length) {
    return yield* new RaterError({
      rater: rater.id,
      message: `rater ${rater.id} gave ${outcomes.length} ratings for ${tasks.length} answers`
    })
  }
  return outcomes.map((outcome, index) => {
    const problem = outcome._tag === "rated" ? spanProblem(outcome.rating, tasks[index]!.answer) : null
    return problem === null ? outcome : { _tag: "failed", message: problem }
  })
})
