import { isUtf8 } from "node:buffer"

/** A line of text, or the reason why it is none. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly problem: "encoding" | "line-too-long" }

/**
 * Cuts chunks of bytes into lines of text. Holds at most `maxLineBytes` and one chunk: a longer line is passed over as
 * it comes and reported once. Bytes that are not UTF-8 make their own line invalid and no other.
 */
export class LineSplitter {
  /** Number of the line that was last begun, from 1; 0 before the first byte. */
  lineNumber = 0
  readonly #maxLineBytes: number
  #pending: Array<Buffer> = []
  #pendingBytes = 0
  #passingOver = false

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes
  }

  /** The lines that this chunk ends. */
  push(chunk: Buffer): Array<Line> {
    const last = chunk.lastIndexOf(newline)
    if (last === -1) {
      this.#hold(chunk)
      return []
    }
    const lines: Array<Line> = []
    let start = 0
    if (this.#passingOver || this.#pendingBytes > 0) {
      const end = chunk.indexOf(newline)
      this.#hold(chunk.subarray(0, end))
      this.#flush(lines)
      start = end + 1
    }
    if (start <= last) this.#cut(chunk.subarray(start, last), lines)
    this.#hold(chunk.subarray(last + 1))
    return lines
  }

  /** The last line, where the input does not end in a line break. */
  end(): Array<Line> {
    const lines: Array<Line> = []
    if (this.#passingOver || this.#pendingBytes > 0) this.#flush(lines)
    return lines
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0 || this.#passingOver) return
    if (this.#pendingBytes + bytes.length > this.#maxLineBytes) {
      this.#passingOver = true
      this.#pending = []
      this.#pendingBytes = 0
      return
    }
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
  }

  #flush(lines: Array<Line>): void {
    if (this.#passingOver) lines.push({ number: ++this.lineNumber, problem: "line-too-long" })
    else this.#cut(Buffer.concat(this.#pending, this.#pendingBytes), lines)
    this.#passingOver = false
    this.#pending = []
    this.#pendingBytes = 0
  }

  /** Cuts bytes that hold whole lines only, the last without its line break. */
  #cut(bytes: Buffer, lines: Array<Line>): void {
    if (isUtf8(bytes) && bytes.length <= this.#maxLineBytes) {
      const text = bytes.toString("utf8")
      for (let start = 0; start <= text.length; ) {
        const next = text.indexOf("\n", start)
        const end = next === -1 ? text.length : next
        lines.push({ number: ++this.lineNumber, text: text.slice(start, end) })
        start = end + 1
      }
      return
    }
    for (let start = 0; start <= bytes.length; ) {
      const next = bytes.indexOf(newline, start)
      const line = bytes.subarray(start, next === -1 ? bytes.length : next)
      const number = ++this.lineNumber
      if (line.length > this.#maxLineBytes) lines.push({ number, problem: "line-too-long" })
      else if (isUtf8(line)) lines.push({ number, text: line.toString("utf8") })
      else lines.push({ number, problem: "encoding" })
      start += line.length + 1
    }
  }
}

const newline = 0x0a
