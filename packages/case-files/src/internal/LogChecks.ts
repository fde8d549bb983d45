/** Checks of the log in a database: the whole of it, or what came after the last check and all of one subject. */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { CaseFilesError } from "../CaseFilesError.ts"
import type { KeyId, SigningKey } from "../SigningKey.ts"
import { badAt, type LogCheck, type LogHead, makeLogChecker, type Problem, type RecordHeader } from "../VerdictLog.ts"
import { type Checked, makeTally, runOn } from "./Checkpoint.ts"
import type { CheckpointFile } from "./CheckpointFile.ts"
import { type HeaderRow, headerColumns, headerOf, type LogRow } from "./LogRows.ts"

/** What a log is checked with. */
export interface LogChecksOptions {
  readonly sql: SqlClient
  readonly where: string
  readonly inStore: <A>(reading: Effect.Effect<A, SqlError>) => Effect.Effect<A, CaseFilesError>
  /** One's own key, where it exists already. */
  readonly own: Effect.Effect<SigningKey | null, CaseFilesError>
  /** Every key whose records count. */
  readonly trusted: Effect.Effect<ReadonlyArray<KeyId>, CaseFilesError>
  /** Null where nothing is remembered from one check to the next. */
  readonly checkpoint: CheckpointFile | null
}

/** Headers of one subject, oldest first. Those beyond `upTo` were not checked: whoever needs one loads its record. */
export interface KnownHeaders {
  readonly headers: ReadonlyArray<RecordHeader>
  readonly upTo: number
}

export const makeLogChecks = ({ checkpoint, inStore, own, sql, trusted, where }: LogChecksOptions) => {
  /** Runs over the log in pages; `visit` answers whether to go on. */
  const pages = Effect.fnUntraced(function* <E>(
    after: number,
    visit: (rows: ReadonlyArray<LogRow>) => Effect.Effect<boolean, E>
  ) {
    let last = after
    while (true) {
      const rows = yield* inStore(
        sql<LogRow>`SELECT * FROM intake_log WHERE sequence > ${last} ORDER BY sequence LIMIT ${pageSize}`
      )
      if (rows.length > 0 && !(yield* visit(rows))) return
      if (rows.length < pageSize) return
      last = Number(rows.at(-1)!.sequence)
    }
  })

  const scan = (after: number, visit: (row: LogRow) => boolean) =>
    pages(after, (rows) => Effect.sync(() => rows.every(visit)))

  const walk = Effect.fnUntraced(function* (from: Checked | null, expected: LogHead | null) {
    const checker = makeLogChecker(yield* trusted, expected, new Set(), from)
    const tally = makeTally(from)
    yield* scan(from?.sequence ?? 0, (row) => {
      const header = headerOf(row)
      const accepted = checker.accepts(header, row.body)
      if (accepted) tally.note(header)
      return accepted
    })
    return { check: checker.result(), checked: tally.checked() }
  })

  /** What is wrong with a log that does not hold what was checked earlier; null where it does. */
  const departure = Effect.fnUntraced(function* (earlier: Checked) {
    const [row] = yield* inStore(
      sql<{ readonly digest: string }>`SELECT digest FROM intake_log WHERE sequence = ${earlier.sequence}`
    )
    if (row?.digest === earlier.digest) return null
    const says = `record ${earlier.sequence}, which was checked here earlier, is ${row === undefined ? "missing: the end of the log was cut off" : "another one now"}, or another log was put in its place; if you did that yourself, remove ${checkpoint?.path}`
    return { problem: "wrong-head", says } satisfies Problem
  })

  const remembered = Effect.gen(function* () {
    const key = yield* own
    return { key, earlier: key === null || checkpoint === null ? null : yield* checkpoint.read(key) }
  })

  const remember = (key: SigningKey | null, earlier: Checked | null, checked: Checked | null): Effect.Effect<void> =>
    key === null || checkpoint === null || checked === null || checked.sequence === earlier?.sequence
      ? Effect.void
      : checkpoint.write(key, checked)

  const verify = Effect.fn("LogChecks.verify")(function* (expected: LogHead | null) {
    const { earlier, key } = yield* remembered
    const { check, checked } = yield* walk(null, expected)
    if (!check.ok) return check
    const departed = earlier === null ? null : yield* departure(earlier)
    if (departed !== null) return badAt(earlier!.sequence, departed)
    yield* remember(key, earlier, checked)
    return check
  })

  /** From the last checkpoint to the end; from the beginning where there is none, or a key is not trusted any more. */
  const catchUp = Effect.fnUntraced(function* () {
    const { earlier, key } = yield* remembered
    const known = yield* trusted
    const trusting = earlier !== null && [...earlier.keys].every((id) => known.includes(id))
    const departed = earlier === null ? null : yield* departure(earlier)
    const { check, checked } =
      departed === null
        ? yield* walk(trusting ? earlier : null, null)
        : { check: badAt(earlier!.sequence, departed), checked: null }
    if (!check.ok) return yield* unreliable(check)
    yield* remember(key, earlier, checked)
    return checked
  })

  /** The headers of a subject, and whether those up to the last check are the ones that it saw. */
  const compared = Effect.fnUntraced(function* (subject: string, checked: Checked | null) {
    const rows = yield* inStore(
      sql<HeaderRow>`SELECT ${sql.literal(headerColumns)} FROM intake_log WHERE subject = ${subject} ORDER BY sequence`
    )
    const headers = rows.map(headerOf)
    const upTo = checked?.sequence ?? 0
    const run = headers
      .filter(({ sequence }) => sequence <= upTo)
      .reduce<ReturnType<typeof runOn> | undefined>(runOn, undefined)
    const known: KnownHeaders = { headers, upTo }
    return { known, agree: run === checked?.subjects.get(subject) }
  })

  /**
   * Every record of a subject without its document, oldest first, once it is certain that none was left out, moved to
   * another subject or cut off, and that kind, time and digest are as they were when the document was checked.
   */
  const headersOf = Effect.fn("LogChecks.headersOf")(function* (subject: string) {
    const { agree, known } = yield* compared(subject, yield* catchUp())
    if (agree) return known
    return yield* new CaseFilesError({
      reason: "log",
      message: `The verdict log in ${where} cannot be relied on: its records of ${subject} are not those that were checked earlier; run intake verify`
    })
  })

  /** The same by the last check alone, without another one; null where that says nothing, or something else. */
  const rememberedHeaders = Effect.fn("LogChecks.rememberedHeaders")(function* (subject: string) {
    const { earlier } = yield* remembered
    if (earlier === null) return null
    const { agree, known } = yield* compared(subject, earlier)
    return agree ? known : null
  })

  const unreliable = ({ message }: Extract<LogCheck, { readonly ok: false }>): CaseFilesError =>
    new CaseFilesError({ reason: "log", message: `The verdict log in ${where} cannot be relied on: ${message}` })

  return { headersOf, pages, rememberedHeaders, scan, verify }
}

const pageSize = 200
