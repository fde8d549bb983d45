/** The journal's SQLite file: its schema, its statements and its errors as sentences. */
import { closeSync, mkdirSync, openSync, rmSync, statSync } from "node:fs"
import { dirname } from "node:path"
import type { DatabaseSync, StatementSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import { JournalError } from "../Journal.ts"

export const journalVersion = 1

/** "MIEJ": tells a journal from any other SQLite file. */
const applicationId = 0x4d49454a

/** Steps from each version of the schema to the next. */
const migrations: ReadonlyArray<string> = [
  `CREATE TABLE exams (
     number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, settings TEXT NOT NULL, state TEXT NOT NULL,
     runs INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER
   ) STRICT;
   CREATE TABLE responses (
     exam INTEGER NOT NULL REFERENCES exams (number), trial BLOB NOT NULL, run INTEGER NOT NULL, answered INTEGER NOT NULL,
     reason TEXT, response TEXT NOT NULL, PRIMARY KEY (exam, trial)
   ) STRICT;
   CREATE TABLE replies (
     exam INTEGER NOT NULL REFERENCES exams (number), call BLOB NOT NULL, reply TEXT NOT NULL, PRIMARY KEY (exam, call)
   ) STRICT;`
]

/** How long opening a file waits for another process, in milliseconds. */
const openingMs = 3000

/** Opens a journal file, and makes or migrates it where that is needed. The folder is made too. */
export const openDatabase = Effect.fnUntraced(function* (file: string) {
  const { DatabaseSync } = yield* Effect.promise(() => import("node:sqlite"))
  return yield* Effect.acquireRelease(
    Effect.try({
      try: () => {
        // Answers are nobody else's business: the file is readable by its owner alone.
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
        closeSync(openSync(file, "a", 0o600))
        const database = new DatabaseSync(file, { timeout: openingMs })
        try {
          prepareSchema(database, file)
          // Writers wait by themselves: a wait within SQLite would hold up every call under way.
          database.exec("PRAGMA busy_timeout = 20")
          return database
        } catch (cause) {
          database.close()
          throw cause
        }
      },
      catch: (cause) => journalError(file, cause)
    }),
    (database) => Effect.sync(() => closeQuietly(database))
  )
})

const prepareSchema = (database: DatabaseSync, file: string): void => {
  const pragma = (name: string) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? { value: 0 })[0])
  const version = pragma("user_version")
  const tables = Number(database.prepare("SELECT count(*) AS n FROM sqlite_master").get()!.n)
  if (pragma("application_id") !== applicationId && tables > 0) {
    throw new JournalError({ message: `${file} is some other SQLite database; give another file to --journal` })
  }
  if (version > journalVersion) {
    throw new JournalError({
      message: `${file} was written by a newer version of Model Intake (journal version ${version}, this one knows ${journalVersion}); update, or give another file to --journal`
    })
  }
  // Write-ahead logging with NORMAL: a killed process loses nothing. A loss of power may lose the last rows, never
  // corrupt; an exam ends, and its verdict counts, only after a checkpoint has synced everything.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")
  if (version === journalVersion) return
  database.exec("BEGIN IMMEDIATE")
  // Another process may have been faster.
  for (const step of migrations.slice(pragma("user_version"))) database.exec(step)
  database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${journalVersion}; COMMIT`)
}

/** Statements by their text: each is prepared once. */
export const statementsOf = (database: DatabaseSync): ((sql: string) => StatementSync) => {
  const known = new Map<string, StatementSync>()
  return (sql) => {
    const found = known.get(sql)
    if (found !== undefined) return found
    const made = database.prepare(sql)
    known.set(sql, made)
    return made
  }
}

/** Holds a file for as long as the process lives: the system lets go of it even after a kill. It is gone when let go. */
export const holdFile = (file: string) =>
  Effect.acquireRelease(
    Effect.flatMap(
      Effect.promise(() => import("node:sqlite")),
      ({ DatabaseSync }) =>
        Effect.try({
          try: () => {
            const before = inodeOf(file)
            const database = new DatabaseSync(file, { timeout: 0 })
            database.exec("BEGIN EXCLUSIVE")
            // Whoever held it may have taken it away after it was opened here: then this holds a file without a name.
            const now = inodeOf(file)
            if (now !== null && (before === null || now === before)) return database
            closeQuietly(database)
            throw heldElsewhere
          },
          catch: (cause) => (cause === heldElsewhere || isBusy(cause) ? ("held" as const) : journalError(file, cause))
        })
    ),
    (database) =>
      Effect.sync(() => {
        removeQuietly(file)
        closeQuietly(database)
      })
  )

const heldElsewhere = Symbol("held elsewhere")

const inodeOf = (file: string): number | null => statSync(file, { throwIfNoEntry: false })?.ino ?? null

export const isBusy = (cause: unknown): boolean => {
  const code = resultCode(cause)
  return code === 5 || code === 6
}

/** SQLite's primary result code, or null. */
const resultCode = (cause: unknown): number | null =>
  cause instanceof Error && "errcode" in cause ? Number(cause.errcode) & 0xff : null

/** One sentence: which file, what is wrong, what to do. */
export const journalError = (file: string, cause: unknown): JournalError => {
  if (cause instanceof JournalError) return cause
  const said = cause instanceof Error ? cause.message : String(cause)
  const because = (what: string) => new JournalError({ message: `the journal ${file} ${what}` })
  switch (resultCode(cause)) {
    case 5:
    case 6:
      return because("is locked by another process; wait until it ends and resume with --resume")
    case 8:
      return because("is read-only; check its permissions or give another file to --journal")
    case 10:
      return because(`cannot be read or written (${said}); check the disk and resume with --resume`)
    case 11:
    case 26:
      return because(`is damaged or no journal (${said}); move it away or give another file to --journal`)
    case 13:
      return because("has no room: the disk is full; make room and resume with --resume")
    case 14:
      return because("cannot be opened; check the path and its permissions")
    default: {
      const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
      if (code === "ENOSPC") return because("has no room: the disk is full; make room and resume with --resume")
      if (code === "EISDIR") return because("is a folder; give a file to --journal")
      return because(`cannot be used (${said})`)
    }
  }
}

/** Where an open file cannot be removed it stays, empty. */
const removeQuietly = (file: string): void => {
  try {
    rmSync(file, { force: true })
  } catch {
    // It holds nothing.
  }
}

const closeQuietly = (database: DatabaseSync): void => {
  try {
    database.close()
  } catch {
    // Nothing that was promised is lost: each commit was waited for.
  }
}
