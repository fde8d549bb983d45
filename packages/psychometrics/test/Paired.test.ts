import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  clusteredT,
  makeRandom,
  minimumDetectableEffect,
  pairedBootstrap,
  pairedDeltas,
  pairedDifference
} from "../src/index.ts"
import { holds, items } from "./Support.ts"

const first = [[1, 1, 0], [1], [0, 1], [1, 1]]
const second = [[0, 0], [1], [0, 0], [1, 0]]

describe("pairedDifference", () => {
  it("is Student's interval of the item differences", () => {
    const difference = pairedDifference(first, second)
    expect(pairedDeltas(first, second)).toEqual([2 / 3, 0, 0.5, 0.5])
    expect(difference.deltas).toEqual([2 / 3, 0, 0.5, 0.5])
    const { degreesOfFreedom, estimate, lower, standardError, upper } = clusteredT([[2 / 3], [0], [0.5], [0.5]])
    expect(difference).toMatchObject({ degreesOfFreedom, estimate, lower, standardError, upper })
    // (1.6449 + 0.8416) standard errors.
    expect(difference.minimumDetectableEffect).toBeCloseTo(2.486475 * standardError, 5)
  })

  it("changes sign when the arms are swapped", () => {
    holds(
      fc.property(items(2, 6), items(2, 6), (a, b) => {
        const count = Math.min(a.length, b.length)
        const forth = pairedDifference(a.slice(0, count), b.slice(0, count))
        const back = pairedDifference(b.slice(0, count), a.slice(0, count))
        expect(back.estimate).toBeCloseTo(-forth.estimate, 12)
        expect(back.lower).toBeCloseTo(-forth.upper, 12)
      })
    )
  })
})

describe("pairedBootstrap", () => {
  it("agrees with Student's interval on many items", () => {
    const random = makeRandom("paired")
    const arm = (rate: number) =>
      Array.from({ length: 200 }, () => Array.from({ length: 4 }, () => (random.uniform() < rate ? 1 : 0)))
    const a = arm(0.6)
    const b = arm(0.4)
    const student = pairedDifference(a, b)
    const bootstrap = pairedBootstrap(a, b, { seed: 1 })
    expect(bootstrap.estimate).toBeCloseTo(student.estimate, 12)
    expect(Math.abs(bootstrap.lower - student.lower)).toBeLessThan(0.005)
    expect(Math.abs(bootstrap.upper - student.upper)).toBeLessThan(0.005)
  })
})

describe("minimumDetectableEffect", () => {
  it("agrees with the same formula in SciPy 1.17.1", () => {
    const design = { items: 48, replicates: 4, effectDeviation: 0.2, withinVariance: 0.12 }
    expect(minimumDetectableEffect(design)).toBeCloseTo(0.11349153081489316, 12)
    const small = { items: 24, replicates: 1, effectDeviation: 0.2, withinVariance: 0.03 }
    expect(minimumDetectableEffect(small)).toBeCloseTo(0.16050126209290594, 12)
  })

  it("is found about 80 % of the time", () => {
    const random = makeRandom("power")
    // Yes or no at rates 0.5 + half and 0.5 - half in every item: the effect has no deviation, the noise variance 0.25.
    const design = { items: 100, replicates: 4, effectDeviation: 0, withinVariance: 0.25 }
    const half = minimumDetectableEffect(design) / 2
    const arm = (rate: number) =>
      Array.from({ length: 100 }, () => Array.from({ length: 4 }, () => (random.uniform() < rate ? 1 : 0)))
    let found = 0
    for (let run = 0; run < 500; run++) {
      if (pairedDifference(arm(0.5 + half), arm(0.5 - half)).lower > 0) found++
    }
    expect(Math.abs(found / 500 - 0.8)).toBeLessThan(0.06)
  })
})

it("refuses input out of range", () => {
  expect(() => pairedDifference([[1]], [[1], [2]])).toThrow("must have the same length, got 1 and 2")
  expect(() => pairedDifference([[1]], [[1]])).toThrow("at least two items")
  expect(() => pairedDeltas([[]], [[1]])).toThrow(RangeError)
  expect(() => pairedBootstrap([], [], { seed: 1 })).toThrow(RangeError)
  const design = { items: 48, replicates: 4, effectDeviation: 0.2, withinVariance: 0.12 }
  for (const wrong of [{ items: 0 }, { replicates: 1.5 }, { effectDeviation: -1 }, { withinVariance: Number.NaN }]) {
    expect(() => minimumDetectableEffect({ ...design, ...wrong })).toThrow(RangeError)
  }
  expect(() => minimumDetectableEffect({ ...design, power: 1 })).toThrow("power")
})
