/** Puts trials to an examinee: each in a fresh conversation, each journalled before it counts. */
import * as Effect from "effect/Effect"
import type { BackendError, Examinee, Usage } from "../Backend.ts"
import type { Message } from "../Conversation.ts"
import { Journal, type JournalError } from "../Journal.ts"
import type { Response } from "../Response.ts"
import type { Trial } from "../Trial.ts"

/**
 * The responses to the trials, in their order. A trial that the journal knows is not put again. A backend that fails
 * leaves an unanswered response, which is recorded like any other and never becomes an answer.
 */
export const administer = Effect.fn("Examination.administer")(function* (
  examinee: Examinee,
  trials: ReadonlyArray<Trial>,
  concurrency: number,
  onDone: (trial: Trial, response: Response) => Effect.Effect<void>
): Effect.fn.Return<ReadonlyArray<Response>, JournalError, Journal> {
  const journal = yield* Journal
  return yield* Effect.forEach(
    trials,
    Effect.fnUntraced(function* (trial) {
      const known = yield* journal.find(trial.id)
      const response = known ?? (yield* converse(examinee, trial))
      if (known === null) yield* journal.record(response)
      yield* onDone(trial, response)
      return response
    }),
    { concurrency }
  )
})

/** Says the turns of a trial one by one; the subject's own answers stand between them. */
const converse = (examinee: Examinee, trial: Trial): Effect.Effect<Response> =>
  Effect.gen(function* () {
    const { system, turns, decoding } = trial.request
    const conversation: Array<Message> = system === null ? [] : [{ role: "system", content: system }]
    let usage: Usage = { inputTokens: 0, outputTokens: 0 }
    let last: {
      readonly reasoning: string | null
      readonly finish: "stop" | "length" | "content-filter" | "other"
      readonly fingerprint: string | null
    } = { reasoning: null, finish: "other", fingerprint: null }
    for (const turn of turns) {
      conversation.push({ role: "user", content: turn })
      const reply = yield* examinee.chat({ messages: [...conversation], decoding })
      conversation.push({ role: "assistant", content: reply.text })
      usage = {
        inputTokens: add(usage.inputTokens, reply.usage.inputTokens),
        outputTokens: add(usage.outputTokens, reply.usage.outputTokens)
      }
      last = reply
    }
    return {
      _tag: "answered",
      trial: trial.id,
      conversation,
      reasoning: last.reasoning,
      finish: last.finish,
      usage,
      fingerprint: last.fingerprint
    } as const
  }).pipe(
    Effect.catch((error: BackendError) =>
      Effect.succeed({ _tag: "unanswered", trial: trial.id, reason: error.reason, message: error.message } as const)
    )
  )

const add = (total: number | null, more: number | null): number | null =>
  total === null || more === null ? null : total + more
