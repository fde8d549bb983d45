/** A log as JSON lines: one record in canonical JSON on each. Read line by line, so that none has to be held whole. */
import { canonicalJson } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { KeyId } from "./SigningKey.ts"
import { type LogCheck, type LogHead, LogRecord, makeLogChecker } from "./VerdictLog.ts"

/** The text of a log does not consist of records, one in canonical JSON on each line. */
export class LogFormatError extends Schema.TaggedError<LogFormatError>()("LogFormatError", {
  file: Schema.String,
  line: Schema.NullOr(Schema.Int),
  message: Schema.String
}) {}

/** A record, and its document as it stands in the text. */
export interface LoggedRecord {
  readonly record: LogRecord
  readonly bodyText: string
}

/** The log as JSON lines: each record in canonical JSON with a line feed, so that the same log is the same bytes. */
export const formatLog = (records: ReadonlyArray<LogRecord>): string =>
  records.map((record) => `${canonicalJson(record)}\n`).join("")

/**
 * Reads a log record by record, up to the first line that is none. Only the exact bytes that {@link formatLog} writes are
 * taken: what a lenient reader would overlook (a second key of the same name, an unsigned member, white space) is refused.
 *
 * @param file where it stood, for the message
 */
export function* readLog(
  content: Uint8Array | string,
  file = "the log"
): Generator<Result.Result<LoggedRecord, LogFormatError>> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content
  if (bytes.length === 0) return yield Result.fail(fault(file, null, "holds no record"))
  let line = 0
  let start = 0
  while (start < bytes.length) {
    line += 1
    const end = bytes.indexOf(lineFeed, start)
    if (end < 0) return yield Result.fail(fault(file, line, "does not end in a line feed: the file was cut short"))
    const read = readLine(bytes.subarray(start, end), file, line)
    yield read
    if (Result.isFailure(read)) return
    start = end + 1
  }
}

/** Every record of a log; see {@link readLog}. */
export const parseLog = Effect.fn("LogText.parse")(function* (
  content: Uint8Array | string,
  file = "the log"
): Effect.fn.Return<ReadonlyArray<LogRecord>, LogFormatError> {
  const records: Array<LogRecord> = []
  for (const read of readLog(content, file)) records.push((yield* Effect.fromResult(read)).record)
  return records
})

/** Reads and checks a log of any length offline; see `verifyLog`. */
export const checkLog = Effect.fn("LogText.check")(function* (
  content: Uint8Array | string,
  trusted: ReadonlyArray<KeyId>,
  expected: LogHead | null = null,
  file = "the log"
): Effect.fn.Return<LogCheck, LogFormatError> {
  const sequences = new Set<number>()
  const run = Effect.fnUntraced(function* (known: ReadonlySet<number>) {
    const checker = makeLogChecker(trusted, expected, known)
    for (const read of readLog(content, file)) {
      const { bodyText, record } = yield* Effect.fromResult(read)
      sequences.add(record.sequence)
      checker.accepts(record, bodyText)
    }
    return checker.result()
  })
  const check = yield* run(new Set())
  // Whether a record is missing or only comes later is known at the end.
  return !check.ok && check.problem === "gap" ? yield* run(new Set(sequences)) : check
})

const lineFeed = 0x0a
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const fault = (file: string, line: number | null, says: string): LogFormatError =>
  new LogFormatError({ file, line, message: `${file}${line === null ? "" : `, line ${line},`} ${says}` })

const decodeRecord = Schema.decodeUnknownResult(Schema.toCodecJson(LogRecord), { onExcessProperty: "error" })

const readLine = (bytes: Uint8Array, file: string, line: number): Result.Result<LoggedRecord, LogFormatError> => {
  const refuse = (says: string) => fault(file, line, says)
  return Result.gen(function* () {
    const text = yield* Result.try({ try: () => utf8.decode(bytes), catch: () => refuse("is not UTF-8 text") })
    const document = yield* Result.try({
      try: (): unknown => JSON.parse(text),
      catch: () => refuse("is not JSON: it was changed or cut short")
    })
    const record = yield* Result.mapError(decodeRecord(document), (error) =>
      refuse(`is no record of a log: ${error.message.replaceAll(/\s+/g, " ").slice(0, 200)}`)
    )
    if (canonicalJson(document) !== text) return yield* Result.fail(refuse("is not in canonical JSON: it was changed"))
    const { body: _, ...header } = record
    // The document stands first, and the header ends the line.
    return { record, bodyText: text.slice(bodyStart, text.length - canonicalJson(header).length) }
  })
}

const bodyStart = '{"body":'.length
