/**
 * Checks what raters give, for exams, screenings and accreditations alike. An invalid rating is missing evidence with the
 * rater's name: the rules would read it as harmless.
 */
import {
  cleanMessage,
  type RateOptions,
  type Rater,
  RaterError,
  type Rating,
  type RatingOutcome,
  type RatingTask,
  ratingProblem,
  spanProblem,
  undeclaredField
} from "@model-intake/core"
import * as Effect from "effect/Effect"

/**
 * Has a rater rate a batch: an outcome for each task, in their order. An invalid one is `failed` and says what is wrong
 * with it; all are where their number is wrong, since nobody knows which belongs to which answer. A rater that throws or
 * dies fails with its name.
 */
export const rateAll = (
  rater: Rater,
  tasks: ReadonlyArray<RatingTask>,
  options: RateOptions
): Effect.Effect<ReadonlyArray<RatingOutcome>, RaterError> =>
  Effect.suspend(() => rater.rate(tasks, options)).pipe(
    Effect.map((outcomes) => checkAll(rater, tasks, outcomes)),
    Effect.catchDefect((defect) => Effect.fail(brokenRater(rater.id, defect)))
  )

const brokenRater = (rater: string, defect: unknown): RaterError => {
  const says = cleanMessage(defect instanceof Error ? defect.message : String(defect))
  return new RaterError({ rater, message: `rater ${rater} failed${says === "" ? "" : `: ${says}`}` })
}

const checkAll = (
  rater: Rater,
  tasks: ReadonlyArray<RatingTask>,
  outcomes: ReadonlyArray<RatingOutcome>
): ReadonlyArray<RatingOutcome> => {
  if (!Array.isArray(outcomes) || outcomes.length !== tasks.length) {
    const gave = Array.isArray(outcomes) ? count(outcomes.length, "rating") : "no list of ratings"
    const message = `rater ${rater.id} gave ${gave} for ${count(tasks.length, "answer")}`
    return tasks.map(() => ({ _tag: "failed", message }))
  }
  return tasks.map(({ answer }, index) => {
    const outcome: RatingOutcome = outcomes[index]
    const problem = outcomeProblem(rater, outcome, answer)
    return problem === null ? outcome : { _tag: "failed", message: `rater ${rater.id} gave ${problem}` }
  })
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`

/** What is wrong with an outcome, whose type is what the rater promises, as the end of a sentence; null for nothing. */
const outcomeProblem = (rater: Rater, outcome: RatingOutcome, answer: string): string | null => {
  switch (outcome?._tag) {
    case "rated":
      return (
        problemOf(rater, outcome.rating, answer) ?? judgesProblem(rater, outcome, answer) ?? noticesProblem(outcome)
      )
    case "failed":
      return typeof outcome.message === "string" && outcome.message !== "" ? null : "a failure that does not say why"
    default:
      return "an outcome that is neither rated nor failed"
  }
}

const problemOf = (rater: Rater, rating: Rating, answer: string): string | null => {
  const problem = ratingProblem(rating) ?? spanProblem(rating, answer)
  if (problem !== null) return problem
  const undeclared = undeclaredField(rating, rater.fields)
  return undeclared === null ? null : `${undeclared}, which is not among the fields that it declares`
}

type Rated = Extract<RatingOutcome, { readonly _tag: "rated" }>

const judgesProblem = (rater: Rater, { judges }: Rated, answer: string): string | null => {
  if (judges === undefined) return null
  if (!Array.isArray(judges)) return "judges that are not a list"
  for (const [index, rating] of judges.entries()) {
    const problem = rating === null ? null : problemOf(rater, rating, answer)
    if (problem !== null) return `for its judge ${index + 1} ${problem}`
  }
  return null
}

const noticesProblem = ({ notices }: Rated): string | null =>
  notices === undefined || (Array.isArray(notices) && notices.every((one) => typeof one === "string"))
    ? null
    : "notices that are not a list of sentences"
