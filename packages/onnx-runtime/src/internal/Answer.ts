/** One answer while it is written: which token comes next, and when it is complete. */
import type { AnswerToken, FinishReason } from "@model-intake/core"
import { deriveSeed, makeRandom } from "@model-intake/psychometrics"
import type { ChatResult, ChatTask } from "./Protocol.ts"
import { type Draw, drawToken, logSoftmax, type SamplingRule } from "./Sampling.ts"
import type { TextCodec } from "./TextCodec.ts"

export interface Answer {
  /** The prompt and what has been written so far. */
  readonly ids: ReadonlyArray<number>
  /** Number of ids that a cache holds once the last step has been taken: all but the newest. */
  readonly cached: number
  /** The next token by these logits, which differ from the true ones by no more than `tolerance`. */
  readonly draw: (logits: Float32Array, tolerance: number) => Draw
  /** Writes a token down; the result, if it completes the answer. */
  readonly take: (id: number, logits: Float32Array) => ChatResult | null
}

/**
 * Begins an answer. Its random numbers are its own, named by the seed and the rendered prompt, so that what
 * else is under way changes nothing.
 */
export const beginAnswer = (
  { decoding, logprobs }: ChatTask,
  prompt: { readonly text: string; readonly ids: ReadonlyArray<number>; readonly seed: number | string },
  defaults: SamplingRule,
  codec: TextCodec
): Answer => {
  const rule = { temperature: decoding.temperature ?? defaults.temperature, topP: decoding.topP ?? defaults.topP }
  const random = makeRandom(deriveSeed(prompt.seed, prompt.text))
  const ids = [...prompt.ids]
  const tokens: Array<AnswerToken> = []
  let uniform = random.uniform()

  const complete = (finish: FinishReason, text: string): ChatResult => ({
    text,
    finish,
    inputTokens: prompt.ids.length,
    outputTokens: ids.length - prompt.ids.length,
    logprobs: logprobs === null ? null : tokens
  })

  return {
    ids,
    get cached() {
      return ids.length - 1
    },
    draw: (logits, tolerance) => drawToken(logits, rule, uniform, tolerance),
    take: (id, logits) => {
      uniform = random.uniform()
      if (logprobs !== null) tokens.push(tokenLogprobs(id, logits, logprobs, codec))
      if (codec.endIds.has(id)) return complete("stop", codec.decode(ids.slice(prompt.ids.length)))
      ids.push(id)
      const full = ids.length - prompt.ids.length >= decoding.maxTokens
      if (!full && decoding.stop.length === 0) return null
      const text = codec.decode(ids.slice(prompt.ids.length))
      const stop = firstOf(text, decoding.stop)
      if (stop !== -1) return complete("stop", text.slice(0, stop))
      return full ? complete("length", text) : null
    }
  }
}

/** Where the first of the strings begins, or -1. */
const firstOf = (text: string, strings: ReadonlyArray<string>): number =>
  strings.reduce((first, string) => {
    const found = string === "" ? -1 : text.indexOf(string)
    return found === -1 || (first !== -1 && first < found) ? first : found
  }, -1)

const tokenLogprobs = (id: number, logits: Float32Array, top: number, codec: TextCodec): AnswerToken => {
  const all = logSoftmax(logits)
  const name = (id: number) => ({ token: codec.tokenOf(id), logprob: all[id]! })
  const ranked = top === 0 ? [] : Array.from(all.keys()).sort((a, b) => all[b]! - all[a]! || a - b)
  return { ...name(id), top: ranked.slice(0, top).map(name) }
}
