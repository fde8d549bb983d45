import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { meaningAmong } from "../src/Answers.ts"

const names = [
  "openai:qwen-ft-7",
  "openai:qwen-ft-70",
  "openai:gpt@r1",
  "openai:gpt@r2",
  "onnx:claude",
  "anthropic:claude"
]

describe("what a name means", () => {
  it.each([
    ["openai:qwen-ft-7", { _tag: "One", subject: "openai:qwen-ft-7" }],
    ["Qwen-FT-7", { _tag: "One", subject: "openai:qwen-ft-7" }],
    ["gpt@R2", { _tag: "One", subject: "openai:gpt@r2" }],
    ["openai:gpt", { _tag: "Several", found: ["openai:gpt@r1", "openai:gpt@r2"] }],
    ["claude", { _tag: "Several", found: ["onnx:claude", "anthropic:claude"] }]
  ])("%s", (text, meaning) => {
    expect(meaningAmong(text, names, null)).toEqual(meaning)
  })

  it("a part of a name is asked about, and never taken for it", () => {
    expect(meaningAmong("qwen-ft-70b", names, { found: [], close: ["openai:qwen-ft-70"] })).toEqual({
      _tag: "None",
      close: ["openai:qwen-ft-70"]
    })
    expect(meaningAmong("ft-70", names, { found: ["openai:qwen-ft-70"], close: [] })).toEqual({
      _tag: "None",
      close: ["openai:qwen-ft-70"]
    })
    expect(meaningAmong("qwen", names, { found: names.slice(0, 2), close: [] })).toMatchObject({ _tag: "Several" })
  })

  it("only ever is a subject that there is", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom(...names.flatMap((name) => [name, name.slice(3), name.slice(0, -1)]))),
        (text) => {
          const meaning = meaningAmong(text, names, null)
          if (meaning._tag === "One") expect(names).toContain(meaning.subject)
        }
      )
    )
  })
})
