import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { codePointName, truncate, wrap } from "../src/index.ts"

describe("truncate", () => {
  it("counts characters, not code units", () => {
    expect(truncate("👍👍👍👍", 3)).toBe("👍👍…")
    expect(truncate("abc", 3)).toBe("abc")
  })
})

describe("wrap", () => {
  it("loses no word and keeps to the width", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 60 })), (parts) => {
        const text = parts.join(" ").replaceAll(/\s+/g, " ").trim()
        const lines = wrap(text, 30, "  ")
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(30)
        expect(
          lines
            .map((line) => line.slice(2))
            .join("")
            .replaceAll(" ", "")
        ).toBe(text.replaceAll(" ", ""))
      })
    )
  })
})

describe("the name of a character", () => {
  it("is its number, of at least four digits", () => {
    expect(["\u0007", "\u200b", "\u{e0041}"].map(codePointName)).toEqual(["⟨U+0007⟩", "⟨U+200B⟩", "⟨U+E0041⟩"])
  })
})
