/** One judge: a model that is asked for some fields of one view of an answer, and whose reply is taken or not. */
import {
  type BackendError,
  type ChatReply,
  type ChatRequest,
  type Examinee,
  type Message,
  publish
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { GroupId } from "./Fields.ts"
import { messagesFor, repairMessage, tokensOf } from "./Prompt.ts"
import { isSameRating, leaks, parseReply, type Rated, readReply, replySchema } from "./Reply.ts"
import type { View } from "./View.ts"

/** A model of the panel, opened. */
export interface Judge {
  /** `backend:model[@revision]`. */
  readonly name: string
  readonly families: ReadonlyArray<string>
  readonly examinee: Examinee
}

/** How judges are asked. */
export interface Asking {
  /** Key of the tokens. */
  readonly key: string
  readonly maxTokens: number
  readonly temperature: number
  /** Bounds the calls under way at once. */
  readonly limit: <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** One rating of one view by one judge, or why there is none as the end of a sentence about the judge. */
export const ask = Effect.fn("JudgePanel.ask")(function* (
  { name, examinee }: Judge,
  groups: ReadonlyArray<GroupId>,
  view: View,
  { key, limit, maxTokens, temperature }: Asking
): Effect.fn.Return<Result.Result<Rated, string>> {
  const tokens = tokensOf(key, name, groups, view)
  const { seed, structuredOutput, systemPrompt } = examinee.capabilities
  const call = (messages: ReadonlyArray<Message>) => {
    const request: ChatRequest = {
      messages,
      decoding: { temperature, topP: null, maxTokens, seed: seed ? 0 : null, stop: [] },
      ...(structuredOutput === true
        ? { responseSchema: { name: `rating-${groups.join("-")}`, schema: replySchema(groups, false) } }
        : {})
    }
    return limit(examinee.chat(request)).pipe(
      Effect.tap(({ usage }) => publish({ _tag: "JudgeCalled", rater: "judge-panel", judge: name, usage })),
      Effect.match({
        onFailure: (error): Result.Result<ChatReply, string> => Result.fail(faultOf(error)),
        onSuccess: (reply) => complete(reply, maxTokens)
      }),
      Effect.map(
        Result.filterOrFail(
          ({ text }) => !leaks(text, tokens),
          () => "its reply gives the canary away, so that it followed somebody else's instructions"
        )
      )
    )
  }
  const messages = messagesFor(groups, view, tokens, systemPrompt)
  const first = yield* call(messages)
  if (Result.isFailure(first)) return Result.fail(first.failure)
  const { text } = first.success
  const read = (reply: unknown, source: string) => readReply(reply, source, groups, tokens, view.answer)
  const parsed = parseReply(text)
  if (Result.isSuccess(parsed)) return read(parsed.success, text)
  const second = yield* call([
    ...messages,
    { role: "assistant", content: text },
    { role: "user", content: repairMessage(tokens.check) }
  ])
  if (Result.isFailure(second)) return Result.fail(`${parsed.failure}, and when asked for it alone ${second.failure}`)
  const repaired = parseReply(second.success.text)
  if (Result.isFailure(repaired)) return Result.fail(`${parsed.failure}, not even when asked for it alone`)
  if (!isSameRating(text, repaired.success)) {
    return Result.fail(`${parsed.failure}, and when asked for it alone it gave another rating`)
  }
  return read(repaired.success, second.success.text)
})

/** A cut-off or withheld reply is no reply, however it parses. */
const complete = (reply: ChatReply, maxTokens: number): Result.Result<ChatReply, string> =>
  reply.finish === "length"
    ? Result.fail(`its reply was cut off at ${maxTokens} tokens; raise maxTokens`)
    : reply.finish === "content-filter"
      ? Result.fail("its provider's filter withheld the reply")
      : reply.finish !== "stop"
        ? Result.fail("its reply is incomplete")
        : reply.text.trim() === ""
          ? Result.fail("its reply is empty")
          : Result.succeed(reply)

const faultOf = ({ reason, message }: BackendError): string =>
  `its call failed (${reason}): ${message.replaceAll(/[\p{C}\s]+/gu, " ").slice(0, 300)}`
