/** The verdict log in a database: reading it, and appending to it one writer at a time. */
import { canonicalJson, parseSubject } from "@model-intake/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { CaseFilesError, storeFault } from "../CaseFilesError.ts"
import { type KeyId, loadSigningKey, readSigningKey, type SigningKey, type SigningKeyError } from "../SigningKey.ts"
import {
  type LogEntry,
  type LogHead,
  type LogRecord,
  makeLogChecker,
  makeRecord,
  type Problem,
  type RecordKind,
  recordProblem
} from "../VerdictLog.ts"
import { type DocumentError, type Row, rowsOf, subjectRow } from "./Projections.ts"

/** Where the keys come from. */
export interface Keys {
  /** The key that signs, made on first use. */
  readonly signing: Effect.Effect<SigningKey, SigningKeyError>
  /** The same key where it exists already; reading never makes one. */
  readonly own: Effect.Effect<SigningKey | null, SigningKeyError>
  /** Public keys of others whose records count. */
  readonly trusted: ReadonlyArray<KeyId>
}

export const keysInFile = (path: string, trusted: ReadonlyArray<KeyId>): Keys => ({
  signing: loadSigningKey(path),
  own: readSigningKey(path),
  trusted
})

export interface LogStore extends Effect.Success<ReturnType<typeof makeLogStore>> {}

export const makeLogStore = Effect.fnUntraced(function* (where: string, keys: Keys) {
  const sql = yield* SqlClient.SqlClient
  const inStore = <A>(reading: Effect.Effect<A, SqlError>) =>
    Effect.mapError(Effect.retry(reading, untilUnlocked), storeFault(where))

  const trusted = Effect.mapBoth(keys.own, {
    onSuccess: (own): ReadonlyArray<KeyId> => (own === null ? keys.trusted : [own.id, ...keys.trusted]),
    onFailure: keyFault
  })

  const rowsAfter = (sequence: number) =>
    sql<LogRow>`SELECT * FROM intake_log WHERE sequence > ${sequence} ORDER BY sequence LIMIT ${pageSize}`.pipe(inStore)

  /** Runs over the whole log in pages; `visit` answers whether to go on. */
  const scan = Effect.fnUntraced(function* <E>(visit: (record: LogRecord) => Effect.Effect<boolean, E>) {
    let last = 0
    while (true) {
      const rows = yield* rowsAfter(last)
      for (const row of rows) if (!(yield* visit(recordOf(row)))) return
      if (rows.length < pageSize) return
      last = Number(rows.at(-1)!.sequence)
    }
  })

  const all = Effect.gen(function* () {
    const records: Array<LogRecord> = []
    yield* scan((record) => Effect.sync(() => records.push(record) > 0))
    return records as ReadonlyArray<LogRecord>
  }).pipe(Effect.withSpan("LogStore.all"))

  /** Records of some kinds, oldest first; of one subject or of all. Each is checked before it is handed out. */
  const read = Effect.fn("LogStore.read")(function* (kinds: ReadonlyArray<RecordKind>, subject: string | null) {
    const ofSubject = subject === null ? sql`1 = 1` : sql`subject = ${subject}`
    const rows =
      yield* sql<LogRow>`SELECT * FROM intake_log WHERE kind IN ${sql.in(kinds)} AND ${ofSubject} ORDER BY sequence`.pipe(
        inStore
      )
    const known = yield* trusted
    return yield* Effect.forEach(rows, (row) => {
      const record = recordOf(row)
      const problem = recordProblem(record, known)
      return problem === null ? Effect.succeed(record) : Effect.fail(badRecord(record.sequence, problem))
    })
  })

  const verify = Effect.fn("LogStore.verify")(function* (expected: LogHead | null) {
    const checker = makeLogChecker(yield* trusted, expected)
    yield* scan((record) => Effect.sync(() => checker.accepts(record)))
    return checker.result()
  })

  const headOf = Effect.map(
    sql<LogHead>`SELECT sequence, digest FROM intake_log ORDER BY sequence DESC LIMIT 1`,
    ([row]): LogHead | null => (row === undefined ? null : { sequence: Number(row.sequence), digest: row.digest })
  )

  const lock = sql.onDialectOrElse({
    pg: () => Effect.asVoid(sql`SELECT pg_advisory_xact_lock(${sql.literal(advisoryLock)})`),
    // BEGIN IMMEDIATE holds the lock already.
    orElse: () => Effect.void
  })

  /** One writer at a time; one that finds the store locked waits and tries again. */
  const exclusively = <A, E>(body: Effect.Effect<A, E | SqlError>) =>
    sql.withTransaction(Effect.andThen(lock, body)).pipe(Effect.retry(untilUnlocked))

  const insert = ({ table, values }: Row) => sql`INSERT INTO ${sql(table)} ${sql.insert(values)}`

  const insertRecord = Effect.fnUntraced(function* (record: LogRecord) {
    const rows = yield* rowsOf(record)
    const subject = yield* Effect.orDie(parseSubject(record.subject))
    const seen = yield* sql`SELECT 1 AS found FROM intake_subjects WHERE name = ${record.subject}`
    yield* insert({
      table: "intake_log",
      values: {
        sequence: record.sequence,
        previous: record.previous,
        kind: record.kind,
        subject: record.subject,
        issued_at: record.issuedAt,
        body: canonicalJson(record.body),
        key_id: record.keyId,
        digest: record.digest,
        signature: record.signature
      }
    })
    yield* Effect.forEach(seen.length > 0 ? rows : [subjectRow(subject, record.sequence), ...rows], insert, {
      discard: true
    })
  })

  const toFault = (error: SqlError | DocumentError | SigningKeyError | CaseFilesError): CaseFilesError => {
    switch (error._tag) {
      case "SqlError":
        return storeFault(where)(error)
      case "SigningKeyError":
        return keyFault(error)
      case "DocumentError":
        return new CaseFilesError({ reason: "document", message: `Not recorded: ${error.message}` })
      case "CaseFilesError":
        return error
    }
  }

  /** Signs and appends one record; durable when the effect succeeds. */
  const append = Effect.fn("LogStore.append")(function* (entry: Omit<LogEntry, "issuedAt">) {
    const key = yield* Effect.mapError(keys.signing, keyFault)
    const issuedAt = DateTime.formatIso(yield* DateTime.now)
    return yield* exclusively(
      Effect.gen(function* () {
        const record = makeRecord(yield* headOf, { ...entry, issuedAt }, key)
        yield* insertRecord(record)
        return record
      })
    ).pipe(Effect.mapError(toFault))
  })

  /** Appends what the log here lacks of another one. The two must agree on every record that both have. */
  const merge = Effect.fn("LogStore.merge")(function* (records: ReadonlyArray<LogRecord>) {
    return yield* exclusively(
      Effect.gen(function* () {
        const here = (yield* headOf)?.sequence ?? 0
        const digests = yield* sql<{ readonly sequence: number; readonly digest: string }>`
          SELECT sequence, digest FROM intake_log ORDER BY sequence`
        const parting = digests.find(
          ({ digest }, index) => records[index] !== undefined && records[index].digest !== digest
        )
        if (parting !== undefined) {
          return yield* new CaseFilesError({
            reason: "conflict",
            message: `Nothing was imported: from record ${parting.sequence} on the log in ${where} is another one; import into an empty store`
          })
        }
        const missing = records.slice(here)
        yield* Effect.forEach(missing, insertRecord, { discard: true })
        return { imported: missing.length, present: here }
      })
    ).pipe(Effect.mapError(toFault))
  })

  const publicKey = Effect.mapBoth(keys.signing, { onSuccess: ({ id }) => id, onFailure: keyFault })

  return { all, append, inStore, merge, publicKey, read, sql, trusted, verify }
})

