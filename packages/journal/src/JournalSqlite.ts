/** The journal in a SQLite file: it outlives the process, and `--resume` goes on with it. */
import { randomBytes } from "node:crypto"
import { rmSync } from "node:fs"
import { resolve } from "node:path"
import type { DatabaseSync, SQLInputValue } from "node:sqlite"
import type { ChatReply, Digest } from "@model-intake/core"
import { Response } from "@model-intake/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { holdFile, isBusy, journalError, openDatabase, statementsOf } from "./internal/JournalDatabase.ts"
import {
  type ExamJournal,
  type ExamPlan,
  Journal,
  type JournalError,
  planDifferences,
  ResumeError,
  serverSettings
} from "./Journal.ts"

export interface JournalOptions {
  /** Path of the SQLite file; it and its folder are made where they are missing. */
  readonly file: string
  /** `latest` for the subject's latest exam that did not end, or the id of an exam. */
  readonly resume?: string | undefined
  /** Whether identical trials that an earlier exam answered are answered from it. */
  readonly reuse?: boolean | undefined
  /** How long a write waits while another process holds the file, in milliseconds; 10,000 unless given. */
  readonly patienceMs?: number | undefined
}

/** A journal in a file. Fails where the file cannot be used, is of a newer version, or is no journal. */
export const journalLayer = (options: JournalOptions): Layer.Layer<Journal, JournalError> =>
  Layer.effect(
    Journal,
    Effect.gen(function* () {
      const file = resolve(options.file)
      const database = yield* openDatabase(file)
      const prepare = statementsOf(database)
      const attempt = <A>(read: () => A) => Effect.try({ try: read, catch: (cause) => journalError(file, cause) })
      const write = groupCommit(database, file, options.patienceMs ?? 10_000)

      const chooseExam = Effect.fnUntraced(function* (plan: ExamPlan) {
        const { resume } = options
        if (resume === undefined) return null
        const known = yield* attempt(() =>
          resume === "latest"
            ? prepare(
                "SELECT * FROM exams WHERE subject = ? ORDER BY state = 'ended', started_at DESC, rowid DESC LIMIT 1"
              ).get(plan.subject)
            : prepare("SELECT * FROM exams WHERE id = ?").get(resume)
        )
        if (known === undefined) {
          const what = resume === "latest" ? `no exam of ${plan.subject}` : `no exam ${resume}`
          return yield* new ResumeError({ message: `${file} holds ${what}; leave out --resume to begin one` })
        }
        const settings = JSON.parse(String(known.settings)) as ExamPlan["settings"]
        const differences = planDifferences(
          { ...settings, subject: String(known.subject) },
          { ...plan.settings, subject: plan.subject }
        )
        if (differences.length > 0) {
          return yield* new ResumeError({
            message: `${known.id} has another plan: ${differences.join("; ")}. Give the same options, or leave out --resume to begin a new exam`
          })
        }
        return { id: String(known.id), number: Number(known.number), runs: Number(known.runs) }
      })

      const begin = Effect.fnUntraced(function* (plan: ExamPlan) {
        const resumed = yield* chooseExam(plan)
        const id = resumed?.id ?? `exam-${randomBytes(5).toString("hex")}`
        const lock = `${file}-${id}.lock`
        yield* holdFile(lock).pipe(
          Effect.mapError((cause) =>
            cause === "held"
              ? new ResumeError({ message: `${id} is under way in another process; wait until that one ends` })
              : cause
          )
        )
        const run = (resumed?.runs ?? 0) + 1
        const now = yield* Clock.currentTimeMillis
        yield* resumed === null
          ? write("INSERT INTO exams (id, subject, settings, state, runs, started_at) VALUES (?, ?, ?, 'open', 1, ?)", [
              id,
              plan.subject,
              JSON.stringify(plan.settings),
              now
            ])
          : write("UPDATE exams SET runs = ? WHERE id = ?", [run, id])
        const exam =
          resumed?.number ??
          (yield* attempt(() => Number(prepare("SELECT number FROM exams WHERE id = ?").get(id)!.number)))
        const count = yield* attempt(() =>
          Number(prepare("SELECT count(*) AS n FROM responses WHERE exam = ?").get(exam)!.n)
        )
        let reused = 0
        const parse = (text: unknown) => attempt(() => decodeResponse(JSON.parse(String(text))))
        const record = (response: Response) =>
          write(insertResponse, [
            exam,
            bytesOf(response.trial),
            run,
            response._tag === "answered" ? 1 : 0,
            response._tag === "answered" ? null : response.reason,
            JSON.stringify(response)
          ])
        /** Earlier exams on the same servers, looked up once: their settings are long, and trials are many. */
        let known: ReadonlyArray<unknown> | undefined
        const others = () => {
          known ??= prepare(examsOnServers)
            .all(plan.settings[serverSettings.subject] ?? null, plan.settings[serverSettings.reference] ?? null)
            .map(({ number }) => number)
          return known
        }
        const answeredBy = (exams: ReadonlyArray<unknown>, trial: Digest) => {
          for (const number of exams) {
            const found = prepare(findAnswered).get(number as SQLInputValue, bytesOf(trial))
            if (found !== undefined) return found
          }
          return undefined
        }
        const journal: ExamJournal = {
          id,
          file,
          resumedRows: count,
          reused: () => reused,
          record,
          find: Effect.fnUntraced(function* (trial) {
            const own = yield* attempt(() => prepare(findOwn).get(exam, bytesOf(trial)))
            if (own !== undefined) {
              // A fault of transport that ended an earlier run's call is asked again; an answer never is.
              const again = own.answered === 0 && Number(own.run) < run && transportFaults.has(String(own.reason))
              return again ? null : yield* parse(own.response)
            }
            if (options.reuse !== true) return null
            const other = yield* attempt(() => answeredBy(others(), trial))
            if (other === undefined) return null
            const response = yield* parse(other.response)
            yield* record(response)
            reused++
            return response
          }),
          recordReply: (call, reply) =>
            write("INSERT OR IGNORE INTO replies VALUES (?, ?, ?)", [exam, bytesOf(call), JSON.stringify(reply)]),
          findReply: (call) =>
            attempt(() => {
              const found = prepare("SELECT reply FROM replies WHERE exam = ? AND call = ?").get(exam, bytesOf(call))
              return found === undefined ? null : (JSON.parse(String(found.reply)) as ChatReply)
            }),
          finish: Effect.gen(function* () {
            yield* write("UPDATE exams SET state = 'ended', ended_at = ? WHERE id = ?", [
              yield* Clock.currentTimeMillis,
              id
            ])
            yield* attempt(() => database.exec("PRAGMA wal_checkpoint(FULL)"))
            // Only an exam that ended is never waited for: the file of a running one has to stay where others look for it.
            yield* attempt(() => rmSync(lock, { force: true }))
          })
        }
        return journal
      })
      // Rows belong to an exam: without one there is nothing to find, and nothing that could be resumed.
      return Journal.of({ begin, find: () => Effect.succeed(null), record: () => Effect.void })
    })
  )

