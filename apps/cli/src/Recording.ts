/** What becomes of a verdict after an exam: it goes into the case files unless that is left out. */
import type { Verdict } from "@model-intake/core"
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type StoreFlags, storeFlags, withStore } from "./CaseStore.ts"

export const recordingFlags = {
  ...storeFlags,
  record: Flag.Boolean("record").pipe(
    Flag.withDescription("Record the verdict in the case files (--no-record to leave it out)"),
    Flag.withDefault(true)
  )
}

/** The verdict stands, and could not be recorded. */
export class RecordingError extends Schema.TaggedError<RecordingError>()("RecordingError", {
  message: Schema.String
}) {}

/** Records a verdict that was printed already. */
export const recordVerdict = (
  verdict: Verdict,
  { record, ...choice }: StoreFlags & { readonly record: boolean }
): Effect.Effect<void, RecordingError> =>
  record
    ? withStore(choice, "record", (files) => files.recordVerdict(verdict)).pipe(
        Effect.asVoid,
        Effect.mapError(
          ({ message }) =>
            new RecordingError({ message: `The verdict was printed and is not in the case files: ${message}` })
        )
      )
    : Effect.void
