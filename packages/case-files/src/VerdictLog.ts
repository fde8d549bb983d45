/**
 * The verdict log: records that are only ever appended, each holding the digest of the one before and signed. Everything
 * here is pure, so that a log can be checked offline by anyone who has the public keys.
 *
 * A log does not prove that nothing was cut off its end, nor that its own writer did not write another one; the head
 * noted elsewhere does, see {@link LogHead}.
 */
import { canonicalJson, Digest, digest } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { isSignedBy, KeyId, type SigningKey } from "./SigningKey.ts"

/** What a record may tell. */
export const recordKinds = ["verdict", "lineage", "intervention", "waiver", "waiver-revoked", "watch-note"] as const
export const RecordKind = Schema.Literals(recordKinds).annotate({ identifier: "RecordKind" })
export type RecordKind = typeof RecordKind.Type

export const LogRecord = Schema.Struct({
  sequence: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).annotate({ description: "1, 2, 3 without gaps" }),
  previous: Schema.NullOr(Digest).annotate({ description: "digest of the record before; null in the first" }),
  kind: RecordKind,
  subject: Schema.NonEmptyString.annotate({ description: "backend:model[@revision]" }),
  issuedAt: Schema.String.annotate({ description: "when it was appended: ISO 8601, UTC" }),
  body: Schema.Json.annotate({ description: "the document itself, such as a verdict" }),
  keyId: KeyId.annotate({ description: "public half of the key that signed it" }),
  digest: Digest.annotate({ description: "SHA-256 of the canonical JSON of everything above" }),
  signature: Schema.String.check(Schema.isPattern(/^[0-9a-f]{128}$/)).annotate({
    description: "Ed25519 over 'model-intake/log@1 ' and the digest, in lower-case hexadecimal"
  })
}).annotate({ identifier: "LogRecord", title: "Record of the verdict log" })
export type LogRecord = typeof LogRecord.Type

/** The last record of a log. Noted in another place it shows later whether the log was cut or replaced. */
export const LogHead = Schema.Struct({ sequence: LogRecord.fields.sequence, digest: Digest }).annotate({
  identifier: "LogHead"
})
export type LogHead = typeof LogHead.Type

/** What a new record says. */
export type LogEntry = Pick<LogRecord, "kind" | "subject" | "issuedAt" | "body">

/** The record that follows `head`, or the first one of a log. */
export const makeRecord = (head: LogHead | null, entry: LogEntry, key: SigningKey): LogRecord => {
  const content = {
    sequence: (head?.sequence ?? 0) + 1,
    previous: head?.digest ?? null,
    kind: entry.kind,
    subject: entry.subject,
    issuedAt: entry.issuedAt,
    body: entry.body,
    keyId: key.id
  }
  const ownDigest = digest(content)
  return { ...content, digest: ownDigest, signature: key.sign(signedText(ownDigest)) }
}

export const logProblems = [
  "changed",
  "unknown-key",
  "wrong-signature",
  "duplicate",
  "reordered",
  "gap",
  "wrong-previous",
  "wrong-head"
] as const
export type LogProblem = (typeof logProblems)[number]

/** What is wrong with a record on its own, whatever stands around it; null where nothing is. */
export const recordProblem = (record: LogRecord, trusted: ReadonlyArray<KeyId>): Problem | null => {
  const { digest: stated, signature, ...content } = record
  if (digest(content) !== stated) return { problem: "changed", says: "its content does not match its digest" }
  if (!trusted.includes(record.keyId)) {
    return { problem: "unknown-key", says: `it is signed with ${record.keyId}, a key that is not trusted` }
  }
  return isSignedBy(record.keyId, signedText(stated), signature)
    ? null
    : { problem: "wrong-signature", says: "its signature does not fit" }
}

export interface Problem {
  readonly problem: LogProblem
  /** Completes "record 7 is bad: ..." */
  readonly says: string
}

/** `position` counts from 1 in the order given; in a JSONL file it is the line. */
export type LogCheck =
  | { readonly ok: true; readonly records: number; readonly head: LogHead | null }
  | (Problem & { readonly ok: false; readonly position: number; readonly message: string })

/**
 * Checks a log from its first record on and names the first bad one.
 *
 * @param trusted public keys whose signatures count
 * @param expected a head noted earlier: the log must contain it, which finds a log that was cut off or replaced
 */
export const verifyLog = (
  records: ReadonlyArray<LogRecord>,
  trusted: ReadonlyArray<KeyId>,
  expected: LogHead | null = null
): LogCheck => {
  const checker = makeLogChecker(trusted, expected, new Set(records.map(({ sequence }) => sequence)))
  for (const record of records) if (!checker.accepts(record)) break
  return checker.result()
}