/** For one writer that finds the store locked by another: waits for about 20 seconds. */
export const untilUnlocked = {
  while: (error: unknown) =>
    (error as { readonly reason?: { readonly _tag?: string } }).reason?._tag === "LockTimeoutError",
  schedule: Schedule.spaced("25 millis").pipe(Schedule.jittered, Schedule.upTo({ duration: "20 seconds" }))
}

export const keyFault = ({ message }: SigningKeyError): CaseFilesError => new CaseFilesError({ reason: "key", message })

/** Any number will do, as long as all writers take the same. */
const advisoryLock = "5134918127"
const pageSize = 200

interface LogRow {
  readonly sequence: number
  readonly previous: LogRecord["previous"]
  readonly kind: RecordKind
  readonly subject: string
  readonly issued_at: string
  readonly body: string
  readonly key_id: string
  readonly digest: LogRecord["digest"]
  readonly signature: string
}

const badRecord = (sequence: number, { problem, says }: Problem): CaseFilesError =>
  new CaseFilesError({
    reason: "log",
    message: `Record ${sequence} of the verdict log cannot be relied on: ${says}; ${
      problem === "unknown-key" ? "add it to the trusted keys if you know whose it is" : "run intake verify"
    }`
  })

const recordOf = (row: LogRow): LogRecord => ({
  sequence: Number(row.sequence),
  previous: row.previous,
  kind: row.kind,
  subject: row.subject,
  issuedAt: row.issued_at,
  // Every body is an object: one that is no JSON any more stays text, which no digest fits.
  body: Option.getOrElse(parseJson(row.body), () => row.body),
  keyId: row.key_id,
  digest: row.digest,
  signature: row.signature
})

const parseJson = Option.liftThrowable((text: string) => JSON.parse(text) as LogRecord["body"])
