/** Reads a journal file that nobody writes to any more: the exams in it and what was answered. */
import { existsSync } from "node:fs"
import type { DatabaseSync } from "node:sqlite"
import { type Answered, Response } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { journalError, journalVersion } from "./internal/JournalDatabase.ts"
import { JournalError } from "./Journal.ts"

/** An exam as the journal has it. */
export interface RecordedExam {
  readonly id: string
  /** As opened: backend, full name and revision, in the form `backend:model@revision`. */
  readonly subject: string
  /** As opened; null where there was none. */
  readonly reference: string | null
  /** Answers of the subject, of its reference and of its checkpoints, in the order of their trials' ids. */
  readonly answers: ReadonlyArray<Answered>
}

/** The exams of a journal in the order in which they began, also those that were broken off. Changes nothing in the file. */
export const readJournal = Effect.fn("JournalReader.read")(function* (
  file: string
): Effect.fn.Return<ReadonlyArray<RecordedExam>, JournalError> {
  if (!existsSync(file))
    return yield* new JournalError({ message: `the journal ${file} does not exist; check the path` })
  const { DatabaseSync } = yield* Effect.promise(() => import("node:sqlite"))
  return yield* Effect.acquireUseRelease(
    Effect.try({
      try: () => new DatabaseSync(file, { readOnly: true, timeout: 2000 }),
      catch: (cause) => journalError(file, cause)
    }),
    (database) => Effect.try({ try: () => readExams(database, file), catch: (cause) => journalError(file, cause) }),
    (database) => Effect.sync(() => database.close())
  )
})

const readExams = (database: DatabaseSync, file: string): ReadonlyArray<RecordedExam> => {
  const version = Number(Object.values(database.prepare("PRAGMA user_version").get() ?? { value: 0 })[0])
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE name IN ('exams', 'responses')").all()
  if (version !== journalVersion || tables.length !== 2) {
    throw new JournalError({
      message: `the journal ${file} is none, or of another version (${version}, not ${journalVersion})`
    })
  }
  const answers = database.prepare("SELECT response FROM responses WHERE exam = ? AND answered = 1 ORDER BY trial")
  return database
    .prepare("SELECT number, id, subject, settings FROM exams ORDER BY number")
    .all()
    .map(({ number, id, subject, settings }) => {
      const { "subject as opened": opened, reference } = JSON.parse(String(settings)) as Record<string, unknown>
      return {
        id: String(id),
        subject: typeof opened === "string" ? opened : String(subject),
        reference: typeof reference === "string" && reference !== "none" ? reference : null,
        answers: answers.all(Number(number)).flatMap(({ response }) => {
          const decoded = decodeResponse(JSON.parse(String(response)))
          return decoded._tag === "answered" ? [decoded] : []
        })
      }
    })
}

const decodeResponse = Schema.decodeUnknownSync(Response)
