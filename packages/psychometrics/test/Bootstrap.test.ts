import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  bootstrapMean,
  bootstrapRatio,
  bootstrapStatistic,
  clusteredT,
  deriveSeed,
  makeRandom,
  quantileOfSorted
} from "../src/index.ts"
import { holds, items, meanOf, permuted } from "./Support.ts"

// numpy 2.4.6, default_rng(11): binomial(4, beta(2.4, 5.6)) for 48 items.
const events = [
  1, 1, 2, 0, 3, 0, 0, 0, 0, 1, 2, 0, 1, 1, 2, 1, 0, 1, 2, 0, 0, 1, 0, 2, 0, 3, 1, 0, 3, 3, 2, 1, 1, 1, 3, 1, 1, 0, 2,
  3, 0, 1, 1, 1, 0, 0, 1, 1
]

describe("bootstrapRatio", () => {
  it("agrees with an independent bootstrap in NumPy", () => {
    // The same generator continued, 200,000 draws of k[rng.integers(0, 48, 48)].sum() / 192.
    const result = bootstrapRatio(
      events,
      events.map(() => 4),
      { seed: "numpy", draws: 100_000 }
    )
    expect(result.estimate).toBe(0.265625)
    expect(result.lower).toBeCloseTo(0.20833, 2)
    expect(result.upper).toBeCloseTo(0.32292, 2)
    const mean = meanOf([...result.draws])
    expect(mean).toBeCloseTo(0.2656, 3)
    expect(Math.sqrt(meanOf([...result.draws].map((draw) => (draw - mean) ** 2)))).toBeCloseTo(0.03563, 3)
  })

  it("takes a ratio of sums, not a mean of ratios", () => {
    expect(bootstrapRatio([1, 0], [1, 3], { seed: 1, draws: 10 }).estimate).toBe(0.25)
    expect(bootstrapMean([[1], [0, 0, 0]], { seed: 1, draws: 10 }).estimate).toBe(0.25)
  })

  it("refuses a resample without a denominator", () => {
    expect(() => bootstrapRatio([1, 0], [1, 0], { seed: 1 })).toThrow("a resample has no denominator")
  })
})

describe("bootstrapMean", () => {
  it("gives the same bytes for the same seed and for any order of the items", () => {
    holds(
      fc.property(permuted(items(1)), fc.string(), ([values, order], seed) => {
        const options = { seed, draws: 50 }
        const shuffled = order.map((index) => values[index]!)
        expect(bootstrapMean(shuffled, options)).toEqual(bootstrapMean(values, options))
      })
    )
  })

  it("shifts and scales with the values", () => {
    holds(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { minLength: 2, maxLength: 12 }), (values) => {
        const options = { seed: "affine", draws: 100 }
        const original = bootstrapMean(values, options)
        const moved = bootstrapMean(
          values.map((replicates) => replicates.map((value) => 8 * value + 3)),
          options
        )
        expect(moved.lower).toBeCloseTo(8 * original.lower + 3, 9)
        expect(moved.upper).toBeCloseTo(8 * original.upper + 3, 9)
      })
    )
  })

  it("widens with the confidence", () => {
    const narrow = bootstrapMean(
      events.map((k) => [k]),
      { seed: 1, confidence: 0.8 }
    )
    const wide = bootstrapMean(
      events.map((k) => [k]),
      { seed: 1, confidence: 0.99 }
    )
    expect(wide.lower).toBeLessThan(narrow.lower)
    expect(wide.upper).toBeGreaterThan(narrow.upper)
    expect(quantileOfSorted(narrow.draws, 0.01)).toBeCloseTo(wide.lower, 12)
  })

  it("covers the true rate of clustered trials about as often as it says", () => {
    const random = makeRandom("coverage")
    const runs = 1000
    let below = 0
    let above = 0
    for (let run = 0; run < runs; run++) {
      // Half of the items have rate 0.1 and half 0.5: mean 0.3, strong clustering.
      const sample = Array.from({ length: 48 }, () => {
        const rate = random.uniform() < 0.5 ? 0.1 : 0.5
        return Array.from({ length: 4 }, () => (random.uniform() < rate ? 1 : 0))
      })
      const { lower, upper } = bootstrapMean(sample, { seed: deriveSeed("coverage", String(run)), draws: 200 })
      if (lower > 0.3) below++
      if (upper < 0.3) above++
    }
    // 5 % on either side; percentile bounds over 48 items fall a little short of it, and the margin of 1000 runs is 2 points.
    expect(Math.abs(below / runs - 0.05)).toBeLessThan(0.025)
    expect(Math.abs(above / runs - 0.055)).toBeLessThan(0.025)
  })
})

describe("bootstrapStatistic", () => {
  it("agrees with Student's interval for a mean", () => {
    const values = events.map((k) => k / 4)
    const result = bootstrapStatistic(48, (indices) => meanOf(Array.from(indices, (index) => values[index]!)), {
      seed: "t"
    })
    const student = clusteredT(values.map((value) => [value]))
    expect(result.estimate).toBeCloseTo(student.estimate, 12)
    expect(result.lower).toBeCloseTo(student.lower, 1.5)
    expect(result.upper).toBeCloseTo(student.upper, 1.5)
  })

  it("refuses a statistic that is not finite", () => {
    expect(() => bootstrapStatistic(3, () => Number.NaN, { seed: 1 })).toThrow("the statistic must be finite, got NaN")
  })
})

it("refuses input and options out of range", () => {
  const options = { seed: 1 }
  expect(() => bootstrapMean([], options)).toThrow(RangeError)
  expect(() => bootstrapMean([[1], []], options)).toThrow("items[1] must not be empty")
  expect(() => bootstrapMean([[Number.NaN]], options)).toThrow(RangeError)
  expect(() => bootstrapMean([[1]], { seed: 0.5 })).toThrow(RangeError)
  expect(() => bootstrapMean([[1]], { seed: 1, draws: 0 })).toThrow(RangeError)
  expect(() => bootstrapMean([[1]], { seed: 1, confidence: 0.2 })).toThrow(RangeError)
  expect(() => bootstrapMean([[1]], { seed: 1, confidence: 1 })).toThrow(RangeError)
  expect(() => bootstrapRatio([1, 2], [1], options)).toThrow("must have the same length, got 2 and 1")
  expect(() => bootstrapRatio([1], [-1], options)).toThrow(RangeError)
  expect(() => bootstrapRatio([1], [0], options)).toThrow(RangeError)
  expect(() => bootstrapStatistic(0, () => 1, options)).toThrow(RangeError)
})
