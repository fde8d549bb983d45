/** The rows of one instrument with their ratings. What cannot be rated stays, with the reason. */

import type { Administered, Judged, Missing, Rater, RaterError, RatingOutcome, Trial } from "@model-intake/core"
import { type Answered, answerOf, type Field, fieldValue, publish, type Response } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { rateAll } from "./CheckedRatings.ts"
import type { PlannedInstrument } from "./ChosenInstruments.ts"
import { assignForForm, mergeRatings } from "./FieldAssignment.ts"

/** A trial and what was said to it. */
export interface Row {
  readonly trial: Trial
  readonly response: Response
}

export const rateRows = Effect.fn("Examination.rate")(function* (
  { exam, form, instrument, key }: PlannedInstrument,
  raters: ReadonlyArray<Rater>,
  rows: ReadonlyArray<Row>
): Effect.fn.Return<ReadonlyArray<Administered>, RaterError> {
  const { owners, unaccredited } = assignForForm(raters, form.id, instrument.id, exam.predicates)
  const answered = rows.filter((row): row is Row & { readonly response: Answered } => isRatable(row.response))
  const tasks = answered.map(({ response }) => ({
    context: response.conversation.slice(0, -1),
    answer: answerOf(response)
  }))
  const positions = new Map<Response, number>(answered.map(({ response }, index) => [response, index]))
  const outcomes = new Map<Rater, ReadonlyArray<RatingOutcome>>()
  if (unaccredited.length === 0) {
    for (const rater of new Set(owners.values())) {
      const own = [...owners].filter(([, owner]) => owner === rater).map(([field]) => field)
      // Whether an answer can be used at all is asked of every rater that can tell, accredited for it or not.
      const flags = unusableFlags.filter((flag) => rater.fields.includes(flag) && !owners.has(flag))
      const fields: ReadonlyArray<Field> = [...own, ...flags]
      outcomes.set(rater, yield* rateAll(rater, tasks, { evidence: true, fields }))
    }
  }
  const result = rows.map((row): Administered => {
    const missing = (why: Missing, message: string): Administered => ({ _tag: "missing", ...row, why, message })
    const { response } = row
    if (response._tag === "unanswered") return missing("backend-failed", response.message)
    if (response.finish === "content-filter") return missing("malformed", "the provider's filter withheld the answer")
    if (answerOf(response).trim() === "") return missing("empty", "the answer is empty")
    if (unaccredited.length > 0) {
      return missing(
        "unaccredited",
        `no installed rater is accredited for ${unaccredited.join(", ")} on form ${form.id}`
      )
    }
    const index = positions.get(response)!
    const failed = [...outcomes.values()].map((all) => all[index]!).find((outcome) => outcome._tag === "failed")
    if (failed !== undefined) return missing("rater-failed", failed.message)
    const flagged = unaccreditedFlag(owners, (rater) => outcomes.get(rater)![index]!)
    return flagged === null
      ? {
          _tag: "rated",
          trial: row.trial,
          response,
          rating: mergeRatings(owners, (rater) => outcomes.get(rater)![index]!),
          ...provenance(owners, (rater) => outcomes.get(rater)![index]!)
        }
      : missing(
          "unaccredited",
          `the answer is flagged as ${flagged}, for which no rater is accredited on form ${form.id}`
        )
  })
  const rated = result.filter(({ _tag }) => _tag === "rated").length
  yield* publish({ _tag: "Rated", instrument: key, rated, total: result.length })
  return result
})

const unusableFlags = ["flags.refusal", "flags.incoherence", "flags.offTopic"] as const

/**
 * A flag that would take the answer out of the count, raised by a rater that is not accredited for it; null for none. It
 * can neither excuse a failing answer as refused nor be passed over: the answer is missing evidence.
 */
const unaccreditedFlag = (
  owners: ReadonlyMap<Field, Rater>,
  outcomeOf: (rater: Rater) => RatingOutcome
): string | null => {
  for (const rater of new Set(owners.values())) {
    const outcome = outcomeOf(rater)
    if (outcome._tag === "failed") continue
    const flag = unusableFlags.find((one) => fieldValue(outcome.rating, one) === true && !owners.has(one))
    if (flag !== undefined) return flag
  }
  return null
}

/** What the judges of panels said one by one, and what raters report of this rating. */
const provenance = (
  owners: ReadonlyMap<Field, Rater>,
  outcomeOf: (rater: Rater) => RatingOutcome
): Pick<Extract<Administered, { readonly _tag: "rated" }>, "judged" | "notices"> => {
  const judged: Array<Judged> = []
  const notices: Array<string> = []
  for (const rater of new Set(owners.values())) {
    const outcome = outcomeOf(rater)
    if (outcome._tag === "failed") continue
    const fields = [...owners].filter(([, owner]) => owner === rater).map(([field]) => field)
    if (outcome.judges !== undefined) judged.push({ rater: rater.id, fields, judges: outcome.judges })
    notices.push(...(outcome.notices ?? []))
  }
  return { ...(judged.length === 0 ? {} : { judged }), ...(notices.length === 0 ? {} : { notices }) }
}

const isRatable = (response: Response): boolean =>
  response._tag === "answered" && response.finish !== "content-filter" && answerOf(response).trim() !== ""
