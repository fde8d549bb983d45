/** Whether what a backend made of a fault is what it has to make of it. */
import { BackendError, type ChatReply } from "@model-intake/core"
import * as Result from "effect/Result"
import type { FaultOutcome } from "./ModelFaults.ts"

/**
 * Says what is wrong, or null. In any case the key may stand nowhere, and an error is one clean line of bounded length.
 *
 * @param text the answer that the server meant to give
 */
export const faultProblem = (
  outcome: FaultOutcome,
  result: Result.Result<ChatReply, BackendError>,
  text: string,
  key: string
): string | null => {
  const whole = JSON.stringify(result)
  for (const form of [key, encodeURIComponent(key), Buffer.from(key).toString("base64").slice(0, -3)]) {
    if (whole.includes(form)) return "the key is in the result"
  }
  if (Result.isSuccess(result)) return replyProblem(outcome, result.success, text)
  const { reason, retryable, message, retryAfterMs } = result.failure
  if (!(result.failure instanceof BackendError)) return "the failure is no BackendError"
  if (message.trim() === "") return "the error says nothing"
  if (/\p{Cc}|\u202e/u.test(message)) return "there are control characters in the message"
  if (message.length > 1000) return `the message has ${message.length} characters`
  if (message.includes(key.slice(0, -4))) return "most of the key is in the message"
  if (retryAfterMs !== null && !(retryAfterMs >= 0 && retryAfterMs <= 3_600_000)) {
    return `it asks to wait ${retryAfterMs} ms`
  }
  if (outcome.kind === "answer") return `an error instead of the answer: ${reason}: ${message}`
  if (outcome.kind !== "error") return null
  if (!outcome.reasons.includes(reason))
    return `the reason is ${reason}, not ${outcome.reasons.join(" or ")}: ${message}`
  return retryable === outcome.retryable ? null : `retryable is ${retryable}: ${message}`
}

const replyProblem = (outcome: FaultOutcome, reply: ChatReply, text: string): string | null => {
  for (const count of [reply.usage.inputTokens, reply.usage.outputTokens]) {
    if (count !== null && !(Number.isInteger(count) && count >= 0)) return `usage has ${count} tokens`
  }
  switch (outcome.kind) {
    case "answer":
    case "answer-or-error":
      return reply.text === text ? null : `the answer is ${JSON.stringify(reply.text.slice(0, 200))}`
    case "no-answer":
      return reply.text.trim() === "" || reply.finish !== "stop"
        ? null
        : `it is taken for an answer: ${JSON.stringify(reply.text.slice(0, 200))}`
    default:
      return `it is taken for a reply: ${JSON.stringify(reply.text.slice(0, 200))}`
  }
}
