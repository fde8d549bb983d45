import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { brierScore, expectedCalibrationError, reliabilityTable } from "../src/index.ts"
import { holds, probability } from "./Support.ts"

const predictions = [0.9, 0.8, 0.7, 0.6, 0.55, 0.45, 0.3, 0.25, 0.2, 0.1]
const outcomes = [1, 1, 0, 1, 0, 1, 0, 0, 1, 0]

describe("brierScore", () => {
  it("agrees with scikit-learn 1.9.1, brier_score_loss", () => {
    expect(brierScore(predictions, outcomes)).toBeCloseTo(0.21075, 12)
  })

  it("takes a posterior as outcome", () => {
    expect(brierScore([0.5, 0.2], [0.25, 0.2])).toBeCloseTo(0.03125, 12)
  })
})

describe("reliabilityTable", () => {
  it("agrees with scikit-learn 1.9.1, calibration_curve(n_bins=5, strategy='quantile')", () => {
    const table = reliabilityTable(predictions, outcomes, 5)
    expect(table.map((bin) => bin.meanOutcome)).toEqual([0.5, 0, 0.5, 0.5, 1])
    ;[0.15, 0.275, 0.5, 0.65, 0.85].forEach((expected, bin) => {
      expect(table[bin]!.meanPrediction).toBeCloseTo(expected, 12)
    })
    expect(table[0]).toMatchObject({ count: 2, lowest: 0.1, highest: 0.2 })
  })

  it("keeps equal predictions together", () => {
    const table = reliabilityTable([0.3, 0.3, 0.3, 0.3, 0.9], [1, 0, 0, 0, 1], 5)
    expect(table.map((bin) => bin.count)).toEqual([4, 1])
  })
})

describe("expectedCalibrationError", () => {
  it("agrees with np.array_split of the sorted predictions, NumPy 2.4.6", () => {
    expect(expectedCalibrationError(predictions, outcomes, 5)).toBeCloseTo(0.185, 12)
  })

  it("is 0 for perfect forecasts, at most the mean error, and the same in any order", () => {
    const forecasts = fc.array(fc.tuple(probability, probability), { minLength: 1, maxLength: 40 })
    holds(
      fc.property(forecasts, fc.integer({ min: 1, max: 12 }), (rows, bins) => {
        const p = rows.map(([prediction]) => prediction)
        const o = rows.map(([, outcome]) => outcome)
        const error = expectedCalibrationError(p, o, bins)
        expect(expectedCalibrationError(p, p, bins)).toBeCloseTo(0, 12)
        const meanError = rows.reduce((total, [a, b]) => total + Math.abs(a - b), 0) / rows.length
        expect(error).toBeLessThanOrEqual(meanError + 1e-12)
        expect(expectedCalibrationError(p.toReversed(), o.toReversed(), bins)).toBeCloseTo(error, 9)
      })
    )
  })
})

it("refuses input out of range", () => {
  expect(() => brierScore([], [])).toThrow(RangeError)
  expect(() => brierScore([0.5], [0.5, 1])).toThrow("must have the same length")
  expect(() => brierScore([1.5], [1])).toThrow(RangeError)
  expect(() => brierScore([0.5], [Number.NaN])).toThrow(RangeError)
  expect(() => expectedCalibrationError([0.5], [1], 0)).toThrow(RangeError)
  expect(() => reliabilityTable([0.5], [2])).toThrow(RangeError)
})
