/** Puts trials to an examinee: each in a fresh conversation, each journalled before it counts. */

import type { BackendError, ChatReply, Examinee, Message, Response, Trial, Usage } from "@model-intake/core"
import { digest } from "@model-intake/core"
import { Journal, type JournalError, type JournalRows } from "@model-intake/journal"
import * as Effect from "effect/Effect"
import { CurrentGovernor, type RunStopped } from "../Governor.ts"

/**
 * The responses to the trials, in their order. A trial that the journal knows is not put again. A backend that fails
 * leaves an unanswered response, which is recorded like any other and never becomes an answer. Fails with the reason
 * where the run stops early: what was answered by then is recorded, what was not is left to a resumed run.
 */
export const administer = Effect.fn("Examination.administer")(function* (
  examinee: Examinee,
  trials: ReadonlyArray<Trial>,
  concurrency: number,
  onDone: (trial: Trial, response: Response) => Effect.Effect<void>
): Effect.fn.Return<ReadonlyArray<Response>, JournalError | RunStopped, Journal> {
  const journal = yield* Journal
  const governor = yield* CurrentGovernor
  const responses = yield* Effect.forEach(
    trials,
    Effect.fnUntraced(function* (trial) {
      const known = yield* journal.find(trial.id)
      if (known === null && governor.stopped() !== null) return null
      const response = known ?? (yield* converse(examinee, trial, journal))
      if (known === null) {
        // A call that the stop itself ended says nothing of the subject.
        if (response._tag === "unanswered" && governor.stopped() !== null) return null
        yield* journal.record(response)
      }
      yield* onDone(trial, response)
      return response
    }),
    // A trial is under way until it is in the journal: what a kill loses is never more than may be under way.
    { concurrency }
  )
  const stopped = governor.stopped()
  if (stopped !== null) return yield* stopped
  return responses as ReadonlyArray<Response>
})

/** Says the turns of a trial one by one; the subject's own answers stand between them. */
const converse = (examinee: Examinee, trial: Trial, rows: JournalRows): Effect.Effect<Response, JournalError> =>
  Effect.gen(function* () {
    const { system, turns, decoding } = trial.request
    const conversation: Array<Message> = system === null ? [] : [{ role: "system", content: system }]
    let usage: Usage = { inputTokens: 0, outputTokens: 0 }
    let last: {
      readonly reasoning: string | null
      readonly finish: "stop" | "length" | "content-filter" | "other"
      readonly fingerprint: string | null
    } = { reasoning: null, finish: "other", fingerprint: null }
    for (const [index, turn] of turns.entries()) {
      conversation.push({ role: "user", content: turn })
      const ask = examinee.chat({ messages: [...conversation], decoding, trial })
      // The last answer is journalled as the response; those before it, so that a conversation cut short can go on.
      const reply = yield* index === turns.length - 1 ? ask : recall(rows, trial, index, ask)
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
    Effect.catchTag("BackendError", (error) =>
      Effect.succeed({ _tag: "unanswered", trial: trial.id, reason: error.reason, message: error.message } as const)
    )
  )

const recall = Effect.fnUntraced(function* (
  { findReply, recordReply }: JournalRows,
  trial: Trial,
  turn: number,
  ask: Effect.Effect<ChatReply, BackendError>
) {
  if (findReply === undefined || recordReply === undefined) return yield* ask
  const call = digest({ trial: trial.id, turn })
  const known = yield* findReply(call)
  if (known !== null) return known
  const reply = yield* ask
  yield* recordReply(call, reply)
  return reply
})

const add = (total: number | null, more: number | null): number | null =>
  total === null || more === null ? null : total + more
