/** One chat completion through the client of Hugging Face. */
import type { InferenceClient, InferenceProviderOrPolicy } from "@huggingface/inference"
import {
  BackendError,
  type Capabilities,
  type ChatReply,
  type ChatRequest,
  cleanMessage,
  type Subject
} from "@model-intake/core"
import type { HttpAccess } from "@model-intake/wire"
import * as Effect from "effect/Effect"
import { readReply } from "./Reply.ts"

/** The client's module: loaded where a model is opened, and not where plugins are listed. */
export type Sdk = typeof import("@huggingface/inference")

/** What all calls of one subject share. */
export interface Connection {
  readonly backend: string
  readonly sdk: Sdk
  readonly client: InferenceClient
  readonly access: HttpAccess
  readonly subject: Subject
  readonly route: { readonly endpointUrl: string } | { readonly provider: InferenceProviderOrPolicy }
  readonly capabilities: Capabilities
  /** Beginnings of addresses that the client has built in, and what stands in their place. */
  readonly addresses: ReadonlyArray<readonly [builtIn: string, instead: string]>
  readonly token: string
}

/** Asks once. Interrupting it closes the connection. */
export const chat = Effect.fn("HuggingFace.chat")(function* (
  connection: Connection,
  request: ChatRequest
): Effect.fn.Return<ChatReply, BackendError> {
  const { backend, sdk, client, access, subject, route, addresses, capabilities, token } = connection
  const refuse = (reason: "unsupported" | "refused-request", message: string) =>
    new BackendError({ backend, reason, message, retryable: false, retryAfterMs: null })
  if (request.logprobs !== undefined && !capabilities.logprobs) {
    const message = "log-probabilities are off; where the server gives them, set settings.huggingface.logprobs to true"
    return yield* refuse("unsupported", message)
  }
  let provider: string | null = null
  let completion: unknown
  let unsent: string | null = null
  yield* access.call((signal) => {
    const reach: typeof fetch = async (input, init) => {
      const response = await access.fetch(rewrite(input, addresses), { ...init, signal })
      provider = response.headers.get("x-inference-provider")
      completion = await response.clone().json()
      return response
    }
    return client
      .chatCompletion(
        { ...route, model: subject.model, ...bodyOf(request, capabilities) },
        { signal, retry_on_error: false, fetch: reach }
      )
      .catch((cause: unknown) => {
        // The client wants members that many servers leave out; what an answer needs is checked below.
        if (cause instanceof sdk.InferenceClientProviderOutputError) return
        unsent = routingProblem(cause, sdk)
        if (unsent === null) throw cause
      })
  })
  if (unsent !== null) return yield* refuse("refused-request", cleanMessage(unsent, [token]))
  const found = readReply(completion, request, provider)
  return "problem" in found ? yield* access.malformed(`the server's reply makes no sense: ${found.problem}`) : found
})

const rewrite = (input: string | URL | Request, addresses: Connection["addresses"]): string => {
  const url = input instanceof Request ? input.url : String(input)
  const found = addresses.find(([builtIn]) => url.startsWith(builtIn))
  return found === undefined ? url : `${found[1].replace(/\/+$/, "")}${url.slice(found[0].length)}`
}

/** Why the client makes no request for the answer: no such provider, or not for this model. */
const routingProblem = (cause: unknown, sdk: Sdk): string | null =>
  cause instanceof sdk.InferenceClientInputError ||
  cause instanceof sdk.InferenceClientRoutingError ||
  cause instanceof sdk.InferenceClientHubApiError
    ? cause.message
    : null

const bodyOf = ({ messages, decoding, logprobs, responseSchema }: ChatRequest, { structuredOutput }: Capabilities) => ({
  messages: messages.map(({ role, content }) => ({ role, content })),
  max_tokens: decoding.maxTokens,
  ...(decoding.temperature === null ? {} : { temperature: decoding.temperature }),
  ...(decoding.topP === null ? {} : { top_p: decoding.topP }),
  ...(decoding.seed === null ? {} : { seed: decoding.seed }),
  ...(decoding.stop.length === 0 ? {} : { stop: [...decoding.stop] }),
  ...(logprobs === undefined ? {} : { logprobs: true, ...(logprobs === 0 ? {} : { top_logprobs: logprobs }) }),
  ...(responseSchema === undefined || structuredOutput !== true
    ? {}
    : {
        response_format: {
          type: "json_schema" as const,
          json_schema: { name: responseSchema.name, schema: responseSchema.schema, strict: true }
        }
      })
})
