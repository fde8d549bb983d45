import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { quantile, quantileOfSorted } from "../src/index.ts"
import { finite, holds, permuted, probability } from "./Support.ts"

describe("quantile", () => {
  // numpy 2.4.6: np.quantile([3, 1, 4, 1, 5, 9, 2, 6], q).
  it.each([
    [0, 1],
    [0.05, 1],
    [0.25, 1.75],
    [0.5, 3.5],
    [0.9, 6.8999999999999995],
    [1, 9]
  ])("agrees with NumPy at %d", (q, expected) => {
    expect(quantile([3, 1, 4, 1, 5, 9, 2, 6], q)).toBeCloseTo(expected, 12)
  })

  it("does not depend on order, lies within the values and rises with the probability", () => {
    holds(
      fc.property(permuted(fc.array(finite, { minLength: 1 })), probability, probability, ([values, order], p, q) => {
        const shuffled = order.map((index) => values[index]!)
        expect(quantile(shuffled, p)).toBe(quantile(values, p))
        expect(quantile(values, p)).toBeGreaterThanOrEqual(Math.min(...values))
        expect(quantile(values, p)).toBeLessThanOrEqual(Math.max(...values))
        expect(quantile(values, Math.min(p, q))).toBeLessThanOrEqual(quantile(values, Math.max(p, q)))
      })
    )
  })

  it("refuses what has no quantile", () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError)
    expect(() => quantile([1, Number.NaN], 0.5)).toThrow("values[1] must be a finite number, got NaN")
    expect(() => quantile([1], 1.1)).toThrow(RangeError)
    expect(() => quantileOfSorted([], 0.5)).toThrow(RangeError)
    expect(() => quantileOfSorted([1], Number.NaN)).toThrow(RangeError)
  })
})
