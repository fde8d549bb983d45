/** Requests and replies as the APIs of OpenAI and Anthropic have them; that of Hugging Face is OpenAI's. */
import { createHash } from "node:crypto"

/** A request as the server understood it. */
export interface ModelCall {
  readonly wire: "openai" | "anthropic"
  /** From 0, in the order of arrival. */
  readonly index: number
  readonly path: string
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body: Readonly<Record<string, unknown>>
  readonly model: string
  /** The system prompt first, where there is one. */
  readonly messages: ReadonlyArray<{ readonly role: string; readonly content: string }>
}

/** What the scripted model says. */
export interface ModelAnswer {
  readonly text: string
  readonly reasoning?: string | undefined
  /** Where reasoning goes in OpenAI's format: the field `reasoning_content` unless given. */
  readonly reasoningIn?: "reasoning_content" | "reasoning" | "think-tags" | undefined
  readonly finish?: "stop" | "length" | "content-filter" | undefined
  readonly model?: string | undefined
  readonly fingerprint?: string | undefined
  /** Natural logarithm of the probability of each token (a word with the blank before it); -0.5 each unless given. */
  readonly logprob?: number | undefined
}

/** The fingerprint of replies in OpenAI's format unless the answer gives one. */
export const defaultFingerprint = "fp_testkit"

/** An answer that tells requests apart and is the same for the same messages. */
export const defaultAnswer = (call: ModelCall): ModelAnswer => {
  const digest = createHash("sha256").update(JSON.stringify(call.messages)).digest("hex").slice(0, 8)
  return { text: `I would look at it from both sides before I decide (${digest}).` }
}

/** Reads a request by its path and body; null where the path is none of a chat. */
export const readCall = (
  index: number,
  path: string,
  headers: ModelCall["headers"],
  body: Readonly<Record<string, unknown>>
): ModelCall | null => {
  const route = path.split("?")[0]!
  const wire = route.endsWith("/chat/completions") ? "openai" : route.endsWith("/messages") ? "anthropic" : null
  if (wire === null) return null
  const raw = Array.isArray(body.messages) ? (body.messages as ReadonlyArray<Record<string, unknown>>) : []
  const messages = raw.map(({ role, content }) => ({ role: String(role), content: textOf(content) }))
  const system = body.system === undefined ? [] : [{ role: "system", content: textOf(body.system) }]
  return { wire, index, path, headers, body, model: String(body.model ?? ""), messages: [...system, ...messages] }
}

/** The reply of a well-behaved server, as a value that faults may change before it is sent. */
export const wireReply = (call: ModelCall, answer: ModelAnswer): Record<string, unknown> =>
  call.wire === "openai" ? openAiReply(call, answer) : anthropicReply(call, answer)

/** The key of a request, however it was sent. */
export const keyOf = (call: Pick<ModelCall, "headers">): string => {
  const { authorization, "x-api-key": apiKey, "api-key": azureKey } = call.headers
  return String(apiKey ?? azureKey ?? authorization ?? "").replace(/^Bearer /, "")
}

/** Tokens of the testkit: words, each with the blank before it. */
export const tokensOf = (text: string): ReadonlyArray<string> => text.match(/\s*\S+|\s+$/g) ?? []

const openAiReply = (call: ModelCall, answer: ModelAnswer): Record<string, unknown> => {
  const { reasoning, reasoningIn = "reasoning_content", finish = "stop" } = answer
  const inTags = reasoning !== undefined && reasoningIn === "think-tags"
  const content = inTags ? `<think>\n${reasoning}\n</think>\n\n${answer.text}` : answer.text
  const tokens = tokensOf(content)
  const count = typeof call.body.top_logprobs === "number" ? call.body.top_logprobs : 0
  const logprob = answer.logprob ?? -0.5
  const logprobs = {
    content: tokens.map((token) => ({
      token,
      logprob,
      bytes: null,
      top_logprobs: Array.from({ length: count }, (_, rank) => ({
        token: rank === 0 ? token : ` alternative${rank}`,
        logprob: logprob - rank,
        bytes: null
      }))
    }))
  }
  return {
    id: `chatcmpl-${call.index}`,
    object: "chat.completion",
    created: 1_750_000_000,
    model: answer.model ?? call.model,
    system_fingerprint: answer.fingerprint ?? defaultFingerprint,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content,
          ...(reasoning === undefined || inTags ? {} : { [reasoningIn]: reasoning })
        },
        logprobs: call.body.logprobs === true ? logprobs : null,
        finish_reason: finish === "content-filter" ? "content_filter" : finish
      }
    ],
    usage: usage(call, tokens.length, "prompt_tokens", "completion_tokens")
  }
}

const anthropicReply = (call: ModelCall, answer: ModelAnswer): Record<string, unknown> => ({
  id: `msg_${call.index}`,
  type: "message",
  role: "assistant",
  model: answer.model ?? call.model,
  content: [
    ...(answer.reasoning === undefined ? [] : [{ type: "thinking", thinking: answer.reasoning, signature: "c2ln" }]),
    { type: "text", text: answer.text }
  ],
  stop_reason: answer.finish === "length" ? "max_tokens" : answer.finish === "content-filter" ? "refusal" : "end_turn",
  stop_sequence: null,
  usage: usage(call, tokensOf(answer.text).length, "input_tokens", "output_tokens")
})

const usage = (call: ModelCall, output: number, inputName: string, outputName: string): Record<string, number> => {
  const input = call.messages.reduce((sum, { content }) => sum + tokensOf(content).length, 0)
  return {
    [inputName]: input,
    [outputName]: output,
    ...(call.wire === "openai" ? { total_tokens: input + output } : {})
  }
}

const textOf = (content: unknown): string =>
  typeof content === "string"
    ? content
    : Array.isArray(content)
      ? content.map((part) => textOf((part as { readonly text?: unknown } | null)?.text)).join("")
      : ""
