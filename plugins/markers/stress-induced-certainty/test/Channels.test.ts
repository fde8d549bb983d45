import { describe, expect, it } from "vitest"
import { toneOf } from "../src/Channels.ts"

describe("boosters minus hedges", () => {
  it.each([
    ["There is no doubt.", 1],
    ["there is no doubt , there is no doubt .", 2],
    ["I may be wrong; there is no doubt", 0],
    ["you mustard", 0],
    ["", 0],
    ["perhaps , PERHAPS !", -2],
    ["perhaps perhaps", -2]
  ])("of %j make %d", (text, tone) => {
    expect(toneOf(text, ["there is no doubt", "you must"], ["i may be wrong", "perhaps"])).toBe(tone)
  })
})
