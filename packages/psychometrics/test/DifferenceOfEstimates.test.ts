import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { differenceOfEstimates, type Interval, makeRandom, wilsonInterval } from "../src/index.ts"

const interval = fc
  .record({
    estimate: fc.double({ min: -1, max: 1, noNaN: true }),
    below: fc.double({ min: 0, max: 1, noNaN: true }),
    above: fc.double({ min: 0, max: 1, noNaN: true })
  })
  .map(
    ({ above, below, estimate }): Interval => ({
      estimate,
      lower: estimate - below,
      upper: estimate + above,
      confidence: 0.95
    })
  )

describe("differenceOfEstimates", () => {
  it("gives Newcombe's published interval for 56 of 70 against 48 of 80", () => {
    // Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10: the same recovery from Wilson's bounds.
    const { estimate, lower, upper } = differenceOfEstimates(
      wilsonInterval(56 / 70, 70, 0.975),
      wilsonInterval(48 / 80, 80, 0.975)
    )
    expect(estimate).toBeCloseTo(0.2, 12)
    expect(lower).toBeCloseTo(0.0524, 4)
    expect(upper).toBeCloseTo(0.3339, 4)
  })

  it("gives his interval at the edge, 10 of 10 against 0 of 10", () => {
    const { lower, upper } = differenceOfEstimates(wilsonInterval(1, 10, 0.975), wilsonInterval(0, 10, 0.975))
    expect(lower).toBeCloseTo(0.6075, 4)
    expect(upper).toBe(1)
  })

  it("turns around with its arguments, holds the difference, and is no narrower than either interval", () => {
    fc.assert(
      fc.property(interval, interval, (a, b) => {
        const forth = differenceOfEstimates(a, b)
        const back = differenceOfEstimates(b, a)
        expect(forth.lower).toBeCloseTo(-back.upper, 12)
        expect(forth.lower).toBeLessThanOrEqual(forth.estimate)
        expect(forth.upper).toBeGreaterThanOrEqual(forth.estimate)
        expect(forth.upper - forth.lower).toBeGreaterThanOrEqual(Math.max(a.upper - a.lower, b.upper - b.lower) - 1e-12)
      })
    )
  })

  it("covers the true difference of two rates in nine of ten samples", () => {
    const random = makeRandom("mover")
    const draw = (rate: number, n: number) => {
      let hits = 0
      for (let trial = 0; trial < n; trial++) if (random.uniform() < rate) hits++
      return wilsonInterval(hits / n, n)
    }
    let covered = 0
    for (let sample = 0; sample < 2000; sample++) {
      const { lower, upper } = differenceOfEstimates(draw(0.3, 60), draw(0.1, 60))
      if (lower <= 0.2 && 0.2 <= upper) covered++
    }
    expect(covered / 2000).toBeGreaterThan(0.88)
    expect(covered / 2000).toBeLessThan(0.93)
  })

  it("takes the lower of two levels", () => {
    const a = { estimate: 0.5, lower: 0.4, upper: 0.6, confidence: 0.95 }
    expect(differenceOfEstimates(a, { ...a, confidence: 0.975 }).confidence).toBe(0.95)
  })

  it("refuses an estimate outside its bounds", () => {
    const a = { estimate: 0.5, lower: 0.4, upper: 0.6, confidence: 0.95 }
    expect(() => differenceOfEstimates(a, { ...a, estimate: 0.7 })).toThrow(/b\.estimate must lie between its bounds/)
    expect(() => differenceOfEstimates({ ...a, lower: Number.NaN }, a)).toThrow(RangeError)
  })
})
