/** Records as the database holds them. */
import * as Option from "effect/Option"
import { CaseFilesError } from "../CaseFilesError.ts"
import type { LogRecord, Problem, RecordHeader, RecordKind } from "../VerdictLog.ts"

/** A row without the document, which is what makes records long. */
export interface HeaderRow {
  readonly sequence: number
  readonly previous: LogRecord["previous"]
  readonly kind: RecordKind
  readonly subject: string
  readonly issued_at: string
  readonly key_id: string
  readonly digest: LogRecord["digest"]
  readonly signature: string
}

export interface LogRow extends HeaderRow {
  readonly body: string
}

/** The columns of a {@link HeaderRow}. */
export const headerColumns = "sequence, previous, kind, subject, issued_at, key_id, digest, signature"

export const headerOf = (row: HeaderRow): RecordHeader => ({
  sequence: Number(row.sequence),
  previous: row.previous,
  kind: row.kind,
  subject: row.subject,
  issuedAt: row.issued_at,
  keyId: row.key_id,
  digest: row.digest,
  signature: row.signature
})

export const recordOf = (row: LogRow): LogRecord => ({
  ...headerOf(row),
  // Every body is an object: one that is no JSON any more stays text, which no digest fits.
  body: Option.getOrElse(parseJson(row.body), () => row.body)
})

/** A record that something rests on and that cannot be relied on. */
export const badRecord = (sequence: number, { problem, says }: Problem): CaseFilesError =>
  new CaseFilesError({
    reason: "log",
    message: `Record ${sequence} of the verdict log cannot be relied on: ${says}; ${
      problem === "unknown-key" ? "add it to the trusted keys if you know whose it is" : "run intake verify"
    }`
  })

const parseJson = Option.liftThrowable((text: string) => JSON.parse(text) as LogRecord["body"])
