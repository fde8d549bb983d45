/** Backend openai: models behind the Chat Completions API, at OpenAI, at Azure and at every compatible server. */
import { type Backend, BackendError, definePlugin, type Subject } from "@model-intake/core"
import { type FailedReply, makeHttpAccess } from "@model-intake/wire"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { readChatAnswer } from "./ChatAnswer.ts"
import { type ChatTraits, chatBody } from "./ChatBody.ts"
import { type Endpoint, isReasoningModel, OpenAiOptions, resolveEndpoint } from "./Options.ts"

export { OpenAiOptions } from "./Options.ts"

const id = "openai"
const version = "0.1.0"

const open = Effect.fn("OpenAi.open")(function* (subject: Subject, options: OpenAiOptions) {
  const endpoint = yield* resolveEndpoint(options)
  const model = subject.revision === null ? subject.model : `${subject.model}-${subject.revision}`
  const isReasoning = isReasoningModel(model, options.reasoning)
  const { isOfficial } = endpoint
  const structuredOutput = options.structuredOutput ?? isOfficial
  const traits: ChatTraits = { model, isReasoning, isOfficial, structuredOutput, options }
  const timeoutMs = options.timeoutMs ?? 120_000
  const access = makeHttpAccess({
    backend: id,
    secrets: endpoint.secrets,
    timeoutMs,
    advise: (failed) => advise(failed, endpoint)
  })
  const client = yield* makeClient(endpoint, options, access.fetch, timeoutMs)
  const logprobs = (options.logprobs ?? true) && !isReasoning

  return {
    subject,
    capabilities: { systemPrompt: true, seed: true, logprobs, hiddenStates: false, structuredOutput },
    account: [endpoint.host, endpoint.keyEnv, options.organization, options.project].filter(Boolean).join(" "),
    ...(isReasoning ? { limits: [reasoningLimit] } : {}),
    chat: Effect.fn("OpenAi.chat")(function* (request) {
      const body = yield* chatBody(request, traits)
      const reply: unknown = yield* access.call((signal) => client.chat.completions.create(body, { signal }))
      const asked = request.logprobs !== undefined && logprobs
      const read = readChatAnswer(reply, { logprobs: asked, pinnedModel: subject.revision === null ? null : model })
      if (Result.isSuccess(read)) return read.success
      const hint = read.failure.includes("log-probabilities") ? "; set settings.openai.logprobs to false" : ""
      return yield* access.malformed(`${read.failure}${hint}`)
    })
  } satisfies Effect.Success<ReturnType<Backend["open"]>>
})

const reasoningLimit =
  "The model is asked as a reasoning model: temperature, top_p and stop sequences are its own, whatever the exam says."

/** The vendor's client, without its retries, its log and its way of finding credentials. */
const makeClient = (
  endpoint: Endpoint,
  options: OpenAiOptions,
  fetch: ReturnType<typeof makeHttpAccess>["fetch"],
  timeoutMs: number
) =>
  Effect.tryPromise({
    try: async () => {
      const { AzureOpenAI, OpenAI } = await import("openai")
      const common = {
        apiKey: endpoint.key,
        adminAPIKey: null,
        // OpenAI's own variables are nobody else's business.
        ...(endpoint.isOfficial ? {} : { organization: null, project: null }),
        ...(options.organization === undefined ? {} : { organization: options.organization }),
        ...(options.project === undefined ? {} : { project: options.project }),
        ...(options.headers === undefined ? {} : { defaultHeaders: { ...options.headers } }),
        maxRetries: 0,
        // The access ends a call before the client would.
        timeout: timeoutMs + 60_000,
        logLevel: "off",
        fetch
      } as const
      if (options.azure === undefined) return new OpenAI({ ...common, baseURL: endpoint.baseUrl })
      const { apiVersion, deployment } = options.azure
      return new AzureOpenAI({
        ...common,
        endpoint: endpoint.baseUrl,
        apiVersion,
        ...(deployment === undefined ? {} : { deployment })
      })
    },
    catch: () =>
      new BackendError({
        backend: id,
        reason: "fault",
        message: "the client of OpenAI cannot be made with these settings; see settings.openai",
        retryable: false,
        retryAfterMs: null
      })
  })

/** Which setting to change, where a failure tells. */
const advise = ({ status, message }: FailedReply, endpoint: Endpoint): string | null => {
  if (status === 401 || status === 403) return `look at the key in ${endpoint.keyEnv}`
  if (status === 404) return `look at the model's name and the base URL ${endpoint.baseUrl}, which usually ends in /v1`
  if (status !== 400 && status !== 422) return null
  if (!/unsupported|not support|unrecogni[sz]ed|unknown|extra inputs|not permitted|invalid/i.test(message)) return null
  if (/max_tokens|max_completion_tokens|temperature|top_p|\bstop\b/.test(message)) {
    return "if it is a reasoning model, set settings.openai.reasoning to true, else to false"
  }
  if (/logprobs/.test(message)) return "set settings.openai.logprobs to false"
  if (/response_format|json_schema/.test(message)) return "set settings.openai.structuredOutput to false"
  if (/reasoning_effort/.test(message)) return "leave settings.openai.reasoningEffort out"
  return null
}

export default definePlugin({
  kind: "backend",
  id,
  version,
  summary: "Models behind the OpenAI API, at Azure, and at every server compatible with it",
  capabilities: ["system prompt", "seed", "log-probabilities", "structured output"],
  config: OpenAiOptions,
  make: (options: OpenAiOptions): Effect.Effect<Backend> =>
    Effect.succeed({ id, open: (subject) => open(subject, options) })
})
