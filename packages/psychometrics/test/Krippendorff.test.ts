import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  krippendorff,
  krippendorffInterval,
  krippendorffNominal,
  krippendorffOrdinal,
  masiDistance
} from "../src/index.ts"
import { holds } from "./Support.ts"

const _ = null

// Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C: four observers, twelve units.
const fourObservers = [
  [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
  [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
  [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
  [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _]
]

// Three coders, fifteen units, from the encyclopaedia article on the coefficient: nominal 0.691, interval 0.811.
const threeCoders = [
  [_, _, _, _, _, 3, 4, 1, 2, 1, 1, 3, 3, _, 3],
  [1, _, 2, 1, 3, 3, 4, 3, _, _, _, _, _, _, _],
  [_, _, 2, 1, 3, 4, 4, _, 2, 1, 1, 3, 3, _, 4]
]

describe("Krippendorff's alpha", () => {
  it("gives the published values for four observers with missing ratings", () => {
    expect(krippendorffNominal(fourObservers).alpha).toBeCloseTo(0.743, 3)
    expect(krippendorffOrdinal(fourObservers).alpha).toBeCloseTo(0.815, 3)
    expect(krippendorffInterval(fourObservers).alpha).toBeCloseTo(0.849, 3)
    expect(krippendorffNominal(fourObservers)).toMatchObject({ units: 11, values: 40 })
  })

  it("gives the published values for three coders who rated few units in common", () => {
    expect(krippendorffNominal(threeCoders).alpha).toBeCloseTo(0.691, 3)
    expect(krippendorffInterval(threeCoders).alpha).toBeCloseTo(0.811, 3)
  })

  it("gives the published values for two observers, binary (0.095) and nominal (0.692)", () => {
    // Examples A and B of the same paper.
    const binary = [
      [0, 1, 0, 0, 0, 0, 0, 0, 1, 0],
      [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    ]
    expect(krippendorffNominal(binary).alpha).toBeCloseTo(0.095, 3)
    const categories = [..."aabbdcccedda"]
    const others = [..."babbbcccEddd".toLowerCase()]
    expect(krippendorffNominal([categories, others]).alpha).toBeCloseTo(0.692, 3)
  })

  it("is null without variation, 1 in full agreement and negative in systematic disagreement", () => {
    expect(
      krippendorffNominal([
        ["a", "a"],
        ["a", "a"]
      ]).alpha
    ).toBeNull()
    expect(
      krippendorffInterval([
        [1, 2, 3],
        [1, 2, 3]
      ]).alpha
    ).toBe(1)
    expect(
      krippendorffNominal([
        [0, 1, 0, 1],
        [1, 0, 1, 0]
      ]).alpha
    ).toBeLessThan(0)
  })

  it("has one value for two categories, does not depend on raters' or units' order, names or scale", () => {
    const table = fc.tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 8 })).chain(([raters, units]) =>
      fc.array(fc.array(fc.constantFrom(0, 1, 2, 5, _), { minLength: units, maxLength: units }), {
        minLength: raters,
        maxLength: raters
      })
    )
    holds(
      fc.property(table, (ratings) => {
        const pairable = ratings[0]!.some((_, unit) => ratings.filter((row) => row[unit] !== null).length >= 2)
        fc.pre(pairable)
        const close = (a: number | null, b: number | null) =>
          a === null ? expect(b).toBeNull() : expect(b).toBeCloseTo(a, 9)
        const turned = ratings.map((row) => row.toReversed()).toReversed()
        close(krippendorffNominal(ratings).alpha, krippendorffNominal(turned).alpha)
        close(krippendorffOrdinal(ratings).alpha, krippendorffOrdinal(turned).alpha)
        const named = ratings.map((row) => row.map((value) => (value === null ? null : `code ${value}`)))
        close(krippendorffNominal(ratings).alpha, krippendorffNominal(named).alpha)
        const cubed = ratings.map((row) => row.map((value) => (value === null ? null : value ** 3)))
        close(krippendorffOrdinal(ratings).alpha, krippendorffOrdinal(cubed).alpha)
        const scaled = ratings.map((row) => row.map((value) => (value === null ? null : 4 - 3 * value)))
        close(krippendorffInterval(ratings).alpha, krippendorffInterval(scaled).alpha)
        const binary = ratings.map((row) => row.map((value) => (value === null ? null : Math.min(1, value))))
        close(krippendorffNominal(binary).alpha, krippendorffOrdinal(binary).alpha)
        close(krippendorffNominal(binary).alpha, krippendorffInterval(binary).alpha)
      })
    )
  })

  it("takes any distance: with that of a category or a number it is the coefficient of that name", () => {
    const nominal = krippendorff(fourObservers, (a, b) => (a === b ? 0 : 1))
    expect(nominal).toEqual(krippendorffNominal(fourObservers))
    expect(krippendorff(fourObservers, (a, b) => (a - b) ** 2)).toEqual(krippendorffInterval(fourObservers))
  })

  it("weighs sets by what they share", () => {
    const set = (...values: ReadonlyArray<string>) => new Set(values)
    expect(masiDistance(set("a", "b"), set("b", "a"))).toBe(0)
    expect(masiDistance(set(), set())).toBe(0)
    expect(masiDistance(set("a"), set("b"))).toBe(1)
    expect(masiDistance(set("a"), set())).toBe(1)
    expect(masiDistance(set("a"), set("a", "b"))).toBeCloseTo(1 - (1 / 2) * (2 / 3), 12)
    expect(masiDistance(set("a", "b"), set("b", "c"))).toBeCloseTo(1 - (1 / 3) * (1 / 3), 12)
  })

  it("refuses tables that show no agreement either way", () => {
    expect(() => krippendorffNominal([])).toThrow(RangeError)
    expect(() => krippendorffNominal([[1, 2], [1]])).toThrow("ratings[1] has 1 units, the first row has 2")
    expect(() =>
      krippendorffNominal([
        [1, _],
        [_, 2]
      ])
    ).toThrow("no unit has two ratings")
    for (const alpha of [krippendorffNominal, krippendorffOrdinal, krippendorffInterval]) {
      expect(() =>
        alpha([
          [1, Number.NaN],
          [1, 2]
        ])
      ).toThrow("ratings[0][1]")
    }
  })
})
