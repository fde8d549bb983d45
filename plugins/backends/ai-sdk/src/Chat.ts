/** One call through the AI SDK: exactly what was asked for, or an error. */
import type { ChatReply, ChatRequest, Decoding, FinishReason } from "@model-intake/core"
import { fingerprintOf, separateThinking, tokenCount } from "@model-intake/wire"
import * as Predicate from "effect/Predicate"
import { NoAnswer } from "./Failure.ts"
import type { CallResult, CallSettings, ModelInstance } from "./Instances.ts"

type Sdk = typeof import("ai")

/** Decoding settings that a model may not take, by the AI SDK's names. */
export const omittable = ["temperature", "topP", "seed", "stopSequences", "maxOutputTokens"] as const
export type Omittable = (typeof omittable)[number]

export interface CallOptions {
  /** Settings that are left out since the model does not take them. */
  readonly omit: ReadonlyArray<Omittable>
  readonly structuredOutput: boolean
}

/** Asks once. Rejects with what the provider threw, or with a {@link NoAnswer}. */
export const generate = async (
  sdk: Sdk,
  model: ModelInstance,
  request: ChatRequest,
  options: CallOptions,
  signal: AbortSignal
): Promise<ChatReply> => {
  let raw: CallResult | undefined
  const exact = sdk.wrapLanguageModel({
    model,
    middleware: {
      // The SDK drops empty messages and would download what a message points to: the model gets what was asked.
      transformParams: async ({ params }) => ({ ...params, prompt: promptOf(request), ...formatOf(request, options) }),
      wrapGenerate: async ({ doGenerate, params }) => {
        const result = await doGenerate()
        refuseWarnings(result, params)
        refuseContent(result)
        raw = result
        return { ...result, warnings: [] }
      }
    }
  })
  const result = await sdk.generateText({
    model: exact,
    prompt: "the prompt is set above",
    ...settingsOf(request.decoding, options.omit),
    maxRetries: 0,
    abortSignal: signal,
    telemetry: { isEnabled: false }
  })
  const { text, reasoning } = separateThinking(result.text)
  const thoughts = [result.reasoningText, reasoning].filter((thought) => typeof thought === "string" && thought !== "")
  return {
    text,
    reasoning: thoughts.length === 0 ? null : thoughts.join("\n"),
    finish: finishOf(result.finishReason),
    usage: { inputTokens: tokenCount(result.usage.inputTokens), outputTokens: tokenCount(result.usage.outputTokens) },
    // The SDK puts the name that was asked for in the place of one that the reply does not give.
    fingerprint: fingerprintOf([raw?.response?.modelId])
  }
}

const promptOf = ({ messages }: ChatRequest): CallSettings["prompt"] =>
  messages.map(({ role, content }) => {
    switch (role) {
      case "system":
      case "developer":
        return { role: "system", content }
      case "user":
      case "assistant":
        return { role, content: [{ type: "text", text: content }] }
      default:
        throw new NoAnswer(`a message of the role ${role} cannot be asked`, "refused-request")
    }
  })

const formatOf = (
  { responseSchema }: ChatRequest,
  { structuredOutput }: CallOptions
): Pick<CallSettings, "responseFormat"> => {
  if (responseSchema === undefined || !structuredOutput) return {}
  const { name, schema } = responseSchema
  return { responseFormat: { type: "json", name, schema } }
}

const settingsOf = (decoding: Decoding, omit: ReadonlyArray<Omittable>) => {
  const settings: Partial<Record<Omittable, unknown>> = {
    temperature: decoding.temperature,
    topP: decoding.topP,
    seed: decoding.seed,
    stopSequences: decoding.stop.length === 0 ? null : [...decoding.stop],
    maxOutputTokens: decoding.maxTokens
  }
  const kept = Object.entries(settings).filter(([name, value]) => value !== null && !omit.includes(name as Omittable))
  return Object.fromEntries(kept) as Pick<CallSettings, Omittable>
}

/** How warnings name the settings, by the SDK's names or by those of the provider's API. */
const mentions: Readonly<Record<Omittable, RegExp>> = {
  temperature: /temperature/i,
  topP: /top.?p\b/i,
  seed: /seed/i,
  stopSequences: /stop/i,
  maxOutputTokens: /max.*tokens/i
}

/** A provider tells of settings that it left out, and goes on without them: such an answer was drawn in another way. */
const refuseWarnings = ({ warnings }: CallResult, params: CallSettings): void => {
  for (const warning of warnings) {
    if (warning.type === "deprecated") continue
    const said =
      warning.type === "other" ? warning.message : [warning.feature, warning.details].filter(Boolean).join(": ")
    const setting = omittable.find((name) => mentions[name].test(said) && params[name] !== undefined)
    if (setting !== undefined) {
      const message = `the model does not take ${setting} (${said}); add "${setting}" to settings["ai-sdk"].omit`
      throw new NoAnswer(message, "unsupported")
    }
    if (warning.type === "unsupported") throw new NoAnswer(`the model does not take ${said}`, "unsupported")
  }
}

const refuseContent = ({ content, finishReason, response }: CallResult): void => {
  refuseRaw(response?.headers ?? {}, response?.body)
  const { unified } = finishReason
  if (unified === "interrupted") throw new NoAnswer("the reply was interrupted", "transport")
  if (unified === "error") throw new NoAnswer("the model stopped because of an error")
  if (unified === "tool-calls") throw new NoAnswer("it calls a tool, and none was offered")
  const other = content.find(({ type }) => type !== "text" && type !== "reasoning" && type !== "source")
  // Before the SDK sees it: files that a reply points to would be downloaded.
  if (other !== undefined) throw new NoAnswer(`it holds a part of the type ${other.type}, not text alone`)
  if (unified === "stop" && !content.some(({ type }) => type === "text")) throw new NoAnswer("its message has no text")
  // What a provider makes of bytes that are no UTF-8.
  if (content.some((part) => part.type === "text" && part.text.includes("\ufffd"))) {
    throw new NoAnswer("its text is not UTF-8")
  }
}

/** What providers pass over in a reply, where they hand it on as it came. */
const refuseRaw = (headers: Readonly<Record<string, string | undefined>>, body: unknown): void => {
  const type = headers["content-type"]
  if (type !== undefined && !/\bjson\b/i.test(type)) throw new NoAnswer("its content type is not application/json")
  const { choices } = Predicate.isObject(body) ? (body as { readonly choices?: unknown }) : {}
  if (!Array.isArray(choices)) return
  if (choices.length !== 1) throw new NoAnswer(`it has ${choices.length} choices, and one was asked for`)
  const { message } = choices[0] as { readonly message?: { readonly role?: unknown } }
  if (message?.role !== undefined && message.role !== null && message.role !== "assistant") {
    throw new NoAnswer("its message is not the model's")
  }
}

const finishOf = (reason: string): FinishReason =>
  reason === "stop" || reason === "length" || reason === "content-filter" ? reason : "other"
