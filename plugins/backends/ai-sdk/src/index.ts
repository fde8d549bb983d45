/** Backend ai-sdk: any model that a provider of the Vercel AI SDK opens, handed in as an instance. */
import { type Backend, BackendError, type BackendReason, definePlugin, holdsSecret } from "@model-intake/core"
import { makeHttpAccess } from "@model-intake/wire"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { generate, omittable } from "./Chat.ts"
import { sentKeys } from "./CheckedFetch.ts"
import { toBackendError } from "./Failure.ts"
import { instanceProblem, isModel, type ModelInstance, type ProviderInstance, secretsOf } from "./Instances.ts"

export { checkedFetch } from "./CheckedFetch.ts"

const id = "ai-sdk"
const version = "0.1.0"

export const AiSdkOptions = Schema.Struct({
  provider: Schema.optionalKey(Schema.Unknown).annotate({
    description: "a provider, or a registry of providers: opens the models that `models` does not name"
  }),
  models: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)).annotate({
    description: "language models by the name under which they are examined"
  }),
  omit: Schema.optionalKey(Schema.Array(Schema.Literals(omittable))).annotate({
    description: "decoding settings that the models do not take; they are left out, and every verdict says so"
  }),
  structuredOutput: Schema.optionalKey(Schema.Boolean).annotate({
    description: "whether the models hold an answer to a JSON Schema (false)"
  }),
  timeoutMs: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3_600_000 }))).annotate({
    description: "longest wait for an answer in milliseconds (120000)"
  })
}).annotate({ identifier: "AiSdkOptions" })
export type AiSdkOptions = typeof AiSdkOptions.Type

const refuse = (reason: BackendReason, message: string) =>
  new BackendError({ backend: id, reason, message, retryable: false, retryAfterMs: null })

const make = (options: AiSdkOptions): Effect.Effect<Backend, BackendError> => {
  const { models = {}, omit = [], structuredOutput = false, timeoutMs = 120_000 } = options
  const problem = instanceProblem(options.provider, models)
  if (problem !== null) return Effect.fail(refuse("refused-request", problem))
  const provider = options.provider as ProviderInstance | undefined
  const named = models as Readonly<Record<string, ModelInstance>>

  const find = Effect.fnUntraced(function* (name: string): Effect.fn.Return<ModelInstance, BackendError> {
    if (Object.hasOwn(named, name)) return named[name]!
    if (provider === undefined) {
      const known = Object.keys(named).join(", ") || "none"
      const message = `settings["ai-sdk"] has no model ${JSON.stringify(name)} (models: ${known}); name it in models, or give a provider`
      return yield* refuse("not-found", message)
    }
    const sdk = yield* loadSdk
    const nowMs = yield* Clock.currentTimeMillis
    const model = yield* Effect.try({
      try: () => provider.languageModel(name),
      catch: (cause) => toBackendError(cause, sdk, { backend: id, secrets: [], nowMs })
    })
    return isModel(model)
      ? model
      : yield* refuse("unsupported", `the provider gives no language model for ${JSON.stringify(name)}`)
  })

  return Effect.succeed({
    id,
    open: Effect.fn("AiSdk.open")(function* (subject) {
      if (subject.revision !== null) {
        const message = `the AI SDK knows no revisions; put it into the model's name, or leave out @${subject.revision}`
        return yield* refuse("unsupported", message)
      }
      const model = yield* find(subject.model)
      const left =
        omit.length === 0 ? [] : [`The model takes no ${omit.join(", ")}: these decoding settings were left out.`]
      return {
        subject,
        capabilities: {
          systemPrompt: true,
          seed: !omit.includes("seed"),
          logprobs: false,
          hiddenStates: false,
          structuredOutput
        },
        account: `${id} ${model.provider}`,
        limits: left,
        chat: Effect.fn("AiSdk.chat")(function* (request) {
          if (request.logprobs !== undefined) {
            return yield* refuse(
              "unsupported",
              "the AI SDK gives no log-probabilities; use the backend of the provider"
            )
          }
          const sdk = yield* loadSdk
          const nowMs = yield* Clock.currentTimeMillis
          const secrets = yield* Effect.promise(() => secretsOf(model))
          const access = makeHttpAccess({ backend: id, secrets: [...secrets.all, ...sentKeys], timeoutMs })
          let thrown: unknown
          const reply = yield* access
            .call((signal) =>
              generate(sdk, model, request, { omit, structuredOutput }, signal).catch((cause: unknown) => {
                thrown = cause
                throw cause
              })
            )
            .pipe(
              // The access knows failures of its own fetch; any other is the provider's.
              Effect.mapError((error) =>
                error.reason === "fault"
                  ? toBackendError(thrown, sdk, { backend: id, secrets: [...secrets.all, ...sentKeys], nowMs })
                  : error
              )
            )
          return holdsSecret(JSON.stringify(reply), secrets.sent)
            ? yield* access.malformed(
                "the server's reply makes no sense: it holds the key that was sent with the request"
              )
            : reply
        })
      }
    })
  })
}

/** Large, so it is loaded where a model is opened and not where plugins are listed. */
const loadSdk = Effect.promise(() => import("ai"))

export default definePlugin({
  kind: "backend",
  id,
  version,
  summary: "Models of any provider of the Vercel AI SDK, handed in from intake.config.ts",
  capabilities: ["system prompt", "seed where the provider takes it", "structured output where set"],
  config: AiSdkOptions,
  make
})
