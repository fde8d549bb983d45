/** Models and providers of the AI SDK as they are handed in: instances, checked by what they can do. */
import type { LanguageModel } from "ai"
import * as Predicate from "effect/Predicate"

/** A language model of any version of the specification that the AI SDK takes. */
export type ModelInstance = Exclude<LanguageModel, string>
type Newest = Extract<ModelInstance, { readonly specificationVersion: "v4" }>

/** What a model is called with, and what it gives, by the newest version; the AI SDK translates the older ones. */
export type CallSettings = Parameters<Newest["doGenerate"]>[0]
export type CallResult = Awaited<ReturnType<Newest["doGenerate"]>>

/** Whatever opens language models by name: a provider, or a registry of providers. */
export interface ProviderInstance {
  readonly languageModel: (modelId: string) => ModelInstance
}

export const isModel = (value: unknown): value is ModelInstance =>
  Predicate.isObject(value) &&
  ["v2", "v3", "v4"].includes((value as Record<string, unknown>).specificationVersion as string) &&
  typeof (value as Record<string, unknown>).doGenerate === "function" &&
  typeof (value as Record<string, unknown>).modelId === "string"

/** Many providers are functions that have `languageModel` beside other members. */
export const isProvider = (value: unknown): value is ProviderInstance =>
  Predicate.isObjectOrArray(value) || typeof value === "function"
    ? typeof (value as { readonly languageModel?: unknown }).languageModel === "function"
    : false

/** What keeps the values from being models and a provider, without a word of what they hold, or null. */
export const instanceProblem = (provider: unknown, models: Readonly<Record<string, unknown>>): string | null => {
  const place = 'settings["ai-sdk"]'
  if (provider !== undefined && !isProvider(provider)) {
    return `${place}.provider is no provider of the AI SDK; give what createOpenAI({ ... }) and the like return`
  }
  const wrong = Object.entries(models).find(([, model]) => !isModel(model))
  return wrong === undefined
    ? null
    : `${place}.models[${JSON.stringify(wrong[0])}] is no language model of the AI SDK; give an instance such as openai("gpt-4.1"), not its name`
}

/** Keys that the server of a model could repeat. */
export interface Secrets {
  /** Sent with each call, where the instance tells: an answer that holds one is none. */
  readonly sent: ReadonlyArray<string>
  /** These, and what the environment holds under a name that ends like that of a key: taken out of messages. */
  readonly all: ReadonlyArray<string>
}

/** No provider hands out its key; most of those with one keep a function of their headers in `config`. */
export const secretsOf = async (model: ModelInstance): Promise<Secrets> => {
  const { config } = model as { readonly config?: unknown }
  const given = Predicate.isObject(config) ? (config as Record<string, unknown>).headers : undefined
  const headers: unknown =
    typeof given === "function"
      ? await Promise.resolve()
          .then(() => given() as unknown)
          .catch(() => undefined)
      : given
  const sent = Predicate.isObject(headers) ? keysIn(headers as Record<string, unknown>) : []
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    /(KEY|TOKEN|SECRET|PASSWORD)$/.test(name) && value !== undefined && value.length >= 8 ? [value] : []
  )
  return { sent, all: [...sent, ...kept] }
}

/** Keys among the headers of a request. */
export const keysIn = (headers: Readonly<Record<string, unknown>>): ReadonlyArray<string> =>
  Object.entries(headers).flatMap(([name, value]) =>
    /^authorization$|key|token|secret/i.test(name) && typeof value === "string"
      ? [value.replace(/^(Bearer|Basic)\s+/i, "")]
      : []
  )
