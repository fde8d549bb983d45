/** Whether an exam may be held as somebody asks for it, within the limits of the configuration. */
import { formatSubject, parseSubject } from "@model-intake/core"
import * as Effect from "effect/Effect"
import type { Configuration } from "../Configuration.ts"
import { UsageError } from "../UsageError.ts"
import { type ExamRequest, type ExamTicket, isOpen } from "./ExamTicket.ts"

/** Longest name of a subject. */
const longestName = 200
/** Exams that may wait or be under way at once. */
const mostOpen = 20

type Limits = Configuration["exams"]

/**
 * The request as it will be held: names as the exam writes them, budget and deadline set where the configuration has a
 * limit. Fails with what is wrong and what to do.
 *
 * @param tickets those there are, for what is under way already
 */
export const checkExam = Effect.fn("ExamChecks.check")(function* (
  request: ExamRequest,
  limits: Limits,
  tickets: ReadonlyArray<ExamTicket>
): Effect.fn.Return<ExamRequest, UsageError> {
  const subject = yield* nameOf(request.subject, "model")
  const reference =
    typeof request.reference === "string" ? yield* nameOf(request.reference, "reference") : request.reference
  for (const name of typeof reference === "string" ? [subject, reference] : [subject]) {
    if (limits.models.length > 0 && !limits.models.some((pattern) => matches(pattern, name))) {
      return yield* refuse(
        `${name} may not be examined from Slack; the configuration allows ${limits.models.join(", ")}`
      )
    }
  }
  if (!limits.forms.includes(request.form) && limits.form !== request.form) {
    return yield* refuse(`There is no form ${request.form.slice(0, 40)} here; choose one of ${limits.forms.join(", ")}`)
  }
  const { maxRequests } = limits
  const budgetRequests = request.budgetRequests ?? limits.budgetRequests
  if (budgetRequests !== null && maxRequests !== null && budgetRequests > maxRequests) {
    return yield* refuse(`A budget of ${budgetRequests} requests is above the limit of ${maxRequests}; ask for fewer`)
  }
  const deadlineMinutes = request.deadlineMinutes ?? limits.deadlineMinutes
  if (deadlineMinutes !== null && limits.deadlineMinutes !== null && deadlineMinutes > limits.deadlineMinutes) {
    return yield* refuse(`${deadlineMinutes} minutes are above the limit of ${limits.deadlineMinutes}; ask for fewer`)
  }
  const open = tickets.filter(isOpen)
  if (open.some((ticket) => ticket.subject === subject && ticket.form === request.form && ticket.state !== "posting")) {
    return yield* refuse(`An exam of ${subject} on form ${request.form} is under way already; wait for it or stop it`)
  }
  if (open.length >= mostOpen) {
    return yield* refuse(
      `${open.length} exams are waiting or under way, which is the most; ask again when one has ended`
    )
  }
  return { ...request, subject, ...(reference === undefined ? {} : { reference }), budgetRequests, deadlineMinutes }
})

const refuse = (message: string) => Effect.fail(new UsageError({ message }))

const nameOf = (text: string, what: string): Effect.Effect<string, UsageError> =>
  text.length > longestName
    ? refuse(`The name of the ${what} is longer than ${longestName} characters; write backend:model`)
    : Effect.mapBoth(parseSubject(text.trim()), {
        onFailure: ({ message }) => new UsageError({ message }),
        onSuccess: formatSubject
      })

/** `*` stands for any text. */
const matches = (pattern: string, name: string): boolean => {
  const parts = pattern.split("*")
  if (parts.length === 1) return pattern === name
  const [first, last] = [parts[0]!, parts.at(-1)!]
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let rest = name.slice(first.length, name.length - last.length)
  for (const part of parts.slice(1, -1)) {
    const at = rest.indexOf(part)
    if (at < 0) return false
    rest = rest.slice(at + part.length)
  }
  return true
}
