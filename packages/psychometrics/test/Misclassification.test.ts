import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { bootstrapRatio, correctRate, deriveSeed, makeRandom, roganGladen } from "../src/index.ts"
import { holds, probability } from "./Support.ts"

const accreditation = { positives: 100, truePositives: 85, negatives: 200, trueNegatives: 190 }

describe("roganGladen", () => {
  it("inverts what a rater does to a rate", () => {
    const better = fc.double({ min: 0.51, max: 1, noNaN: true })
    holds(
      fc.property(probability, better, better, (truth, sensitivity, specificity) => {
        const rated = truth * sensitivity + (1 - truth) * (1 - specificity)
        expect(roganGladen(rated, sensitivity, specificity)).toBeCloseTo(truth, 9)
      })
    )
  })

  it("is clipped", () => {
    expect(roganGladen(0.02, 0.9, 0.95)).toBe(0)
    expect(roganGladen(0.99, 0.9, 0.95)).toBe(1)
    expect(roganGladen(0.3, 1, 1)).toBeCloseTo(0.3, 12)
  })
})

describe("correctRate", () => {
  // Independent simulation: numpy 2.4.6, default_rng(7), two million draws of the three Jeffreys posteriors.
  it.each([
    [0.12, 144, accreditation, 0.02639, 0.15448],
    [0.3, 200, { positives: 100, truePositives: 90, negatives: 100, trueNegatives: 95 }, 0.2202, 0.36588],
    [0.02, 144, accreditation, 0, 0.00455]
  ])("agrees with NumPy at a rate of %d", (rate, effectiveSampleSize, scores, lower, upper) => {
    const corrected = correctRate({ rate, effectiveSampleSize }, scores, { seed: "numpy", draws: 20_000 })
    expect(Math.abs(corrected.lower - lower)).toBeLessThan(0.002)
    expect(Math.abs(corrected.upper - upper)).toBeLessThan(0.002)
  })

  it("agrees with the closed-form interval of Lang and Reiczigel (2014), computed with SciPy 1.17.1", () => {
    const scores = { positives: 100, truePositives: 90, negatives: 100, trueNegatives: 95 }
    const corrected = correctRate({ rate: 0.3, effectiveSampleSize: 200 }, scores, { seed: 1 })
    expect(Math.abs(corrected.lower - 0.2183)).toBeLessThan(0.01)
    expect(Math.abs(corrected.upper - 0.3657)).toBeLessThan(0.01)
    expect(corrected.estimate).toBeCloseTo(0.25 / 0.85, 12)
    expect(corrected).toMatchObject({ sensitivity: 0.9, specificity: 0.95 })
  })

  it("widens as less is known of the rater", () => {
    const known = { positives: 10_000, truePositives: 8500, negatives: 20_000, trueNegatives: 19_000 }
    const hardly = { positives: 20, truePositives: 17, negatives: 40, trueNegatives: 38 }
    const of = (scores: typeof known) => correctRate({ rate: 0.2, effectiveSampleSize: 144 }, scores, { seed: 1 })
    expect(of(hardly).estimate).toBeCloseTo(of(known).estimate, 12)
    expect(of(hardly).lower).toBeLessThan(of(known).lower)
    expect(of(hardly).upper).toBeGreaterThan(of(known).upper)
  })

  it("takes bootstrap draws in place of an effective sample size", () => {
    const events = Array.from({ length: 48 }, (_, item) => item % 3)
    const { draws, estimate } = bootstrapRatio(
      events,
      events.map(() => 4),
      { seed: 1 }
    )
    const perfect = { positives: 1e6, truePositives: 1e6, negatives: 1e6, trueNegatives: 1e6 }
    const corrected = correctRate({ rate: estimate, draws }, perfect, { seed: 1 })
    expect(corrected.estimate).toBe(0.25)
    const raw = bootstrapRatio(
      events,
      events.map(() => 4),
      { seed: 1 }
    )
    expect(Math.abs(corrected.lower - raw.lower)).toBeLessThan(0.01)
    expect(Math.abs(corrected.upper - raw.upper)).toBeLessThan(0.01)
  })

  it("knows nothing where the rater may be no better than chance", () => {
    const scores = { positives: 3, truePositives: 2, negatives: 3, trueNegatives: 2 }
    const corrected = correctRate({ rate: 0.3, effectiveSampleSize: 100 }, scores, { seed: 1 })
    expect(corrected).toMatchObject({ lower: 0, upper: 1 })
  })

  it("covers the true rate about as often as it says", () => {
    const random = makeRandom("corrected")
    const count = (trials: number, rate: number): number => {
      let events = 0
      for (let trial = 0; trial < trials; trial++) if (random.uniform() < rate) events++
      return events
    }
    const runs = 60
    let below = 0
    let above = 0
    for (let run = 0; run < runs; run++) {
      const scores = {
        positives: 80,
        truePositives: count(80, 0.85),
        negatives: 120,
        trueNegatives: count(120, 0.95)
      }
      const rated = count(150, 0.2 * 0.85 + 0.8 * 0.05)
      const { lower, upper } = correctRate({ rate: rated / 150, effectiveSampleSize: 150 }, scores, {
        seed: deriveSeed("corrected", String(run)),
        draws: 400
      })
      if (lower > 0.2) below++
      if (upper < 0.2) above++
    }
    // 5 % on either side; more than 8 of 60 has a probability below 0.01.
    expect(below).toBeLessThanOrEqual(8)
    expect(above).toBeLessThanOrEqual(8)
  })
})

it("refuses a rater no better than chance, and input out of range", () => {
  expect(() => roganGladen(0.5, 0.5, 0.5)).toThrow("sensitivity 0.5 + specificity 0.5 must be above 1")
  expect(() => roganGladen(0.5, 1.2, 0.9)).toThrow(RangeError)
  expect(() => roganGladen(Number.NaN, 0.9, 0.9)).toThrow(RangeError)
  const rate = { rate: 0.1, effectiveSampleSize: 100 }
  const options = { seed: 1 }
  expect(() => correctRate(rate, { ...accreditation, truePositives: 5 }, options)).toThrow(RangeError)
  expect(() => correctRate(rate, { ...accreditation, truePositives: 101 }, options)).toThrow(
    "must not exceed positives"
  )
  expect(() => correctRate(rate, { ...accreditation, trueNegatives: 201 }, options)).toThrow(
    "must not exceed negatives"
  )
  expect(() => correctRate(rate, { ...accreditation, positives: 0 }, options)).toThrow(RangeError)
  expect(() => correctRate({ rate: 0.1, effectiveSampleSize: 0 }, accreditation, options)).toThrow(RangeError)
  expect(() => correctRate({ rate: 0.1, draws: [] }, accreditation, options)).toThrow(RangeError)
  expect(() => correctRate({ rate: 2, draws: [0.1] }, accreditation, options)).toThrow(RangeError)
  expect(() => correctRate(rate, accreditation, { seed: 1, draws: 0 })).toThrow(RangeError)
  expect(() => correctRate(rate, accreditation, { seed: 1, confidence: 1 })).toThrow(RangeError)
})
