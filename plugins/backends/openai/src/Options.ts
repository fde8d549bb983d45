/** The section `openai` of the configuration, and where it leads: a server, a key, a kind of model. */
import { BackendError } from "@model-intake/core"
import { environmentValue, parseHttpAddress, secretHeaderValues } from "@model-intake/wire"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const OpenAiOptions = Schema.Struct({
  baseUrl: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description: "where the API is, usually ending in /v1; else OPENAI_BASE_URL, else https://api.openai.com/v1"
    })
  ),
  apiKeyEnv: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description: "name of the environment variable with the key; OPENAI_API_KEY, with azure AZURE_OPENAI_API_KEY"
    })
  ),
  organization: Schema.optionalKey(Schema.NonEmptyString),
  project: Schema.optionalKey(Schema.NonEmptyString),
  timeoutMs: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3_600_000 })).annotate({
      description: "longest time of a call in milliseconds; 120,000 unless given"
    })
  ),
  headers: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.String).annotate({ description: "further headers of every request" })
  ),
  azure: Schema.optionalKey(
    Schema.Struct({
      endpoint: Schema.NonEmptyString.annotate({ description: "https://RESOURCE.openai.azure.com" }),
      apiVersion: Schema.NonEmptyString,
      deployment: Schema.optionalKey(Schema.NonEmptyString.annotate({ description: "the model's name unless given" }))
    })
  ),
  reasoning: Schema.optionalKey(
    Schema.Union([Schema.Boolean, Schema.Literal("auto")]).annotate({
      description: "whether the model takes the parameters of reasoning models; auto (the default) goes by its name"
    })
  ),
  reasoningEffort: Schema.optionalKey(Schema.NonEmptyString),
  logprobs: Schema.optionalKey(Schema.Boolean.annotate({ description: "no for servers that give none" })),
  structuredOutput: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "whether it can be held to a JSON Schema; yes at api.openai.com, else no" })
  ),
  extraBody: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Unknown).annotate({
      description: "further members of every request, such as chat_template_kwargs; what the backend sets stays"
    })
  )
})
export type OpenAiOptions = typeof OpenAiOptions.Type

/** Where a subject is found, and how it is spoken to. */
export interface Endpoint {
  readonly baseUrl: string
  readonly host: string
  readonly isOfficial: boolean
  readonly key: string
  readonly keyEnv: string
  /** The key and the values of headers that may hold one. */
  readonly secrets: ReadonlyArray<string>
}

/** Finds the server and the key; fails with one sentence where the key is missing or the address is none. */
export const resolveEndpoint = Effect.fn("OpenAi.resolveEndpoint")(function* (
  options: OpenAiOptions
): Effect.fn.Return<Endpoint, BackendError> {
  const given = options.azure?.endpoint ?? options.baseUrl ?? environmentValue("OPENAI_BASE_URL")
  const baseUrl = given ?? officialUrl
  const url = parseHttpAddress(baseUrl)
  if (url === null) {
    const where =
      options.azure === undefined ? "settings.openai.baseUrl or OPENAI_BASE_URL" : "settings.openai.azure.endpoint"
    return yield* refuse(
      "unsupported",
      `${where} is not an http or https address without credentials; write for example http://127.0.0.1:8000/v1`
    )
  }
  const isOfficial = url.host === "api.openai.com"
  const keyEnv = options.apiKeyEnv ?? (options.azure === undefined ? "OPENAI_API_KEY" : "AZURE_OPENAI_API_KEY")
  const key = environmentValue(keyEnv)
  const needsKey = given === undefined || isOfficial || options.azure !== undefined || options.apiKeyEnv !== undefined
  if (key === undefined && needsKey) {
    return yield* refuse(
      "authentication",
      `there is no key for ${url.host}; set the environment variable ${keyEnv}, or set baseUrl to a server that needs none`
    )
  }
  return {
    baseUrl: baseUrl.replace(/\/+$/, ""),
    host: url.host,
    isOfficial,
    // The client wants some key even where the server wants none.
    key: key ?? "none",
    keyEnv,
    secrets: [...(key === undefined ? [] : [key]), ...secretHeaderValues(options.headers)]
  }
})

/** Whether a model of that name takes the parameters of reasoning models: o1, o3, o4, gpt-5 and later. */
export const isReasoningModel = (model: string, setting: boolean | "auto" = "auto"): boolean =>
  setting === "auto" ? /(^|\/)(o[1-9]\d*(-|$)|gpt-([5-9]|\d\d)(?!.*-chat))/.test(model) : setting

const officialUrl = "https://api.openai.com/v1"

const refuse = (reason: "authentication" | "unsupported", message: string): BackendError =>
  new BackendError({ backend: "openai", reason, message, retryable: false, retryAfterMs: null })
