import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fingerprintOf, readLogprobs, separateThinking, tokenCount } from "../src/index.ts"

describe("thinking", () => {
  it.each([
    ["<think>\nHm.\n</think>\n\nYes.", "Yes.", "Hm."],
    ["  <thinking>Hm.</thinking>Yes.", "Yes.", "Hm."],
    ["Hm.\n</think>\nYes.", "Yes.", "Hm."],
    ["<think></think>Yes.", "Yes.", ""],
    ["<think>It never ends", "", "It never ends"],
    ["Yes. <think>no</think>", "Yes. <think>no</think>", null],
    ["  Yes.\n", "  Yes.\n", null],
    ["", "", null]
  ])("of %j leaves %j", (content, text, reasoning) => {
    expect(separateThinking(content)).toEqual({ text, reasoning })
  })

  it("never stands in the answer", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (thought, answer) => {
        fc.pre(!/<\/?think/.test(thought + answer))
        const { text, reasoning } = separateThinking(`<think>${thought}</think>${answer}`)
        expect(text).toBe(answer.trimStart())
        expect(reasoning).toBe(thought.trim())
      })
    )
  })
})

describe("log-probabilities", () => {
  const entry = (token: string, logprob: unknown = -1) => ({ token, logprob, top_logprobs: [] })

  it("are those of the answer without its reasoning, end tokens included", () => {
    const entries = ["<think>", "a", "</think>", "\n", "Yes", ".", "<|end|>"].map((token) => entry(token))
    const tokens = readLogprobs(entries, "<think>a</think>\nYes.", "Yes.")
    expect(tokens).toMatchObject([{ token: "Yes" }, { token: "." }, { token: "<|end|>" }])
  })

  it("may come in parts of characters and with marks for blanks", () => {
    expect(readLogprobs([entry("\\xf0\\x9f"), entry("\\x9c\\x81")], "🜁", "🜁")).toHaveLength(2)
    expect(readLogprobs([entry("▁Yes"), entry("▁sir")], "Yes sir", "Yes sir")).toHaveLength(2)
  })

  it.each([
    ["missing", undefined, "Yes"],
    ["null", null, "Yes"],
    ["none", [], "Yes"],
    ["too few", [entry("Ye")], "Yes"],
    ["of another text", [entry("No")], "Yes"],
    ["no numbers", [entry("Yes", "NaN")], "Yes"],
    ["null each", [entry("Yes", null)], "Yes"],
    ["above zero", [entry("Yes", 3)], "Yes"],
    ["no objects", [null], "Yes"],
    ["wrong beside", [{ token: "Yes", logprob: -1, top_logprobs: [{ token: "No", logprob: null }] }], "Yes"]
  ])("that are %s are a problem", (_what, entries, text) => {
    expect(readLogprobs(entries, text, text)).toHaveProperty("problem")
  })
})

describe("numbers and names", () => {
  it("that make no sense are none", () => {
    expect([0, 7, -1, 1.5, Number.NaN, "7", null, undefined, 1e300].map(tokenCount)).toEqual([
      0,
      7,
      ...Array.from({ length: 7 }, () => null)
    ])
    expect(fingerprintOf([undefined, 7, " ", "m-1", "fp\u001b"])).toBe("m-1 fp")
    expect(fingerprintOf([null])).toBeNull()
  })
})
