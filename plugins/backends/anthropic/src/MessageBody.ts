/** A request in the form of the Messages API. */
import { BackendError, type ChatRequest } from "@model-intake/core"
import * as Effect from "effect/Effect"
import type { AnthropicOptions } from "./Options.ts"

/**
 * The body of a call. The system prompt stands apart from the turns. What the examiner leaves to the model is left out;
 * what the API does not take is refused before a call is made.
 */
export const messageBody = Effect.fnUntraced(function* (
  { messages, decoding, responseSchema }: ChatRequest,
  model: string,
  options: AnthropicOptions
): Effect.fn.Return<Readonly<Record<string, unknown>>, BackendError> {
  const firstTurn = messages.findIndex(({ role }) => !isSystem(role))
  const system = messages.slice(0, firstTurn < 0 ? messages.length : firstTurn)
  const turns = messages.slice(system.length)
  const { temperature, topP, maxTokens, stop } = decoding
  const sendsSampling = options.apiVersion === "2023-06-01"
  const thinkingTokens = options.thinkingTokens ?? (options.thinking === "enabled" ? 1024 : 0)
  const problem = turnProblem(turns) ?? samplingProblem(temperature, topP, options)
  if (problem !== null) {
    const [reason, message] = problem
    return yield* new BackendError({ backend: "anthropic", reason, message, retryable: false, retryAfterMs: null })
  }
  return {
    ...options.extraBody,
    model,
    // The limit counts the thoughts too.
    max_tokens: maxTokens + thinkingTokens,
    ...(system.length === 0 ? {} : { system: system.map(({ content }) => content).join("\n\n") }),
    messages: turns.map(({ role, content }) => ({ role, content })),
    // What is the API's own default is left out: beside it, many models take only one of the two, or none.
    ...(sendsSampling && !isDefault(temperature) ? { temperature } : {}),
    ...(sendsSampling && !isDefault(topP) ? { top_p: topP } : {}),
    ...(stop.length === 0 ? {} : { stop_sequences: [...stop] }),
    ...(options.thinking === undefined ? {} : { thinking: thinkingOf(options.thinking, thinkingTokens) }),
    ...(responseSchema === undefined || options.structuredOutput !== true
      ? {}
      : { output_config: { format: { type: "json_schema", schema: responseSchema.schema } } }),
    stream: false
  }
})

const isSystem = (role: string): boolean => role === "system" || role === "developer"

/** The API's default of temperature and top_p alike. */
const isDefault = (value: number | null): boolean => value === null || value === 1

const thinkingOf = (type: NonNullable<AnthropicOptions["thinking"]>, budget: number) =>
  type === "enabled" ? { type, budget_tokens: budget } : { type }

type Problem = readonly ["unsupported" | "refused-request", string] | null

const turnProblem = (turns: ChatRequest["messages"]): Problem => {
  const strange = turns.find(({ role }) => role !== "user" && role !== "assistant")
  if (strange === undefined) return null
  return [
    "unsupported",
    isSystem(strange.role)
      ? "the Anthropic API takes a system prompt only before the first turn"
      : `messages of the role ${strange.role} cannot be sent to this API without the call that they answer`
  ]
}

const samplingProblem = (
  temperature: number | null,
  topP: number | null,
  { apiVersion, thinking }: AnthropicOptions
): Problem => {
  if (isDefault(temperature) && isDefault(topP)) return null
  const said = [
    ...(isDefault(temperature) ? [] : [`the temperature ${temperature}`]),
    ...(isDefault(topP) ? [] : [`top_p ${topP}`])
  ].join(" and ")
  if (apiVersion !== "2023-06-01") {
    return [
      "refused-request",
      `the Anthropic API does not take ${said}; leave it at 1, or for older models set settings.anthropic.apiVersion to "2023-06-01"`
    ]
  }
  if (temperature !== null && temperature > 1) {
    return ["refused-request", `the Anthropic API takes temperatures from 0 to 1, not ${temperature}; set a lower one`]
  }
  if (thinking === "enabled" || thinking === "adaptive") {
    return [
      "refused-request",
      `a model that thinks does not take ${said}; set settings.anthropic.thinking to "disabled"`
    ]
  }
  return null
}
