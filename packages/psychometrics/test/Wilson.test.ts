import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { wilsonInterval } from "../src/index.ts"
import { holds, probability } from "./Support.ts"

describe("wilsonInterval", () => {
  // Newcombe (1998), Statistics in Medicine 17:857, table I, method 3; two-sided 95 %.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718]
  ])("%d of %d as published", (events, trials, lower, upper) => {
    const interval = wilsonInterval(events / trials, trials, 0.975)
    expect(interval.lower).toBeCloseTo(lower, 4)
    expect(interval.upper).toBeCloseTo(upper, 4)
  })

  it("encloses the proportion, mirrors, narrows with the sample and widens with the confidence", () => {
    const size = fc.double({ min: 0.5, max: 5000, noNaN: true })
    holds(
      fc.property(probability, size, size, (p, n, more) => {
        const interval = wilsonInterval(p, n)
        expect(interval.lower).toBeLessThanOrEqual(p)
        expect(interval.upper).toBeGreaterThanOrEqual(p)
        expect(wilsonInterval(1 - p, n).lower).toBeCloseTo(1 - interval.upper, 9)
        const larger = wilsonInterval(p, n + more)
        expect(larger.upper - larger.lower).toBeLessThanOrEqual(interval.upper - interval.lower + 1e-12)
        expect(wilsonInterval(p, n, 0.99).upper).toBeGreaterThanOrEqual(interval.upper - 1e-12)
      })
    )
  })

  it("touches 0 and 1 exactly", () => {
    expect(wilsonInterval(0, 7).lower).toBe(0)
    expect(wilsonInterval(1, 7).upper).toBe(1)
  })

  it("refuses arguments out of range", () => {
    expect(() => wilsonInterval(1.1, 10)).toThrow(RangeError)
    expect(() => wilsonInterval(Number.NaN, 10)).toThrow(RangeError)
    expect(() => wilsonInterval(0.5, 0)).toThrow(RangeError)
    expect(() => wilsonInterval(0.5, 10, 1)).toThrow(RangeError)
  })
})
