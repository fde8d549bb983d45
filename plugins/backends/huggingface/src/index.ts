/** Backend huggingface: models behind Inference Providers and dedicated endpoints, by chat completion. */
import type { InferenceProviderOrPolicy } from "@huggingface/inference"
import { type Backend, BackendError, type BackendReason, definePlugin } from "@model-intake/core"
import { environmentValue, makeHttpAccess } from "@model-intake/wire"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { chat, type Sdk } from "./Chat.ts"

const id = "huggingface"
const version = "0.1.0"

const Address = Schema.String.check(
  Schema.makeFilter((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? "") || "it is no address; write https://…")
)

export const HuggingFaceOptions = Schema.Struct({
  tokenEnv: Schema.optionalKey(Schema.NonEmptyString).annotate({
    description: "environment variable that holds the access token (HF_TOKEN)"
  }),
  provider: Schema.optionalKey(Schema.NonEmptyString).annotate({
    description: "Inference Provider that runs the model; `auto` takes the first of the account's own order (auto)"
  }),
  endpointUrl: Schema.optionalKey(Address).annotate({
    description: "a dedicated endpoint, or any server of chat completions, instead of an Inference Provider"
  }),
  baseUrl: Schema.optionalKey(Address).annotate({
    description: "another router of Inference Providers, such as a company's gateway (https://router.huggingface.co)"
  }),
  billTo: Schema.optionalKey(Schema.NonEmptyString).annotate({ description: "organisation that pays for the calls" }),
  timeoutMs: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3_600_000 }))).annotate({
    description: "longest wait for an answer in milliseconds (120000)"
  }),
  seed: Schema.optionalKey(Schema.Boolean).annotate({ description: "whether the server takes a sampling seed (true)" }),
  logprobs: Schema.optionalKey(Schema.Boolean).annotate({
    description: "whether the server gives log-probabilities (true with endpointUrl, else false)"
  }),
  structuredOutput: Schema.optionalKey(Schema.Boolean).annotate({
    description: "whether the server holds an answer to a JSON Schema (false)"
  })
}).annotate({ identifier: "HuggingFaceOptions" })
export type HuggingFaceOptions = typeof HuggingFaceOptions.Type

const routerUrl = "https://router.huggingface.co"
const hubUrl = "https://huggingface.co"

const refuse = (reason: BackendReason, message: string) =>
  new BackendError({ backend: id, reason, message, retryable: false, retryAfterMs: null })

const make = (options: HuggingFaceOptions): Effect.Effect<Backend, BackendError> => {
  const { tokenEnv = "HF_TOKEN", provider = "auto", endpointUrl, baseUrl, billTo, timeoutMs = 120_000 } = options
  if (endpointUrl !== undefined && (options.provider !== undefined || baseUrl !== undefined)) {
    const other = baseUrl === undefined ? "provider" : "baseUrl"
    const message = `settings.huggingface has both endpointUrl and ${other}; a dedicated endpoint has no provider, so leave one out`
    return Effect.fail(refuse("refused-request", message))
  }
  return Effect.succeed({
    id,
    open: Effect.fn("HuggingFace.open")(function* (subject) {
      const token = environmentValue(tokenEnv) ?? ""
      if (token === "" && endpointUrl === undefined) {
        return yield* refuse(
          "authentication",
          `${tokenEnv} holds no access token; set it to one from your Hugging Face settings`
        )
      }
      if (provider === "auto" && endpointUrl === undefined && baseUrl === undefined && !token.startsWith("hf_")) {
        const other = `${tokenEnv} holds no token of Hugging Face, which begins with hf_; set one, or choose the provider whose key it is`
        return yield* refuse("authentication", other)
      }
      if (subject.revision !== null) {
        const chosen = `Hugging Face serves the revision that is deployed, whatever is asked for; leave out @${subject.revision}`
        return yield* refuse("unsupported", chosen)
      }
      const capabilities = {
        systemPrompt: true,
        seed: options.seed ?? true,
        logprobs: options.logprobs ?? endpointUrl !== undefined,
        hiddenStates: false,
        structuredOutput: options.structuredOutput ?? false
      }
      const access = makeHttpAccess({
        backend: id,
        secrets: token === "" ? [] : [token],
        timeoutMs,
        advise: ({ status }) => (status === 401 ? `check the token in ${tokenEnv}` : null)
      })
      const sdk: Sdk = yield* Effect.promise(() => import("@huggingface/inference"))
      const providers: ReadonlyArray<string> = sdk.PROVIDERS_OR_POLICIES
      if (!providers.includes(provider)) {
        const known = `settings.huggingface.provider is ${JSON.stringify(provider)}, not one of ${providers.join(", ")}`
        return yield* refuse("refused-request", known)
      }
      const client = new sdk.InferenceClient(token, { ...(billTo === undefined ? {} : { billTo }) })
      const { HF_ENDPOINT: hub = "" } = process.env
      // The client has a router of its own for `auto`; another one is to it an endpoint like any.
      const endpoint = endpointUrl ?? (provider === "auto" ? baseUrl : undefined)
      const route =
        endpoint === undefined ? { provider: provider as InferenceProviderOrPolicy } : { endpointUrl: endpoint }
      return {
        subject,
        capabilities,
        account: [id, URL.parse(endpointUrl ?? baseUrl ?? routerUrl)?.host, tokenEnv, billTo ?? ""].join(" ").trim(),
        chat: (request) =>
          chat(
            {
              backend: id,
              sdk,
              client,
              access,
              subject,
              route,
              capabilities,
              token,
              addresses: [
                [routerUrl, baseUrl ?? routerUrl],
                [hubUrl, hub === "" ? hubUrl : hub]
              ]
            },
            request
          )
      }
    })
  })
}

export default definePlugin({
  kind: "backend",
  id,
  version,
  summary: "Models behind Hugging Face Inference Providers and dedicated endpoints",
  capabilities: ["system prompt", "seed", "log-probabilities on dedicated endpoints", "structured output where set"],
  config: HuggingFaceOptions,
  make
})
