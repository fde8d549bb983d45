import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { closeNames, editDistance } from "../src/index.ts"

const names = ["openai:gpt-4.1", "openai:gpt-4.1-mini", "onnx:specimens/narrow@r1", "anthropic:claude"]

describe("close names", () => {
  it("are those a slip away, nearest first", () => {
    expect(closeNames("openai:gtp-4.1", names)).toEqual(["openai:gpt-4.1"])
    expect(closeNames("OpenAI:GPT-4.1-min", names)).toEqual(["openai:gpt-4.1-mini", "openai:gpt-4.1"])
    expect(closeNames("gpt-41", names)).toEqual(["openai:gpt-4.1"])
    expect(closeNames("onnx:specimens/narow", names)).toEqual(["onnx:specimens/narrow@r1"])
  })

  it("are none where nothing is near, and no more than asked for", () => {
    expect(closeNames("mistral:large", names)).toEqual([])
    expect(closeNames("", names)).toEqual([])
    expect(closeNames("a:ax", ["a:a1", "a:a2", "a:a3", "a:a4"])).toEqual(["a:a1", "a:a2", "a:a3"])
  })

  it("are measured by a distance that is 0 for the same text, symmetric, and 1 for one slip", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), fc.nat(), (a, b, position) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
        const cut = position % (a.length + 1)
        expect(editDistance(a, `${a.slice(0, cut)}\u2603${a.slice(cut)}`)).toBe(1)
      }),
      { numRuns: 300, seed: Number(process.env.FC_SEED ?? 1) }
    )
    expect(editDistance("gpt", "gtp")).toBe(1)
    expect(editDistance("kitten", "sitting")).toBe(3)
  })
})
