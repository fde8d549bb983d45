/**
 * The verdict log: records that are only ever appended, each holding the digest of the one before and signed. Everything
 * here is pure, so that a log can be checked offline by anyone who has the public keys.
 *
 * A log does not prove that nothing was cut off its end, nor that its own writer did not write another one; the head
 * noted elsewhere does, see {@link LogHead}.
 */
import { canonicalJson, Digest, digestBytes } from "@model-intake/core"
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

/** A record without its document. */
export type RecordHeader = Omit<LogRecord, "body">

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
  const ownDigest = digestBytes(canonicalJson(content))
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

/**
 * A record as one line of an exported log: canonical JSON without a line feed. Made from its stored text, which need not be
 * read for it.
 */
export const recordText = (header: RecordHeader, bodyText: string): string => {
  const { digest, issuedAt, keyId, kind, previous, sequence, signature, subject } = header
  return `{"body":${bodyText},${canonicalJson({ digest, issuedAt, keyId, kind, previous, sequence, signature, subject }).slice(1)}`
}

/**
 * What is wrong with a record on its own, whatever stands around it; null where nothing is.
 *
 * @param bodyText the document as it was stored. Anything but canonical JSON fits no digest, so that the document need
 * not be read to be checked, and no byte of it can change.
 */
export const recordProblem = (
  header: RecordHeader,
  bodyText: string,
  trusted: ReadonlyArray<KeyId>
): Problem | null => {
  if (digestBytes(contentText(header, bodyText)) !== header.digest) {
    return { problem: "changed", says: "its content does not match its digest" }
  }
  if (!trusted.includes(header.keyId)) {
    return { problem: "unknown-key", says: `it is signed with ${header.keyId}, a key that is not trusted` }
  }
  return isSignedBy(header.keyId, signedText(header.digest), header.signature)
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
  for (const record of records) if (!checker.accepts(record, canonicalJson(record.body))) break
  return checker.result()
}

/** Checks a log record by record, for logs too large to hold; see {@link verifyLog}. */
export interface LogChecker {
  /** Takes the next record and its document as canonical JSON. False from the first bad one on. */
  readonly accepts: (header: RecordHeader, bodyText: string) => boolean
  /** What the records so far come to. */
  readonly result: () => LogCheck
}

/**
 * @param sequences all sequence numbers of the log, to tell records in another order from a gap; none will do
 * @param after the last record of a log that was checked before, to go on from there
 */
export const makeLogChecker = (
  trusted: ReadonlyArray<KeyId>,
  expected: LogHead | null = null,
  sequences: ReadonlySet<number> = new Set(),
  after: LogHead | null = null
): LogChecker => {
  let head = after
  let position = after?.sequence ?? 0
  let bad: LogCheck | null = null
  const accepts = (record: RecordHeader, bodyText: string): boolean => {
    if (bad !== null) return false
    position += 1
    const problem =
      recordProblem(record, bodyText, trusted) ?? placeProblem(record, head, sequences) ?? headProblem(record, expected)
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

/** The prefix keeps a signature of the log from passing as one of anything else. */
const signedText = (recordDigest: Digest): string => `model-intake/log@1 ${recordDigest}`

/** The answer that names a bad record. */
export const badAt = (position: number, { problem, says }: Problem): LogCheck => ({
  ok: false,
  position,
  problem,
  says,
  message: `record ${position} is bad: ${says}`
})

/** The canonical JSON of a record without digest and signature: member names stand in code-unit order. */
const contentText = ({ issuedAt, keyId, kind, previous, sequence, subject }: RecordHeader, bodyText: string): string =>
  `{"body":${bodyText},${canonicalJson({ issuedAt, keyId, kind, previous, sequence, subject }).slice(1)}`

const placeProblem = (record: RecordHeader, head: LogHead | null, sequences: ReadonlySet<number>): Problem | null => {
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

const headProblem = (record: RecordHeader, expected: LogHead | null): Problem | null =>
  expected?.sequence === record.sequence && expected.digest !== record.digest
    ? { problem: "wrong-head", says: `its digest is not ${expected.digest}, as noted earlier` }
    : null
