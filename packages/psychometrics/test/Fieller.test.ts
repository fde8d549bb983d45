import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fiellerOfItems, fiellerRatio, makeRandom, type RatioConfidenceSet, tInterval } from "../src/index.ts"
import { normalQuantile } from "../src/internal/Distributions.ts"
import { holds } from "./Support.ts"

const contains = (set: RatioConfidenceSet, ratio: number): boolean => {
  switch (set.kind) {
    case "bounded":
      return set.lower <= ratio && ratio <= set.upper
    case "exclusive":
      return ratio <= set.below || ratio >= set.above
    case "whole-line":
      return true
  }
}

describe("fiellerOfItems", () => {
  it("agrees with the roots of |t(x - r y)| = t(0.975, 7), brentq in SciPy 1.17.1", () => {
    const x = [5.1, 6.3, 4.8, 7.2, 5.9, 6.1, 5.5, 6.6]
    const y = [2.3, 3.1, 2, 3.9, 2.7, 3.2, 2.4, 2.8]
    const set = fiellerOfItems(x, y, 0.975)
    expect(set.kind).toBe("bounded")
    if (set.kind !== "bounded") return
    expect(set.estimate).toBeCloseTo(2.1205357142857144, 12)
    expect(set.lower).toBeCloseTo(1.9599451135672927, 9)
    expect(set.upper).toBeCloseTo(2.3409619096500496, 9)
  })

  it("holds exactly the ratios that a t test of the residuals does not reject", () => {
    const value = fc.integer({ min: -6, max: 9 })
    holds(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 3, maxLength: 9 }), (pairs) => {
        const set = fiellerOfItems(
          pairs.map(([x]) => x),
          pairs.map(([, y]) => y)
        )
        for (let step = -60; step <= 60; step++) {
          const ratio = step / 7.3
          const residual = tInterval(pairs.map(([x, y]) => x - ratio * y))
          // A residual mean on the very edge may fall on either side by rounding.
          if (Math.min(Math.abs(residual.lower), Math.abs(residual.upper)) < 1e-9) continue
          expect(contains(set, ratio)).toBe(residual.lower <= 0 && residual.upper >= 0)
        }
      }),
      100
    )
  })
})

describe("fiellerRatio", () => {
  it("is bounded by a denominator away from 0, exclusive near it, the whole line where both may be 0", () => {
    const variances = { numeratorVariance: 1, denominatorVariance: 1 }
    expect(fiellerRatio({ numerator: 4, denominator: 8, ...variances }).kind).toBe("bounded")
    expect(fiellerRatio({ numerator: 4, denominator: 1, ...variances }).kind).toBe("exclusive")
    expect(fiellerRatio({ numerator: 1, denominator: 1, ...variances }).kind).toBe("whole-line")
    expect(fiellerRatio({ numerator: 4, denominator: 0, ...variances })).toMatchObject({
      kind: "exclusive",
      estimate: null
    })
  })

  it("is a half-line where the denominator is significant by nothing at all", () => {
    const z = normalQuantile(0.95)
    const edge = { denominator: z, numeratorVariance: 1, denominatorVariance: 1 }
    // numerator^2 - z^2 <= 2 * numerator * z * r, solved by hand.
    const end = (4 - z ** 2) / (4 * z)
    expect(fiellerRatio({ numerator: 2, ...edge })).toMatchObject({
      kind: "exclusive",
      below: Number.NEGATIVE_INFINITY,
      above: end
    })
    expect(fiellerRatio({ numerator: -2, ...edge })).toMatchObject({
      kind: "exclusive",
      below: -end,
      above: Number.POSITIVE_INFINITY
    })
    expect(fiellerRatio({ numerator: 0, ...edge }).kind).toBe("whole-line")
  })

  it("is a point without error, and says nothing where the denominator is known to be 0", () => {
    const known = { numeratorVariance: 0, denominatorVariance: 0 }
    expect(fiellerRatio({ numerator: 3, denominator: 6, ...known })).toMatchObject({
      kind: "bounded",
      lower: 0.5,
      upper: 0.5
    })
    expect(fiellerRatio({ numerator: 3, denominator: 0, ...known }).kind).toBe("whole-line")
  })

  it("contains the estimate, widens with confidence and turns with signs", () => {
    const positive = fc.double({ min: 0.01, max: 9, noNaN: true })
    const any = fc.double({ min: -9, max: 9, noNaN: true })
    const correlation = fc.double({ min: -0.99, max: 0.99, noNaN: true })
    holds(
      fc.property(any, any, positive, positive, correlation, (numerator, denominator, va, vb, r) => {
        const covariance = r * Math.sqrt(va * vb)
        const moments = { numerator, denominator, numeratorVariance: va, denominatorVariance: vb, covariance }
        const set = fiellerRatio(moments)
        if (set.estimate !== null && Math.abs(set.estimate) < 1e6) expect(contains(set, set.estimate)).toBe(true)
        const wider = fiellerRatio(moments, 0.99)
        const mirrored = fiellerRatio({ ...moments, numerator: -numerator, covariance: -covariance })
        for (let step = -40; step <= 40; step++) {
          const ratio = step / 6.7
          if (contains(set, ratio)) expect(contains(wider, ratio)).toBe(true)
          expect(contains(mirrored, -ratio)).toBe(contains(set, ratio))
        }
      })
    )
  })

  it("covers the true ratio about as often as it says", () => {
    const random = makeRandom("fieller")
    const noise = () => random.uniform() + random.uniform() + random.uniform() + random.uniform() - 2
    let missed = 0
    for (let run = 0; run < 1000; run++) {
      const x = Array.from({ length: 12 }, () => 1 + 2 * noise())
      const y = Array.from({ length: 12 }, () => 2 + 2 * noise())
      if (!contains(fiellerOfItems(x, y), 0.5)) missed++
    }
    // Two one-sided 5 % bounds.
    expect(Math.abs(missed / 1000 - 0.1)).toBeLessThan(0.03)
  })

  it("refuses input out of range", () => {
    const moments = { numerator: 1, denominator: 2, numeratorVariance: 1, denominatorVariance: 1 }
    expect(() => fiellerRatio({ ...moments, numerator: Number.NaN })).toThrow(RangeError)
    expect(() => fiellerRatio({ ...moments, numeratorVariance: -1 })).toThrow(RangeError)
    expect(() => fiellerRatio({ ...moments, covariance: 2 })).toThrow("larger than the variances allow")
    expect(() => fiellerRatio({ ...moments, degreesOfFreedom: 0 })).toThrow(RangeError)
    expect(() => fiellerRatio(moments, 0.3)).toThrow(RangeError)
    expect(() => fiellerOfItems([1], [1])).toThrow("at least two items")
    expect(() => fiellerOfItems([1, 2], [1])).toThrow(RangeError)
    expect(() => fiellerOfItems([], [])).toThrow(RangeError)
  })
})