/** Digests are kept as their 32 bytes. */
const bytesOf = (digest: Digest): Uint8Array => Buffer.from(digest.slice(digest.indexOf(":") + 1), "hex")

const decodeResponse = Schema.decodeUnknownSync(Response)

const transportFaults: ReadonlySet<string> = new Set(["rate-limit", "timeout", "transport"])

const insertResponse = `INSERT INTO responses VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET run = excluded.run, answered = excluded.answered, reason = excluded.reason, response = excluded.response
  WHERE responses.answered = 0 AND responses.run < excluded.run AND responses.reason IN ('rate-limit', 'timeout', 'transport')`
const findOwn = "SELECT run, answered, reason, response FROM responses WHERE exam = ? AND trial = ?"
const findAnswered = "SELECT response FROM responses WHERE exam = ? AND trial = ? AND answered = 1"
/** A trial names the model and not who serves it: only exams on the same servers can answer. */
const examsOnServers = `SELECT number FROM exams
  WHERE settings ->> '$."${serverSettings.subject}"' IS ? AND settings ->> '$."${serverSettings.reference}"' IS ?
  ORDER BY number`

/** Time between two tries while another process holds the file, in milliseconds. */
const retryMs = 50

/**
 * Writes that wait for a common commit. Each succeeds only after the commit that holds it; where the commit fails, all
 * of its writes fail and nothing of it is in the file.
 */
const groupCommit = (database: DatabaseSync, file: string, patienceMs: number) => {
  const prepare = statementsOf(database)
  let waiting: Array<{
    readonly sql: string
    readonly values: ReadonlyArray<SQLInputValue>
    readonly resume: (effect: Effect.Effect<void, JournalError>) => void
  }> = []
  let scheduled = false
  const commit = (since: number): void => {
    const batch = waiting
    try {
      database.exec("BEGIN IMMEDIATE")
      for (const { sql, values } of batch) prepare(sql).run(...values)
      database.exec("COMMIT")
    } catch (cause) {
      try {
        if (database.isTransaction) database.exec("ROLLBACK")
      } catch {
        // The connection is beyond rolling back; the file is consistent all the same.
      }
      if (isBusy(cause) && performance.now() - since < patienceMs) {
        setTimeout(() => commit(since), retryMs)
        return
      }
      scheduled = false
      waiting = []
      const error = journalError(file, cause)
      for (const { resume } of batch) resume(Effect.fail(error))
      return
    }
    // Writes that came while another process held the file wait for the next commit.
    waiting = []
    scheduled = false
    for (const { resume } of batch) resume(Effect.void)
  }
  return (sql: string, values: ReadonlyArray<SQLInputValue>): Effect.Effect<void, JournalError> =>
    Effect.callback((resume) => {
      waiting.push({ sql, values, resume })
      if (scheduled) return
      scheduled = true
      // What arrives in one turn of the event loop shares a commit; nothing waits for more to come.
      setImmediate(() => commit(performance.now()))
    })
}
