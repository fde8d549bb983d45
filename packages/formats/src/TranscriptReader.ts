/**
 * Reads transcript files of any size as a stream: plain or gzip, from a path or standard input (`-`). Memory holds one
 * block of lines, whatever the size of the file.
 */
import { createReadStream } from "node:fs"
import { stat } from "node:fs/promises"
import { pipeline, Readable } from "node:stream"
import { createGunzip } from "node:zlib"
import { type Transcript, TranscriptReason, transcriptProblem } from "@model-intake/core"
import * as Schema from "effect/Schema"
import { type Line, LineSplitter } from "./internal/LineSplitter.ts"

/** One clear sentence on what is wrong with the input, where, and what to do about it. */
export class TranscriptError extends Schema.TaggedError<TranscriptError>()("TranscriptError", {
  file: Schema.String,
  line: Schema.NullOr(Schema.Int),
  reason: TranscriptReason,
  message: Schema.String
}) {}

/** A transcript and the number of its line, from 1. */
export interface TranscriptLine {
  readonly number: number
  readonly transcript: Transcript
}

/** Lines that were read together, and how far the reading is. */
export interface TranscriptBlock {
  /** In the order of the file. */
  readonly lines: ReadonlyArray<TranscriptLine | TranscriptError>
  /** Bytes of the file consumed so far, before decompression; 0 where the source does not tell. */
  readonly bytesRead: number
}

export interface ReadOptions {
  /** Longest line that is read, in bytes. A longer one is invalid and never held in memory. */
  readonly maxLineBytes: number
  /** What `-` stands for. */
  readonly stdin: Readable
}

/** 16 MiB: a convention, a hundred times the longest conversation we know of. */
export const defaultMaxLineBytes = 16 * 1024 * 1024

/** Size in bytes of what will be read, or null where it cannot be known (standard input, missing file). */
export const inputSize = async (file: string): Promise<number | null> => {
  if (file === "-") return null
  const status = await stat(file).catch(() => null)
  return status?.isFile() ? status.size : null
}

/**
 * Blocks of lines of one file. Each line that is not a transcript arrives as a {@link TranscriptError} in its place,
 * and so does whatever keeps the file from being read to its end (no such file, a directory, a truncated gzip
 * stream); the consumer decides whether to go on. Blank lines are passed over. Never throws.
 */
export async function* readTranscripts(file: string, options: ReadOptions): AsyncGenerator<TranscriptBlock, void> {
  const fail = (reason: TranscriptReason, says: string, line: number | null = null) =>
    new TranscriptError({ file, line, reason, message: `${place(file, line)} ${says}` })

  const source = await open(file, options.stdin)
  if (!(source instanceof Readable)) {
    yield { lines: [fail(source.reason, source.says)], bytesRead: 0 }
    return
  }
  const bytesRead = () => ("bytesRead" in source ? Number(source.bytesRead) : 0)
  const splitter = new LineSplitter(options.maxLineBytes)
  let nonBlank = 0
  const toBlock = (lines: ReadonlyArray<Line>): TranscriptBlock => {
    const parsed = lines.flatMap((line) => {
      if ("text" in line && isBlank(line.text)) return []
      nonBlank++
      return [parseLine(line, fail, options.maxLineBytes)]
    })
    return { lines: parsed, bytesRead: bytesRead() }
  }

  try {
    const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]()
    const head = await readHead(chunks)
    const foreign = foreignFormat(head)
    if (foreign !== null) {
      yield { lines: [fail("format", `is ${foreign}; intake reads JSON lines, plain or gzip`)], bytesRead: 0 }
      return
    }
    const rest = resume(head, chunks)
    const isGzip = head[0] === 0x1f && head[1] === 0x8b
    for await (const chunk of isGzip ? gunzip(rest) : rest) {
      const block = toBlock(splitter.push(chunk))
      if (block.lines.length > 0) yield block
    }
    const block = toBlock(splitter.end())
    if (block.lines.length > 0) yield block
    if (nonBlank === 0) yield { lines: [fail("empty", `is empty; ${expected}`)], bytesRead: bytesRead() }
  } catch (cause) {
    const [reason, says] = streamProblem(cause, splitter.lineNumber)
    yield {
      lines: [fail(reason, says, splitter.lineNumber === 0 ? null : splitter.lineNumber)],
      bytesRead: bytesRead()
    }
  } finally {
    source.destroy()
  }
}

/** Small enough for what is read, parsed and rated to stay in the processor's cache; larger ones were slower. */
const chunkBytes = 64 * 1024
const expected = 'a transcript file has one JSON object a line, such as {"messages": [...]}'

const place = (file: string, line: number | null): string =>
  `${file === "-" ? "standard input" : file}${line === null ? "" : `:${line}`}`

interface Refusal {
  readonly reason: TranscriptReason
  readonly says: string
}

