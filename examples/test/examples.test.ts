import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))

describe("examples/screen.ts", () => {
  it("screens a file, run with tsx", () => {
    const out = execFileSync("tsx", ["examples/screen.ts", "samples/transcripts.jsonl"], {
      cwd: root,
      encoding: "utf8"
    })
    expect(out).toMatch(/sample-drifting misalignment [\d.]+ indicated\n/)
    expect(out).toMatch(/Refer to exam/)
  })

  it.each(["README.md", "packages/examination/README.md"])("is what %s shows", (file) => {
    const code = (path: string) => readFileSync(`${root}/${path}`, "utf8")
    expect(code(file)).toContain(code("examples/screen.ts").split("\n").slice(1).join("\n").trim())
  })
})
