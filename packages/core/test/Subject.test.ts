import * as Effect from "effect/Effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { formatSubject, parseSubject } from "../src/index.ts"

const parse = (text: string) => Effect.runSync(Effect.result(parseSubject(text)))

describe("parseSubject", () => {
  it.each([
    ["openai:gpt-4.1", { backend: "openai", model: "gpt-4.1", revision: null }],
    ["huggingface:Qwen/Qwen2.5-7B@abc123", { backend: "huggingface", model: "Qwen/Qwen2.5-7B", revision: "abc123" }],
    ["onnx:./models/a:b", { backend: "onnx", model: "./models/a:b", revision: null }],
    ["openai:ft:gpt@org/x", { backend: "openai", model: "ft:gpt@org/x", revision: null }]
  ])("reads %s", (text, subject) => {
    expect(parse(text)).toMatchObject({ success: subject })
  })

  it.each(["", "gpt-4", ":x", "OpenAI:x", "openai:", "openai:a\u001b[31m", "openai:a\n"])(
    "refuses %j with a hint",
    (text) => {
      expect(parse(text)).toMatchObject({ failure: { message: expect.stringContaining("backend:model") } })
    }
  )

  it("is undone by formatSubject", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const result = parse(`x:${text}`)
        if (result._tag === "Success") expect(formatSubject(result.success)).toBe(`x:${text}`)
      })
    )
  })
})
