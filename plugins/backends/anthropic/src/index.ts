/** Backend anthropic: models behind the Messages API. */
import { type Backend, BackendError, definePlugin, type Subject } from "@model-intake/core"
import { type FailedReply, makeHttpAccess } from "@model-intake/wire"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { readMessageAnswer } from "./MessageAnswer.ts"
import { messageBody } from "./MessageBody.ts"
import { AnthropicOptions, type Endpoint, resolveEndpoint } from "./Options.ts"

export { AnthropicOptions } from "./Options.ts"

const id = "anthropic"
const version = "0.1.0"

const open = Effect.fn("Anthropic.open")(function* (subject: Subject, options: AnthropicOptions) {
  const endpoint = yield* resolveEndpoint(options)
  const model = subject.revision === null ? subject.model : `${subject.model}-${subject.revision}`
  const timeoutMs = options.timeoutMs ?? 120_000
  const access = makeHttpAccess({
    backend: id,
    secrets: endpoint.secrets,
    timeoutMs,
    advise: (failed) => advise(failed, endpoint)
  })
  const client = yield* makeClient(endpoint, options, access.fetch, timeoutMs)

  return {
    subject,
    capabilities: {
      systemPrompt: true,
      seed: false,
      logprobs: false,
      hiddenStates: false,
      structuredOutput: options.structuredOutput ?? false
    },
    account: `${endpoint.host} ${endpoint.keyEnv}`,
    chat: Effect.fn("Anthropic.chat")(function* (request) {
      const body = yield* messageBody(request, model, options)
      // Not `messages.create`, which prints warnings about old models to the console.
      const reply: unknown = yield* access.call((signal) => client.post("/v1/messages", { body, signal }))
      const read = readMessageAnswer(reply, subject.revision === null ? null : model)
      return Result.isSuccess(read) ? read.success : yield* access.malformed(read.failure)
    })
  } satisfies Effect.Success<ReturnType<Backend["open"]>>
})

/** The vendor's client, without its retries, its log and its way of finding credentials. */
const makeClient = (
  endpoint: Endpoint,
  options: AnthropicOptions,
  fetch: ReturnType<typeof makeHttpAccess>["fetch"],
  timeoutMs: number
) =>
  Effect.tryPromise({
    try: async () => {
      const { Anthropic } = await import("@anthropic-ai/sdk")
      return new Anthropic({
        apiKey: endpoint.key,
        authToken: null,
        baseURL: endpoint.baseUrl,
        defaultHeaders: {
          ...options.headers,
          ...(options.apiVersion === undefined ? {} : { "anthropic-version": options.apiVersion })
        },
        maxRetries: 0,
        // The access ends a call before the client would.
        timeout: timeoutMs + 60_000,
        logLevel: "off",
        fetch
      })
    },
    catch: () =>
      new BackendError({
        backend: id,
        reason: "fault",
        message: "the client of Anthropic cannot be made with these settings; see settings.anthropic",
        retryable: false,
        retryAfterMs: null
      })
  })

/** Which setting to change, where a failure tells. */
const advise = ({ status, message }: FailedReply, endpoint: Endpoint): string | null => {
  if (status === 401 || status === 403) return `look at the key in ${endpoint.keyEnv}`
  if (status === 404) return `look at the model's name and the base URL ${endpoint.baseUrl}`
  if (status !== 400) return null
  if (/temperature|top_p/.test(message)) return "leave temperature and top_p at 1; newer models take no other"
  if (/thinking|budget_tokens/.test(message)) return "set another settings.anthropic.thinking, or leave it out"
  if (/output_config|output_format/.test(message)) return "set settings.anthropic.structuredOutput to false"
  return null
}

export default definePlugin({
  kind: "backend",
  id,
  version,
  summary: "Models behind the Anthropic API",
  capabilities: ["system prompt", "structured output where it is set"],
  config: AnthropicOptions,
  make: (options: AnthropicOptions): Effect.Effect<Backend> =>
    Effect.succeed({ id, open: (subject) => open(subject, options) })
})
