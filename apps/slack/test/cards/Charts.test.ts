import { describe, expect, it } from "vitest"
import { clean, failing, filledWith } from "../../../../packages/report/test/support/verdicts.ts"
import { chartKinds, chartOf } from "../../src/cards/index.ts"

/** Width and height of a PNG, from its header. */
const sizeOf = (png: Uint8Array): readonly [number, number] => {
  const view = new DataView(png.buffer, png.byteOffset)
  return [view.getUint32(16), view.getUint32(20)]
}

describe("charts", () => {
  it("are pictures with a title and a description in words", async () => {
    const chart = (await chartOf(failing, "spectrum"))!
    expect([...chart.png.slice(1, 4)]).toEqual([0x50, 0x4e, 0x47])
    expect(sizeOf(chart.png)[0]).toBeGreaterThan(1200)
    expect(chart.title).toContain(`level ${failing.level}`)
    expect(chart.alt).toContain(`level ${failing.level}`)
  })

  it("have letters in them, in fonts that come along", async () => {
    const png = (await chartOf(failing, "forest"))!.png
    const other = (await chartOf(clean, "forest"))!.png
    expect(png.length).toBeGreaterThan(50_000)
    expect(png).not.toEqual(other)
  })

  it("are the same to the byte for the same verdict", async () => {
    const [one, two] = [await chartOf(failing, "spectrum"), await chartOf(failing, "spectrum")]
    expect(one!.png).toEqual(two!.png)
  })

  it("bear any text", async () => {
    for (const kind of chartKinds) {
      const chart = await chartOf(filledWith(`a<!channel> </svg>&${"\u202e\u0000x".repeat(3000)}`), kind)
      if (chart === null) continue
      expect(chart.alt.length).toBeLessThanOrEqual(2000)
      expect(chart.alt).not.toMatch(/\p{Cc}|\p{Cf}/u)
    }
  })
})
