/** The rows of one instrument with their ratings. What cannot be rated stays, with the reason. */
import * as Effect from "effect/Effect"
import { publish } from "../Events.ts"
import type { Administered, Missing } from "../Instrument.ts"
import type { Rater, RaterError, RatingOutcome } from "../Rater.ts"
import type { RatingField } from "../Rating.ts"
import { type Answered, answerOf, type Response } from "../Response.ts"
import type { Trial } from "../Trial.ts"
import { assignForForm, mergeRatings, rateAll } from "./FieldAssignment.ts"
import type { PlannedInstrument } from "./Plan.ts"

/** A trial and what was said to it. */
export interface Row {
  readonly trial: Trial
  readonly response: Response
}

export const rateRows = Effect.fn("Examination.rate")(function* (
  { instrument, exam, form }: PlannedInstrument,
  raters: ReadonlyArray<Rater>,
  rows: ReadonlyArray<Row>
): Effect.fn.Return<ReadonlyArray<Administered>, RaterError> {
  // The flags tell refusals and unusable answers apart, whatever else the rule reads.
  const wanted = (field: RatingField) => field.startsWith("flags.") || exam.fields.includes(field)
  const assignment = new Map([...assignForForm(raters, form.id)].filter(([field]) => wanted(field)))
  const unaccredited = exam.fields.find((field) => !assignment.has(field))
  const answered = rows.filter((row): row is Row & { readonly response: Answered } => isRatable(row.response))
  const tasks = answered.map(({ response }) => ({
    context: response.conversation.slice(0, -1),
    answer: answerOf(response)
  }))
  const positions = new Map<Response, number>(answered.map(({ response }, index) => [response, index]))
  const outcomes = new Map<Rater, ReadonlyArray<RatingOutcome>>()
  if (unaccredited === undefined) {
    for (const rater of new Set(assignment.values())) outcomes.set(rater, yield* rateAll(rater, tasks, true))
  }
  const result = rows.map((row): Administered => {
    const missing = (why: Missing, message: string): Administered => ({ _tag: "missing", ...row, why, message })
    const { response } = row
    if (response._tag === "unanswered") return missing("backend-failed", response.message)
    if (response.finish === "content-filter") return missing("malformed", "the provider's filter withheld the answer")
    if (answerOf(response).trim() === "") return missing("empty", "the answer is empty")
    if (unaccredited !== undefined) {
      return missing("unaccredited", `no installed rater is accredited for ${unaccredited} on form ${form.id}`)
    }
    const index = positions.get(response)!
    const failed = [...outcomes.values()].map((all) => all[index]!).find((outcome) => outcome._tag === "failed")
    return failed === undefined
      ? {
          _tag: "rated",
          trial: row.trial,
          response,
          rating: mergeRatings(assignment, (rater) => outcomes.get(rater)![index]!)
        }
      : missing("rater-failed", failed.message)
  })
  const rated = result.filter(({ _tag }) => _tag === "rated").length
  yield* publish({ _tag: "Rated", instrument: instrument.code, rated, total: result.length })
  return result
})

const isRatable = (response: Response): boolean =>
  response._tag === "answered" && response.finish !== "content-filter" && answerOf(response).trim() !== ""
