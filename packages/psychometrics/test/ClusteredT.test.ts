import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { clusteredT, tInterval, tPValue } from "../src/index.ts"
import { holds, items } from "./Support.ts"

const sample = [[1, 2, 3], [4, 4], [0, 1, 1, 2], [7], [3, 5]]

describe("clusteredT", () => {
  it("agrees with SciPy on the item means", () => {
    // scipy 1.17.1: stats.t.interval(0.9, 4, loc=mean, scale=sem) and stats.ttest_1samp of the item means.
    const interval = clusteredT(sample)
    expect(interval.estimate).toBeCloseTo(3.6, 12)
    expect(interval.standardError).toBeCloseTo(1.0295630140987, 12)
    expect(interval.degreesOfFreedom).toBe(4)
    expect(interval.lower).toBeCloseTo(1.4051293970729062, 9)
    expect(interval.upper).toBeCloseTo(5.794870602927093, 9)
    expect(tPValue(interval, 1, "greater")).toBeCloseTo(0.0324929551710603, 9)
    expect(tPValue(interval, 4, "less")).toBeCloseTo(0.3587141799572441, 9)
  })

  it("does not narrow when replicates are repeated", () => {
    holds(
      fc.property(items(2), (values) => {
        const repeated = values.map((replicates) => [...replicates, ...replicates])
        expect(clusteredT(repeated).standardError).toBeCloseTo(clusteredT(values).standardError, 9)
      })
    )
  })
})

describe("tPValue", () => {
  it("falls below 1 - confidence exactly where the bound passes the null value", () => {
    holds(
      fc.property(items(3), fc.integer({ min: -3, max: 8 }), (values, tenths) => {
        const interval = clusteredT(values)
        const nullValue = tenths / 1.7
        expect(tPValue(interval, nullValue, "greater") < 0.05).toBe(interval.lower > nullValue)
        expect(tPValue(interval, nullValue, "less") < 0.05).toBe(interval.upper < nullValue)
      })
    )
  })

  it("is 0 or 1 without any spread", () => {
    const constant = tInterval([2, 2, 2])
    expect(constant).toMatchObject({ lower: 2, upper: 2, standardError: 0 })
    expect(tPValue(constant, 1, "greater")).toBe(0)
    expect(tPValue(constant, 2, "greater")).toBe(1)
    expect(tPValue(constant, 1, "less")).toBe(1)
  })
})

it("refuses input out of range", () => {
  expect(() => clusteredT([])).toThrow(RangeError)
  expect(() => clusteredT([[1, 2, 3]])).toThrow("at least two items")
  expect(() => clusteredT([[1], []])).toThrow(RangeError)
  expect(() => tInterval([1, Number.POSITIVE_INFINITY])).toThrow(RangeError)
  expect(() => tInterval([1, 2], 0.4)).toThrow(RangeError)
  expect(() => tPValue(tInterval([1, 2]), Number.NaN, "less")).toThrow(RangeError)
})
