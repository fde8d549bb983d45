/** Calls of judges are journalled as trials are: what was answered in an interrupted run is not asked again. */

import { BackendError, digest, type Examinee } from "@model-intake/core"
import { CurrentRows, type JournalError } from "@model-intake/journal"
import * as Effect from "effect/Effect"
import { CurrentGovernor, RunStopped } from "../Governor.ts"

/** An examinee whose calls are answered from the rows of the exam under way where they hold them. */
export const recalled = (examinee: Examinee): Examinee => ({
  ...examinee,
  chat: Effect.fnUntraced(function* (request) {
    const rows = yield* CurrentRows
    if (rows?.findReply === undefined || rows.recordReply === undefined) return yield* examinee.chat(request)
    const call = digest({ subject: examinee.subject, request })
    const governor = yield* CurrentGovernor
    const asBackendError = Effect.mapError(({ message }: JournalError) => {
      // What is not recorded does not count: no rating goes on without a journal.
      governor.stop(new RunStopped({ reason: "failures", cause: null, message }))
      const { backend } = examinee.subject
      return new BackendError({ backend, reason: "fault", message, retryable: false, retryAfterMs: null })
    })
    const known = yield* asBackendError(rows.findReply(call))
    if (known !== null) return known
    const reply = yield* examinee.chat(request)
    yield* asBackendError(rows.recordReply(call, reply))
    return reply
  })
})
