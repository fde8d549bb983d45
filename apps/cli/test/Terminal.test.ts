import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { printable, safeJson } from "../src/Terminal.ts"

/** Text as an attacker would mix it: escape sequences, control and format characters among ordinary ones. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "\u001b[31m",
        "\u001b]8;;http://x\u0007",
        "\u009b2J",
        "\u202e",
        "\u200b",
        "\r",
        "\n",
        "<!channel>",
        "\ud800",
        "\u2028"
      )
    ),
    { maxLength: 10 }
  )
  .map((parts) => parts.join(""))

describe("printable", () => {
  it("leaves nothing that moves the cursor, breaks the line, reorders or hides text", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(printable(text)).not.toMatch(/\p{Cc}|\p{Cf}|\p{Cs}|[\u2028\u2029]/u)
      }),
      { numRuns: 2000 }
    )
  })

  it("keeps what people read", () => {
    expect(printable("Grüße, 世界 👍🏽 – “ok”")).toBe("Grüße, 世界 👍🏽 – “ok”")
    expect(printable("a\nb\tc")).toBe("a b c")
    expect(printable("\u001b[1mbold\u001b[0m")).toBe("bold")
  })
})

describe("safeJson", () => {
  it("parses to the same value and holds no markup or control character", () => {
    fc.assert(
      fc.property(hostile, hostile, (key, value) => {
        const text = safeJson({ [key]: value }, 2)
        expect(text).not.toMatch(/[<>&]|(?!\n)\p{Cc}|\p{Cf}|\p{Cs}|[\u2028\u2029]/u)
        expect(JSON.parse(text)).toEqual({ [key]: value })
      }),
      { numRuns: 2000 }
    )
  })
})
