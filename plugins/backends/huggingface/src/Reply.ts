/** Reads a chat completion that a server sent: hostile until it is checked. */
import type { ChatReply, ChatRequest, FinishReason } from "@model-intake/core"
import { fingerprintOf, readLogprobs, separateThinking, tokenCount } from "@model-intake/wire"
import * as Predicate from "effect/Predicate"

/** What makes a reply no answer, as the end of a sentence. */
export interface NoAnswer {
  readonly problem: string
}

/**
 * The answer in a chat completion, or what keeps it from being one. Without a choice of its own, without text, or with a
 * call of a tool it is none; a reason for stopping that is missing or unknown leaves it incomplete.
 *
 * @param provider the Inference Provider that the router says it asked, where it says so
 */
export const readReply = (body: unknown, { logprobs }: ChatRequest, provider: string | null): ChatReply | NoAnswer => {
  const { choices, usage, model, system_fingerprint } = recordOf(body)
  if (!Array.isArray(choices)) return { problem: "it has no choices" }
  if (choices.length !== 1) return { problem: `it has ${choices.length} choices, and one was asked for` }
  const choice = recordOf(choices[0])
  const message = recordOf(choice.message)
  if (message.role !== undefined && message.role !== "assistant") return { problem: "its message is not the model's" }
  if (Array.isArray(message.tool_calls) && message.tool_calls.length > 0) {
    return { problem: "it calls a tool, and none was offered" }
  }
  const refusal = stringOf(message.refusal)
  const finish = refusal === null ? finishOf(choice.finish_reason) : "content-filter"
  const content = textOf(message.content ?? refusal)
  // A model that is cut short while it reasons, or filtered, has no content, and its finish says so.
  if (content === null && (finish === "stop" || (message.content ?? null) !== null)) {
    return { problem: "its message has no text" }
  }
  const { text, reasoning } = separateThinking(content ?? "")
  const thoughts = [stringOf(message.reasoning_content) ?? stringOf(message.reasoning), reasoning]
  const tokens = logprobs === undefined ? undefined : tokensOf(choice.logprobs, content ?? "", text, logprobs)
  if (tokens !== undefined && "problem" in tokens) return tokens
  const counts = recordOf(usage)
  return {
    text,
    reasoning: thoughts.filter((thought) => thought !== null && thought !== "").join("\n") || null,
    finish,
    usage: { inputTokens: tokenCount(counts.prompt_tokens), outputTokens: tokenCount(counts.completion_tokens) },
    fingerprint: fingerprintOf([model, system_fingerprint, provider]),
    ...(tokens === undefined ? {} : { logprobs: tokens })
  }
}

/** The members of an object; none of anything else. */
const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  Predicate.isObject(value) ? (value as Readonly<Record<string, unknown>>) : {}

const finishes: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  eos_token: "stop",
  stop_sequence: "stop",
  length: "length",
  content_filter: "content-filter"
}

const finishOf = (reason: unknown): FinishReason =>
  typeof reason === "string" && Object.hasOwn(finishes, reason) ? finishes[reason]! : "other"

const stringOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null)

/** Text, or text in parts; null for anything else. */
const textOf = (content: unknown): string | null => {
  if (typeof content === "string") return content
  if (!Array.isArray(content) || content.length === 0) return null
  const parts = content.map((part) => (recordOf(part).type === "text" ? recordOf(part).text : null))
  return parts.every((part) => typeof part === "string") ? parts.join("") : null
}

const tokensOf = (logprobs: unknown, content: string, text: string, top: number) => {
  const tokens = readLogprobs(recordOf(logprobs).content, content, text)
  if ("problem" in tokens) return tokens
  return tokens.every((token) => token.top.length >= top)
    ? tokens.map((token) => ({ ...token, top: token.top.slice(0, top) }))
    : { problem: "it lacks likely tokens that were asked for" }
}