/** Checks a log record by record, for logs too large to hold; see {@link verifyLog}. */
export interface LogChecker {
  /** Takes the next record. False from the first bad one on. */
  readonly accepts: (record: LogRecord) => boolean
  /** What the records so far come to. */
  readonly result: () => LogCheck
}

/** @param sequences all sequence numbers of the log, to tell records in another order from a gap; none will do */
export const makeLogChecker = (
  trusted: ReadonlyArray<KeyId>,
  expected: LogHead | null = null,
  sequences: ReadonlySet<number> = new Set()
): LogChecker => {
  let head: LogHead | null = null
  let position = 0
  let bad: LogCheck | null = null
  const accepts = (record: LogRecord): boolean => {
    if (bad !== null) return false
    position += 1
    const problem =
      recordProblem(record, trusted) ?? placeProblem(record, head, sequences) ?? headProblem(record, expected)
    if (problem === null) head = { sequence: record.sequence, digest: record.digest }
    else bad = badAt(position, problem)
    return problem === null
  }
  const result = (): LogCheck => {
    if (bad !== null) return bad
    if (expected === null || (head?.sequence ?? 0) >= expected.sequence) return { ok: true, records: position, head }
    const says = `the log ends before record ${expected.sequence}, which was noted earlier: its end was cut off`
    return badAt(position + 1, { problem: "wrong-head", says })
  }
  return { accepts, result }
}

/** The text of a log does not consist of records, one in canonical JSON on each line. */
export class LogFormatError extends Schema.TaggedError<LogFormatError>()("LogFormatError", {
  file: Schema.String,
  line: Schema.NullOr(Schema.Int),
  message: Schema.String
}) {}

/** The log as JSON lines: each record in canonical JSON with a line feed, so that the same log is the same bytes. */
export const formatLog = (records: ReadonlyArray<LogRecord>): string =>
  records.map((record) => `${canonicalJson(record)}\n`).join("")

/**
 * Reads a log from JSON lines. Only the exact bytes that {@link formatLog} writes are taken: what a lenient reader would
 * overlook (a second key of the same name, an unsigned member, white space) is refused.
 *
 * @param file where it stood, for the message
 */
export const parseLog = Effect.fn("VerdictLog.parse")(function* (
  content: Uint8Array | string,
  file = "the log"
): Effect.fn.Return<ReadonlyArray<LogRecord>, LogFormatError> {
  const fail = (line: number | null, says: string) =>
    new LogFormatError({ file, line, message: `${file}${line === null ? "" : `, line ${line},`} ${says}` })
  const text = yield* Effect.try({
    try: () => (typeof content === "string" ? content : utf8.decode(content)),
    catch: () => fail(null, "is not UTF-8 text")
  })
  if (text === "") return yield* fail(null, "holds no record")
  const lines = text.split("\n")
  if (lines.pop() !== "") return yield* fail(lines.length + 1, "does not end in a line feed: the file was cut short")
  return yield* Effect.forEach(lines, (line, index) =>
    Effect.gen(function* () {
      const refuse = (says: string) => fail(index + 1, says)
      const document = yield* Effect.try({
        try: (): unknown => JSON.parse(line),
        catch: () => refuse("is not JSON: it was changed or cut short")
      })
      const record = yield* Effect.mapError(decodeRecord(document), (error) =>
        refuse(`is no record of a log: ${error.message.replaceAll(/\s+/g, " ").slice(0, 200)}`)
      )
      if (canonicalJson(document) !== line) return yield* refuse("is not in canonical JSON: it was changed")
      return record
    })
  )
})

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const decodeRecord = Schema.decodeUnknownEffect(Schema.toCodecJson(LogRecord), { onExcessProperty: "error" })

/** The prefix keeps a signature of the log from passing as one of anything else. */
const signedText = (recordDigest: Digest): string => `model-intake/log@1 ${recordDigest}`

const badAt = (position: number, { problem, says }: Problem): LogCheck => ({
  ok: false,
  position,
  problem,
  says,
  message: `record ${position} is bad: ${says}`
})

const placeProblem = (record: LogRecord, head: LogHead | null, sequences: ReadonlySet<number>): Problem | null => {
  const due = (head?.sequence ?? 0) + 1
  if (record.sequence < due) return { problem: "duplicate", says: `sequence ${record.sequence} was there before` }
  if (record.sequence > due) {
    return sequences.has(due)
      ? { problem: "reordered", says: `it has sequence ${record.sequence}, and ${due} comes only later` }
      : { problem: "gap", says: `it has sequence ${record.sequence}, and ${due} is missing` }
  }
  return record.previous === (head?.digest ?? null)
    ? null
    : { problem: "wrong-previous", says: "it does not continue the record before it" }
}

const headProblem = (record: LogRecord, expected: LogHead | null): Problem | null =>
  expected?.sequence === record.sequence && expected.digest !== record.digest
    ? { problem: "wrong-head", says: `its digest is not ${expected.digest}, as noted earlier` }
    : null
