/**
 * The record of an examination: every response is here before it counts, and every aggregate is derived from these
 * rows, so that an interrupted run can go on where it was.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Digest } from "./Digest.ts"
import type { Response } from "./Response.ts"

/** The journal cannot be read or written; the run stops, since what is not recorded does not count. */
export class JournalError extends Schema.TaggedError<JournalError>()("JournalError", {
  message: Schema.String
}) {}

export class Journal extends Context.Service<
  Journal,
  {
    /** Records a response; when the effect succeeds the response is durable. The first one for a trial stays. */
    readonly record: (response: Response) => Effect.Effect<void, JournalError>
    /** The response to a trial, if there is one. */
    readonly find: (trial: Digest) => Effect.Effect<Response | null, JournalError>
  }
>()("@model-intake/core/Journal") {
  /** Keeps the rows in memory: for tests and for runs that nobody needs to resume. */
  static readonly layerMemory = Layer.sync(Journal, () => {
    const rows = new Map<Digest, Response>()
    return Journal.of({
      record: (response) =>
        Effect.sync(() => {
          if (!rows.has(response.trial)) rows.set(response.trial, response)
        }),
      find: (trial) => Effect.sync(() => rows.get(trial) ?? null)
    })
  })
}
