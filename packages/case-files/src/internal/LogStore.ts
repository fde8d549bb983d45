/** The verdict log in a database: reading it, and appending to it one writer at a time. */
import { canonicalJson, parseSubject } from "@model-intake/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { CaseFilesError, storeFault } from "../CaseFilesError.ts"
import { type KeyId, loadSigningKey, readSigningKey, type SigningKey, type SigningKeyError } from "../SigningKey.ts"
import {
  type LogEntry,
  type LogHead,
  type LogRecord,
  makeRecord,
  type RecordHeader,
  type RecordKind,
  recordProblem,
  recordText
} from "../VerdictLog.ts"
import { type CheckpointFile, checkpointFile } from "./CheckpointFile.ts"
import { makeLogChecks } from "./LogChecks.ts"
import { badRecord, headerOf, type LogRow, recordOf } from "./LogRows.ts"
import { type DocumentError, type Row, rowsOf, subjectRow } from "./Projections.ts"

/** Where the keys come from. */
export interface Keys {
  /** The key that signs, made on first use. */
  readonly signing: Effect.Effect<SigningKey, SigningKeyError>
  /** The same key where it exists already; reading never makes one. */
  readonly own: Effect.Effect<SigningKey | null, SigningKeyError>
  /** Public keys of others whose records count. */
  readonly trusted: ReadonlyArray<KeyId>
  /** Where it is kept how far the log was checked; null for a store that ends with the process. */
  readonly checkpoint: CheckpointFile | null
}

/** @param store names the store wherever it is asked for */
export const keysInFile = (path: string, trusted: ReadonlyArray<KeyId>, store: string): Keys => ({
  signing: loadSigningKey(path),
  own: readSigningKey(path),
  trusted,
  checkpoint: checkpointFile(path, store)
})

export interface LogStore extends Effect.Success<ReturnType<typeof makeLogStore>> {}

