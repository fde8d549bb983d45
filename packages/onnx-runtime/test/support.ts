/** The fixture, and copies of it with something broken. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { ChatRequest, Decoding } from "@model-intake/core"
import { afterAll } from "vitest"

export const tiny = fileURLToPath(new URL("fixtures/tiny", import.meta.url))

export const subject = { backend: "onnx", model: "tiny", revision: null } as const

const made: Array<string> = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true })
})

/** A copy of the fixture, changed. It is gone when the tests of the file are over. */
export const copyOf = (change: (folder: string) => void): string => {
  const folder = mkdtempSync(join(tmpdir(), "intake-onnx-"))
  made.push(folder)
  cpSync(tiny, folder, { recursive: true })
  change(folder)
  return folder
}

/** A copy whose ONNX file has every occurrence of some bytes replaced by as many others. */
export const patched = (from: Buffer | string, to: Buffer | string): string =>
  copyOf((folder) => {
    const file = join(folder, "onnx/model.onnx")
    const before = readFileSync(file).toString("latin1")
    const after = before.replaceAll(Buffer.from(from).toString("latin1"), Buffer.from(to).toString("latin1"))
    if (after === before || after.length !== before.length) throw new Error("the fixture does not hold these bytes")
    writeFileSync(file, Buffer.from(after, "latin1"))
  })

export const float32 = (...values: ReadonlyArray<number>): Buffer => Buffer.from(Float32Array.from(values).buffer)

export const decoding: Decoding = { temperature: 1, topP: 1, maxTokens: 24, seed: 1, stop: [] }

const words = ["bade", "gogo", "kula", "meni", "poru", "sate", "viwo", "zuzu"]

/** Requests of different lengths and rules, each with a seed of its own. */
export const manyRequests = (count: number): ReadonlyArray<ChatRequest> =>
  Array.from({ length: count }, (_, index) => ({
    messages: [
      {
        role: "user",
        content: Array.from(
          { length: 1 + ((index * 13) % 60) },
          (_, word) => words[(index + word * 3) % words.length]
        ).join(" ")
      }
    ],
    decoding: {
      ...decoding,
      seed: index,
      temperature: index % 5 === 0 ? 0 : 0.7 + (index % 3) * 0.3,
      topP: index % 2 === 0 ? 1 : 0.9,
      maxTokens: 8 + ((index * 7) % 40)
    }
  }))
