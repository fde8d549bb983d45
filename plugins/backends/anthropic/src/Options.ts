/** The section `anthropic` of the configuration, and where it leads: a server and a key. */
import { BackendError } from "@model-intake/core"
import { environmentValue, parseHttpAddress, secretHeaderValues } from "@model-intake/wire"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const AnthropicOptions = Schema.Struct({
  baseUrl: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description: "where the API is, without /v1; else ANTHROPIC_BASE_URL, else https://api.anthropic.com"
    })
  ),
  apiKeyEnv: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description: "name of the environment variable with the key; ANTHROPIC_API_KEY unless given"
    })
  ),
  timeoutMs: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3_600_000 })).annotate({
      description: "longest time of a call in milliseconds; 120,000 unless given"
    })
  ),
  headers: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.String).annotate({ description: "further headers of every request" })
  ),
  apiVersion: Schema.optionalKey(
    Schema.Literals(["2026-10-21", "2023-06-01"]).annotate({
      description: "version of the API; only the older one takes temperature and top_p, and only for older models"
    })
  ),
  thinking: Schema.optionalKey(
    Schema.Literals(["adaptive", "enabled", "disabled"]).annotate({
      description: "whether the model thinks first; as the model does by itself unless given"
    })
  ),
  thinkingTokens: Schema.optionalKey(
    Schema.Int.check(Schema.isGreaterThanOrEqualTo(1024)).annotate({
      description: "tokens for its thoughts beside those of the answer; with thinking enabled the most it may use"
    })
  ),
  structuredOutput: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "whether the model can be held to a JSON Schema; no unless given" })
  ),
  extraBody: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Unknown).annotate({
      description: "further members of every request; what the backend sets stays"
    })
  )
})
export type AnthropicOptions = typeof AnthropicOptions.Type

/** Where a subject is found. */
export interface Endpoint {
  readonly baseUrl: string
  readonly host: string
  readonly key: string
  readonly keyEnv: string
  /** The key and the values of headers that may hold one. */
  readonly secrets: ReadonlyArray<string>
}

/** Finds the server and the key; fails with one sentence where the key is missing or the address is none. */
export const resolveEndpoint = Effect.fn("Anthropic.resolveEndpoint")(function* (
  options: AnthropicOptions
): Effect.fn.Return<Endpoint, BackendError> {
  const baseUrl = options.baseUrl ?? environmentValue("ANTHROPIC_BASE_URL") ?? "https://api.anthropic.com"
  const url = parseHttpAddress(baseUrl)
  if (url === null) {
    return yield* refuse(
      "unsupported",
      "settings.anthropic.baseUrl or ANTHROPIC_BASE_URL is not an http or https address without credentials; write for example https://api.anthropic.com"
    )
  }
  const keyEnv = options.apiKeyEnv ?? "ANTHROPIC_API_KEY"
  const key = environmentValue(keyEnv)
  if (key === undefined) {
    return yield* refuse("authentication", `there is no key for ${url.host}; set the environment variable ${keyEnv}`)
  }
  // The client adds /v1 itself.
  const root = baseUrl.replace(/\/+$/, "").replace(/\/v1$/, "")
  return { baseUrl: root, host: url.host, key, keyEnv, secrets: [key, ...secretHeaderValues(options.headers)] }
})

const refuse = (reason: "authentication" | "unsupported", message: string): BackendError =>
  new BackendError({ backend: "anthropic", reason, message, retryable: false, retryAfterMs: null })
