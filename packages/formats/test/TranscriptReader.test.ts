import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import { gzipSync } from "node:zlib"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { readTranscripts, TranscriptError } from "../src/index.ts"

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "intake-reader-"))
})
afterAll(() => rm(directory, { recursive: true }))

const save = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(directory, name)
  await writeFile(path, content)
  return path
}

const record = (text: string): string => JSON.stringify({ messages: [{ role: "assistant", content: text }] })

interface Outcome {
  readonly texts: ReadonlyArray<string>
  readonly numbers: ReadonlyArray<number>
  readonly errors: ReadonlyArray<TranscriptError>
}

const readAll = async (file: string, maxLineBytes = 1024 * 1024, stdin = Readable.from([])): Promise<Outcome> => {
  const texts: Array<string> = []
  const numbers: Array<number> = []
  const errors: Array<TranscriptError> = []
  for await (const { lines } of readTranscripts(file, { maxLineBytes, stdin })) {
    for (const line of lines) {
      if (line instanceof TranscriptError) errors.push(line)
      else {
        texts.push(line.transcript.messages[0]!.content as string)
        numbers.push(line.number)
      }
    }
  }
  return { texts, numbers, errors }
}

/** Hands the bytes over in pieces of the given sizes, as a network or a pipe would. */
const inPieces = (bytes: Buffer, sizes: ReadonlyArray<number>): Readable => {
  const pieces: Array<Buffer> = []
  for (let start = 0, index = 0; start < bytes.length; index++) {
    const size = sizes[index % sizes.length]!
    pieces.push(bytes.subarray(start, start + size))
    start += size
  }
  return Readable.from(pieces)
}

describe("readTranscripts", () => {
  it("reads every line, wherever the input is cut into chunks, plain or gzip", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        fc.constantFrom("\n", "\r\n", "\n\n"),
        fc.boolean(),
        async (texts, sizes, compressed, lineBreak, lastBreak) => {
          const text = texts.map(record).join(lineBreak) + (lastBreak ? lineBreak : "")
          const bytes = compressed ? gzipSync(text) : Buffer.from(text)
          const read = await readAll("-", undefined, inPieces(bytes, sizes))
          expect(read.errors).toEqual([])
          expect(read.texts).toEqual(texts)
          const step = lineBreak === "\n\n" ? 2 : 1
          expect(read.numbers).toEqual(texts.map((_, index) => index * step + 1))
        }
      ),
      { numRuns: 200 }
    )
  })

  it("reads gzip files that were appended to each other", async () => {
    const path = await save("two.jsonl.gz", Buffer.concat([gzipSync(`${record("a")}\n`), gzipSync(`${record("b")}\n`)]))
    expect((await readAll(path)).texts).toEqual(["a", "b"])
  })

  it("passes over a byte order mark", async () => {
    expect((await readAll(await save("bom.jsonl", `\uFEFF${record("a")}\n`))).texts).toEqual(["a"])
  })

  it.each<[string, () => Promise<string>, string, number | null, RegExp]>([
    ["a missing file", async () => join(directory, "none.jsonl"), "not-found", null, /does not exist/],
    ["a directory", async () => directory, "directory", null, /is a directory/],
    ["an empty file", () => save("empty", ""), "empty", null, /is empty/],
    ["blank lines only", () => save("blank", "\n \n\n"), "empty", null, /is empty/],
    ["an empty gzip file", () => save("empty.gz", gzipSync("")), "empty", null, /is empty/],
    ["text", () => save("text", `${record("a")}\nhello\n`), "json", 2, /:2 is not JSON/],
    ["JSON over several lines", () => save("pretty", "{\n}\n"), "json", 1, /not one spread over several lines/],
    ["an array", () => save("array", `[${record("a")}]\n`), "shape", 1, /write each of its elements on a line/],
    [
      "invalid UTF-8",
      () => save("latin1", Buffer.from(`${record("a")}\n${record("é")}\n`, "latin1")),
      "encoding",
      2,
      /UTF-8/
    ],
    ["UTF-16", () => save("utf16", Buffer.from(`\uFEFF${record("a")}\n`, "utf16le")), "format", null, /UTF-16/],
    ["a zip archive", () => save("a.zip", Buffer.from([0x50, 0x4b, 3, 4, 0])), "format", null, /zip archive/]
  ])("says in a sentence what is wrong with %s", async (_, make, reason, line, says) => {
    const file = await make()
    const { errors } = await readAll(file)
    expect(errors).toHaveLength(file.endsWith("pretty") ? 2 : 1)
    expect(errors[0]).toMatchObject({ reason, line, file })
    expect(errors[0]!.message).toMatch(says)
    expect(errors[0]!.message).toContain(file)
  })

  it("keeps the lines before the place where a gzip file breaks off", async () => {
    const lines = Array.from({ length: 2000 }, (_, index) => record(`answer ${index} ${Math.sin(index)}`))
    const whole = gzipSync(`${lines.join("\n")}\n`)
    const path = await save("cut.jsonl.gz", whole.subarray(0, whole.length / 2))
    const { texts, errors } = await readAll(path)
    expect(texts.length).toBeGreaterThan(100)
    expect(errors).toMatchObject([{ reason: "truncated", line: texts.length }])
  })

  it("says that a gzip file is corrupt", async () => {
    const bytes = gzipSync(`${record("a".repeat(5000))}\n`)
    bytes.fill(0xff, 20, 40)
    expect((await readAll(await save("corrupt.gz", bytes))).errors).toMatchObject([{ reason: "corrupt" }])
  })

  it("passes over a line beyond the limit without holding it, and reads on", async () => {
    const bytes = Buffer.from(`${record("a")}\n${record("b".repeat(5000))}\n${record("c")}\n`)
    const { texts, numbers, errors } = await readAll("-", 1000, inPieces(bytes, [100]))
    expect(texts).toEqual(["a", "c"])
    expect(numbers).toEqual([1, 3])
    expect(errors).toMatchObject([{ reason: "line-too-long", line: 2 }])
  })

  it("finds a long line that arrives within one chunk", async () => {
    const bytes = Buffer.from(`${record("a")}\n${record("b".repeat(5000))}\n${record("c")}\n`)
    const { texts, errors } = await readAll("-", 1000, Readable.from([bytes]))
    expect(texts).toEqual(["a", "c"])
    expect(errors).toMatchObject([{ reason: "line-too-long", line: 2 }])
  })
})
