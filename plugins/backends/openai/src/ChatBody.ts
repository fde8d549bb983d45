/** A request in the form of the Chat Completions API. */
import { BackendError, type ChatRequest, type Message } from "@model-intake/core"
import * as Effect from "effect/Effect"
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions"
import type { OpenAiOptions } from "./Options.ts"

/** What of a model decides how it is asked. */
export interface ChatTraits {
  readonly model: string
  readonly isReasoning: boolean
  readonly isOfficial: boolean
  readonly structuredOutput: boolean
  readonly options: OpenAiOptions
}

/**
 * The body of a call. What the examiner leaves to the model is left out. Reasoning models are sent
 * `max_completion_tokens`, and neither temperature, top_p, stop sequences nor log-probabilities, which they refuse.
 */
export const chatBody = Effect.fnUntraced(function* (
  { messages, decoding, logprobs, responseSchema }: ChatRequest,
  { model, isReasoning, isOfficial, structuredOutput, options }: ChatTraits
): Effect.fn.Return<ChatCompletionCreateParamsNonStreaming, BackendError> {
  const strange = messages.find(({ role }) => role === "tool" || role === "function")
  if (strange !== undefined) {
    return yield* new BackendError({
      backend: "openai",
      reason: "unsupported",
      message: `messages of the role ${strange.role} cannot be sent to this API without the call that they answer`,
      retryable: false,
      retryAfterMs: null
    })
  }
  const { temperature, topP, maxTokens, seed, stop } = decoding
  const sampling = isReasoning
    ? { max_completion_tokens: maxTokens }
    : {
        max_tokens: maxTokens,
        ...(temperature === null ? {} : { temperature }),
        ...(topP === null ? {} : { top_p: topP }),
        ...(stop.length === 0 ? {} : { stop: [...stop] }),
        ...(logprobs === undefined ? {} : { logprobs: true, top_logprobs: logprobs })
      }
  const format =
    responseSchema === undefined || !structuredOutput
      ? {}
      : {
          response_format: {
            type: "json_schema",
            json_schema: { ...responseSchema, strict: isStrict(responseSchema.schema) }
          }
        }
  const body = {
    ...options.extraBody,
    model,
    messages: messages.map(({ role, content }) => ({ role: roleFor(role, isReasoning && isOfficial), content })),
    ...sampling,
    ...(seed === null ? {} : { seed }),
    ...(options.reasoningEffort === undefined ? {} : { reasoning_effort: options.reasoningEffort }),
    ...format,
    stream: false
  }
  return body as ChatCompletionCreateParamsNonStreaming
})

/** Only OpenAI's own reasoning models know the role `developer`. */
const roleFor = (role: Message["role"], knowsDeveloper: boolean): string =>
  role === "system" || role === "developer" ? (knowsDeveloper ? "developer" : "system") : role

/** Whether a schema is one that OpenAI keeps to strictly: no object in it takes or lacks a member. */
const isStrict = (schema: unknown): boolean => {
  if (Array.isArray(schema)) return schema.every(isStrict)
  if (typeof schema !== "object" || schema === null) return true
  const { type, properties, required, additionalProperties } = schema as Readonly<Record<string, unknown>>
  if (type === "object") {
    const names = Object.keys((properties as object | undefined) ?? {})
    if (additionalProperties !== false || !Array.isArray(required)) return false
    if (names.some((name) => !required.includes(name))) return false
  }
  return Object.values(schema).every(isStrict)
}
