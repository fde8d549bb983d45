/** A reply of the Chat Completions API, which may come from any server and say anything. */
import type { ChatReply, FinishReason } from "@model-intake/core"
import { fingerprintOf, readLogprobs, separateThinking, tokenCount } from "@model-intake/wire"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"

export interface ExpectedAnswer {
  /** Whether log-probabilities were asked for. */
  readonly logprobs: boolean
  /** The name that the reply has to bear, where the subject's revision is pinned. */
  readonly pinnedModel: string | null
}

/** The reply, or a sentence on why it is none. */
export const readChatAnswer = (body: unknown, expected: ExpectedAnswer): Result.Result<ChatReply, string> => {
  if (!Predicate.isObject(body)) return Result.fail("the reply is no JSON object")
  if (expected.pinnedModel !== null && body.model !== expected.pinnedModel) {
    return Result.fail(`the server answered with the model ${JSON.stringify(body.model)}, not ${expected.pinnedModel}`)
  }
  const { choices } = body
  if (!Array.isArray(choices) || choices.length !== 1 || !Predicate.isObject(choices[0])) {
    const count = Array.isArray(choices) ? choices.length : "no"
    return Result.fail(`the reply has ${count} choices, not one`)
  }
  const { message, finish_reason: stopped, logprobs } = choices[0]
  if (!Predicate.isObject(message)) return Result.fail("the reply has no message")
  if (message.role !== undefined && message.role !== null && message.role !== "assistant") {
    return Result.fail(`the reply's message is of the role ${JSON.stringify(message.role)}, not assistant`)
  }
  if ([message.tool_calls, message.function_call].some(isCall)) {
    return Result.fail("the model calls tools although none were offered")
  }
  const refusal = typeof message.refusal === "string" && message.refusal !== "" ? message.refusal : null
  const finish = refusal === null ? finishOf(stopped) : "content-filter"
  const content = textOf(message.content) ?? refusal ?? (finish === "length" || finish === "content-filter" ? "" : null)
  if (content === null) return Result.fail("the reply's message has no text")

  const { text, reasoning } = separateThinking(content)
  const apart = [message.reasoning_content, message.reasoning].find((said) => typeof said === "string" && said !== "")
  const thoughts = [apart, reasoning].filter((said) => typeof said === "string").join("\n")
  const usage = Predicate.isObject(body.usage) ? body.usage : {}
  const reply: ChatReply = {
    text: text.toWellFormed(),
    reasoning: thoughts === "" ? null : thoughts.toWellFormed(),
    finish,
    usage: { inputTokens: tokenCount(usage.prompt_tokens), outputTokens: tokenCount(usage.completion_tokens) },
    fingerprint: fingerprintOf([body.model, body.system_fingerprint])
  }
  if (!expected.logprobs) return Result.succeed(reply)
  const read = readLogprobs(Predicate.isObject(logprobs) ? logprobs.content : undefined, content, text)
  return "problem" in read
    ? Result.fail(`the reply is unusable: ${read.problem}`)
    : Result.succeed({ ...reply, logprobs: read })
}

const finishOf = (stopped: unknown): FinishReason => {
  switch (stopped) {
    case "stop":
      return "stop"
    case "length":
      return "length"
    case "content_filter":
      return "content-filter"
    default:
      return "other"
  }
}

const isCall = (calls: unknown): boolean => (Array.isArray(calls) ? calls.length > 0 : Predicate.isObject(calls))

/** Text, or the text of all its parts; null where it is anything else. */
const textOf = (content: unknown): string | null => {
  if (typeof content === "string") return content
  if (!Array.isArray(content) || content.length === 0) return null
  const parts = content.map((part) =>
    Predicate.isObject(part) && part.type === "text" && typeof part.text === "string" ? part.text : null
  )
  return parts.includes(null) ? null : parts.join("")
}