export const makeLogStore = Effect.fnUntraced(function* (where: string, keys: Keys) {
  const sql = yield* SqlClient.SqlClient
  const inStore = <A>(reading: Effect.Effect<A, SqlError>) =>
    Effect.mapError(Effect.retry(reading, untilUnlocked), storeFault(where))

  let found: SigningKey | null = null
  /** Read from its file until there is one: a few questions need it each, and it does not change. */
  const own = Effect.suspend(() =>
    found === null
      ? Effect.tap(Effect.mapError(keys.own, keyFault), (key) =>
          Effect.sync(() => {
            found = key
          })
        )
      : Effect.succeed(found)
  )

  const trusted = Effect.map(
    own,
    (key): ReadonlyArray<KeyId> => (key === null ? keys.trusted : [key.id, ...keys.trusted])
  )

  const checks = makeLogChecks({
    sql,
    where,
    inStore,
    trusted,
    own,
    checkpoint: keys.checkpoint
  })

  const all = Effect.gen(function* () {
    const records: Array<LogRecord> = []
    yield* checks.scan(0, (row) => records.push(recordOf(row)) > 0)
    return records as ReadonlyArray<LogRecord>
  }).pipe(Effect.withSpan("LogStore.all"))

  /** The log as JSON lines, a page at a time. */
  const lines = <E>(write: (text: string) => Effect.Effect<void, E>) =>
    checks.pages(0, (rows) =>
      Effect.as(write(rows.map((row) => `${recordText(headerOf(row), row.body)}\n`).join("")), true)
    )

  /** Records of some kinds, oldest first; of one subject or of all. Each is checked before it is handed out. */
  const read = Effect.fn("LogStore.read")(function* (kinds: ReadonlyArray<RecordKind>, subject: string | null) {
    const ofSubject = subject === null ? sql`1 = 1` : sql`subject = ${subject}`
    const rows =
      yield* sql<LogRow>`SELECT * FROM intake_log WHERE kind IN ${sql.in(kinds)} AND ${ofSubject} ORDER BY sequence`.pipe(
        inStore
      )
    const known = yield* trusted
    return yield* Effect.forEach(rows, (row) => checkedRecord(row, known))
  })

  /** The whole records of headers, oldest first, each checked. */
  const load = Effect.fn("LogStore.load")(function* (wanted: ReadonlyArray<RecordHeader>) {
    if (wanted.length === 0) return []
    const sequences = wanted.map(({ sequence }) => sequence)
    const rows =
      yield* sql<LogRow>`SELECT * FROM intake_log WHERE sequence IN ${sql.in(sequences)} ORDER BY sequence`.pipe(
        inStore
      )
    const known = yield* trusted
    const records = yield* Effect.forEach(rows, (row) => checkedRecord(row, known))
    const gone = wanted.find(({ digest }) => !records.some((record) => record.digest === digest))
    if (gone === undefined) return records
    return yield* badRecord(gone.sequence, { problem: "changed", says: "it is another one than a moment ago" })
  })

  /** The record of a subject that holds this very document, or null. */
  const find = Effect.fn("LogStore.find")(function* (kind: RecordKind, subject: string, bodyText: string) {
    const [row] =
      yield* sql<LogRow>`SELECT * FROM intake_log WHERE subject = ${subject} AND kind = ${kind} AND body = ${bodyText} ORDER BY sequence`.pipe(
        inStore
      )
    return row === undefined ? null : yield* checkedRecord(row, yield* trusted)
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

  const insert = (table: string, [first, ...others]: ReadonlyArray<Row["values"]>) =>
    sql`INSERT INTO ${sql(table)} ${sql.insert([{ ...first! }, ...others.map((values) => ({ ...values }))])}`

  const insertRecord = Effect.fnUntraced(function* (record: LogRecord) {
    const rows = yield* rowsOf(record)
    const subject = yield* Effect.orDie(parseSubject(record.subject))
    const seen = yield* sql`SELECT 1 AS found FROM intake_subjects WHERE name = ${record.subject}`
    const values = {
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
    yield* insert("intake_log", [values])
    const projected = seen.length > 0 ? rows : [subjectRow(subject, record.sequence), ...rows]
    // One statement for each table: a verdict has ten readings and more.
    for (const [table, group] of Map.groupBy(projected, (row) => row.table)) {
      yield* insert(
        table,
        group.map((row) => row.values)
      )
    }
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
  const merge = Effect.fn("LogStore.merge")(function* (records: () => Iterable<LogRecord>) {
    return yield* exclusively(
      Effect.gen(function* () {
        const here = yield* sql<{ readonly digest: string }>`SELECT digest FROM intake_log ORDER BY sequence`
        let position = 0
        for (const record of records()) {
          const own = here[position]
          position += 1
          if (own === undefined) yield* insertRecord(record)
          else if (own.digest !== record.digest) {
            return yield* new CaseFilesError({
              reason: "conflict",
              message: `Nothing was imported: from record ${position} on the log in ${where} is another one; import into an empty store`
            })
          }
        }
        return { imported: Math.max(0, position - here.length), present: here.length }
      })
    ).pipe(Effect.mapError(toFault))
  })

  const publicKey = Effect.mapBoth(keys.signing, { onSuccess: ({ id }) => id, onFailure: keyFault })

  const { headersOf, rememberedHeaders, verify } = checks
  return {
    all,
    append,
    find,
    headersOf,
    inStore,
    lines,
    load,
    merge,
    publicKey,
    read,
    rememberedHeaders,
    sql,
    trusted,
    verify
  }
})

const checkedRecord = (row: LogRow, known: ReadonlyArray<KeyId>): Effect.Effect<LogRecord, CaseFilesError> => {
  const problem = recordProblem(headerOf(row), row.body, known)
  return problem === null ? Effect.succeed(recordOf(row)) : Effect.fail(badRecord(Number(row.sequence), problem))
}

/** For one writer that finds the store locked by another: waits for about 20 seconds. */
export const untilUnlocked = {
  while: (error: unknown) =>
    (error as { readonly reason?: { readonly _tag?: string } }).reason?._tag === "LockTimeoutError",
  schedule: Schedule.spaced("25 millis").pipe(Schedule.jittered, Schedule.upTo({ duration: "20 seconds" }))
}

export const keyFault = ({ message }: SigningKeyError): CaseFilesError => new CaseFilesError({ reason: "key", message })

/** Any number will do, as long as all writers take the same. */
const advisoryLock = "5134918127"