const open = async (file: string, stdin: Readable): Promise<Readable | Refusal> => {
  if (file === "-") return stdin
  try {
    const status = await stat(file)
    if (status.isDirectory()) {
      return {
        reason: "directory",
        says: "is a directory; name the files in it, for example with a pattern like DIR/*.jsonl"
      }
    }
    return createReadStream(file, { highWaterMark: chunkBytes })
  } catch (cause) {
    return systemRefusal(cause)
  }
}

const systemRefusal = (cause: unknown): Refusal => {
  const code = errorCode(cause)
  if (code === "ENOENT" || code === "ENOTDIR") return { reason: "not-found", says: "does not exist; check the path" }
  if (code === "EACCES" || code === "EPERM")
    return { reason: "unreadable", says: "may not be read; check its permissions" }
  return { reason: "unreadable", says: `cannot be read (${code ?? String(cause)})` }
}

const streamProblem = (cause: unknown, lastLine: number): readonly [TranscriptReason, string] => {
  const after = lastLine === 0 ? "before its first line is complete" : "after this line"
  switch (errorCode(cause)) {
    case "Z_BUF_ERROR":
      return ["truncated", `is truncated: the gzip stream ends ${after}; fetch or compress the file again`]
    case "Z_DATA_ERROR":
      return ["corrupt", `is corrupt: the gzip stream breaks ${after}; fetch or compress the file again`]
    default: {
      const { reason, says } = systemRefusal(cause)
      return [reason, says]
    }
  }
}

const errorCode = (cause: unknown): string | undefined =>
  cause instanceof Error && "code" in cause ? String(cause.code) : undefined

/** Formats that people hand in by mistake, by their first bytes. */
const foreignFormats: ReadonlyArray<readonly [bytes: ReadonlyArray<number>, name: string]> = [
  [[0x28, 0xb5, 0x2f, 0xfd], "compressed with zstd"],
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive"],
  [[0x42, 0x5a, 0x68], "compressed with bzip2"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "compressed with xz"],
  [[0x50, 0x41, 0x52, 0x31], "a Parquet file"],
  [[0xff, 0xfe], "UTF-16 text"],
  [[0xfe, 0xff], "UTF-16 text"]
]

const longestMark = Math.max(...foreignFormats.map(([bytes]) => bytes.length))

const foreignFormat = (head: Uint8Array): string | null =>
  foreignFormats.find(([bytes]) => bytes.every((byte, index) => head[index] === byte))?.[1] ?? null

/** Enough bytes to tell the format by, however small the pieces in which a pipe hands them over. */
const readHead = async (chunks: AsyncIterator<Buffer>): Promise<Buffer> => {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < longestMark) {
    const next = await chunks.next()
    if (next.done === true) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
  }
  return head
}

async function* resume(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  if (head.length > 0) yield head
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

/** Errors of either side reach the reader through the decompressor's own iteration. */
const gunzip = (chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
  pipeline(
    Readable.from(chunks, { objectMode: false, highWaterMark: chunkBytes }),
    createGunzip({ chunkSize: chunkBytes }),
    () => {}
  )

const isBlank = (text: string): boolean => text.length === 0 || text.trim().length === 0

type Fail = (reason: TranscriptReason, says: string, line: number | null) => TranscriptError

const parseLine = (line: Line, fail: Fail, maxLineBytes: number): TranscriptLine | TranscriptError => {
  if ("problem" in line) {
    return line.problem === "encoding"
      ? fail("encoding", "is not valid UTF-8; convert the file to UTF-8", line.number)
      : fail(
          "line-too-long",
          `is longer than ${Math.round(maxLineBytes / 1024 / 1024)} MiB; put one transcript on a line, or raise the limit with --max-line-mib`,
          line.number
        )
  }
  let value: unknown
  try {
    value = JSON.parse(line.number === 1 ? line.text.replace(/^\uFEFF/, "") : line.text)
  } catch (cause) {
    return fail("json", `is not JSON (${jsonProblem(cause)})${jsonHint(line)}`, line.number)
  }
  const problem = transcriptProblem(value)
  return problem === null
    ? { number: line.number, transcript: value as Transcript }
    : fail(
        "shape",
        `${problem}${Array.isArray(value) ? "; write each of its elements on a line of its own" : ""}`,
        line.number
      )
}

/** V8's sentence without its own line and column, which would read as those of the file. */
const jsonProblem = (cause: unknown): string =>
  (cause as SyntaxError).message.replace(/ \(line \d+ column \d+\)$/, "").replace(/ in JSON(?= at position)/, "")

const jsonHint = (line: { readonly number: number; readonly text: string }): string =>
  line.number === 1 && /^\s*[[{]\s*$/.test(line.text) ? `; ${expected}, not one spread over several lines` : ""
