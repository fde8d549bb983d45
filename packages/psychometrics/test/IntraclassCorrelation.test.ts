import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { effectiveSampleSize, intraclassCorrelation } from "../src/index.ts"
import { holds, items } from "./Support.ts"

describe("intraclassCorrelation", () => {
  it("gives ICC(1,1) = 0.17 on the ratings of Shrout and Fleiss (1979), table 2", () => {
    const ratings = [
      [9, 2, 5, 8],
      [6, 1, 3, 2],
      [8, 4, 6, 8],
      [7, 1, 2, 6],
      [10, 5, 6, 9],
      [6, 2, 4, 7]
    ]
    expect(intraclassCorrelation(ratings)).toBeCloseTo(0.17, 2)
  })

  it("handles unequal replicates as the mean squares by NumPy 2.4.6 do", () => {
    expect(
      intraclassCorrelation([
        [1, 0, 1],
        [0, 0],
        [1, 1, 1, 1],
        [0, 1],
        [0, 0, 0]
      ])
    ).toBeCloseTo(0.56, 12)
  })

  it("is 1 where replicates never differ, 0 where only they do, and null where nothing can be seen", () => {
    expect(
      intraclassCorrelation([
        [1, 1],
        [0, 0],
        [1, 1]
      ])
    ).toBe(1)
    expect(
      intraclassCorrelation([
        [1, 0],
        [0, 1],
        [1, 0]
      ])
    ).toBe(0)
    expect(
      intraclassCorrelation([
        [0, 0],
        [0, 0]
      ])
    ).toBeNull()
    expect(intraclassCorrelation([[1], [0], [1]])).toBeNull()
    expect(intraclassCorrelation([[1, 0, 1]])).toBeNull()
  })

  it("stays within 0 and 1", () => {
    holds(
      fc.property(items(1), (values) => {
        const rho = intraclassCorrelation(values) ?? 0
        expect(rho).toBeGreaterThanOrEqual(0)
        expect(rho).toBeLessThanOrEqual(1)
      })
    )
  })
})

describe("effectiveSampleSize", () => {
  const sizes = (count: number, size: number) => new Array<number>(count).fill(size)

  it("gives 63 for 8 x 50 and 144 for 48 x 4 at rho 0.11, the figures measured on 25 fine-tunes", () => {
    expect(effectiveSampleSize(sizes(8, 50), 0.11)).toBeCloseTo(63, 0)
    expect(effectiveSampleSize(sizes(48, 4), 0.11)).toBeCloseTo(144.36, 2)
  })

  it("falls with rho, from all trials to about the number of items", () => {
    holds(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (unequal) => {
        const trials = unequal.reduce((total, size) => total + size, 0)
        expect(effectiveSampleSize(unequal, 0)).toBe(trials)
        expect(effectiveSampleSize(unequal, 0.6)).toBeLessThanOrEqual(effectiveSampleSize(unequal, 0.3))
        expect(effectiveSampleSize(unequal, 1)).toBeLessThanOrEqual(unequal.length + 1e-9)
      })
    )
  })
})

it("refuses input out of range", () => {
  expect(() => intraclassCorrelation([])).toThrow(RangeError)
  expect(() => intraclassCorrelation([[1, Number.NaN]])).toThrow(RangeError)
  expect(() => effectiveSampleSize([], 0.1)).toThrow(RangeError)
  expect(() => effectiveSampleSize([0], 0.1)).toThrow(RangeError)
  expect(() => effectiveSampleSize([4], 1.1)).toThrow(RangeError)
})
