/** Which rater's rating counts for which field, and how ratings are asked for. */

import type { DecidingRater } from "@model-intake/core"
import {
  type Accreditation,
  decidingAccreditation,
  type EvidenceSpan,
  fieldValue,
  type RateOptions,
  type Rater,
  RaterError,
  type Rating,
  type RatingField,
  type RatingOutcome,
  type RatingTask,
  ratingFields,
  spanProblem,
  unrated
} from "@model-intake/core"
import * as Effect from "effect/Effect"

/**
 * The rater of each field in screening: the first one that declares it. A rater that is accredited for item forms alone
 * was made for them and does not screen.
 */
export const assignForScreening = (raters: ReadonlyArray<Rater>): ReadonlyMap<RatingField, Rater> =>
  assign(
    raters.filter(({ accreditations }) => accreditations.length === 0 || accreditations.some(holdsForAnyText)),
    (rater, field) => rater.fields.includes(field)
  )

/**
 * The rater of each field on an item form: the first one accredited for this very form, else the first one accredited
 * for any text. A field for which nobody is accredited well enough is left out: a rater may decide only where somebody
 * measured it, and only where the measure says that it can tell the two sides apart.
 */
export const assignForForm = (raters: ReadonlyArray<Rater>, form: string): ReadonlyMap<RatingField, Rater> => {
  const accredited = (holds: (one: Accreditation) => boolean) =>
    assign(raters, (rater, field) => {
      const deciding = decidingAccreditation(rater, field, form)
      return deciding !== null && holds(deciding)
    })
  return new Map([...accredited(holdsForAnyText), ...accredited((one) => one.form === form)])
}

/** Who decides the fields on an item form, and by which accreditation. */
export const decidingRaters = (
  raters: ReadonlyArray<Rater>,
  form: string,
  fields: ReadonlyArray<RatingField>
): ReadonlyArray<DecidingRater> => {
  const assigned = assignForForm(raters, form)
  return fields.flatMap((field) => {
    const rater = assigned.get(field)
    return rater === undefined
      ? []
      : [{ field, rater: rater.id, accreditation: decidingAccreditation(rater, field, form)! }]
  })
}

const holdsForAnyText = ({ form }: Accreditation): boolean => form === null

const assign = (
  raters: ReadonlyArray<Rater>,
  takes: (rater: Rater, field: RatingField) => boolean
): ReadonlyMap<RatingField, Rater> =>
  new Map(
    ratingFields.flatMap((field): ReadonlyArray<readonly [RatingField, Rater]> => {
      const rater = raters.find((candidate) => takes(candidate, field))
      return rater === undefined ? [] : [[field, rater]]
    })
  )

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
  options: RateOptions
): Effect.Effect<ReadonlyArray<RatingOutcome>, RaterError> =>
  Effect.flatMap(rater.rate(tasks, options), (outcomes) => {
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
