/** A reply of the Messages API, which may come from any server and say anything. */
import type { ChatReply, FinishReason } from "@model-intake/core"
import { fingerprintOf, separateThinking, tokenCount } from "@model-intake/wire"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"

/**
 * The reply, or a sentence on why it is none.
 *
 * @param pinnedModel the name that the reply has to bear, where the subject's revision is pinned
 */
export const readMessageAnswer = (body: unknown, pinnedModel: string | null): Result.Result<ChatReply, string> => {
  if (!Predicate.isObject(body)) return Result.fail("the reply is no JSON object")
  if (pinnedModel !== null && body.model !== pinnedModel) {
    return Result.fail(`the server answered with the model ${JSON.stringify(body.model)}, not ${pinnedModel}`)
  }
  if (body.role !== "assistant") {
    return Result.fail(`the reply is of the role ${JSON.stringify(body.role)}, not assistant`)
  }
  if (!Array.isArray(body.content)) return Result.fail("the reply has no content")
  const texts: Array<string> = []
  const thoughts: Array<string> = []
  for (const block of body.content as ReadonlyArray<unknown>) {
    if (!Predicate.isObject(block)) return Result.fail("a block of the reply is no object")
    if (block.type === "text" && typeof block.text === "string") texts.push(block.text)
    else if (block.type === "thinking" && typeof block.thinking === "string") thoughts.push(block.thinking)
    else if (block.type === "tool_use") return Result.fail("the model calls tools although none were offered")
    else if (block.type !== "redacted_thinking") {
      return Result.fail(`a block of the reply is of the type ${JSON.stringify(block.type)}, which is no text`)
    }
  }
  const finish = finishOf(body.stop_reason)
  const { text, reasoning } = separateThinking(texts.join(""))
  const apart = [...thoughts, ...(reasoning === null ? [] : [reasoning])].join("\n")
  const usage = Predicate.isObject(body.usage) ? body.usage : {}
  const inputs = [usage.input_tokens, usage.cache_creation_input_tokens ?? 0, usage.cache_read_input_tokens ?? 0]
  const counts = inputs.map(tokenCount)
  return Result.succeed({
    text: text.toWellFormed(),
    reasoning: apart === "" ? null : apart.toWellFormed(),
    finish,
    usage: {
      inputTokens: counts.includes(null) ? null : counts.reduce((sum: number, count) => sum + (count ?? 0), 0),
      outputTokens: tokenCount(usage.output_tokens)
    },
    fingerprint: fingerprintOf([body.model])
  })
}

const finishOf = (stopped: unknown): FinishReason => {
  switch (stopped) {
    case "end_turn":
    case "stop_sequence":
      return "stop"
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length"
    case "refusal":
      return "content-filter"
    default:
      return "other"
  }
}
