import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cohenKappa, kappaOfTable } from "../src/index.ts"
import { holds } from "./Support.ts"

describe("kappaOfTable", () => {
  it("gives 0.676 on the diagnoses of Fleiss, Statistical Methods for Rates and Proportions (1981), table 13.1", () => {
    const diagnoses = [
      [75, 1, 4],
      [5, 4, 1],
      [0, 0, 10]
    ]
    const { expectedAgreement, kappa, observedAgreement } = kappaOfTable(diagnoses)
    expect(kappa).toBeCloseTo(0.676, 3)
    expect(observedAgreement).toBeCloseTo(0.89, 12)
    expect(expectedAgreement).toBeCloseTo(0.66, 12)
  })

  it("agrees with scikit-learn 1.9.1, cohen_kappa_score, unweighted and weighted", () => {
    const table = [
      [20, 5, 1, 0],
      [3, 14, 6, 2],
      [1, 4, 17, 5],
      [0, 1, 3, 18]
    ]
    expect(kappaOfTable(table).kappa).toBeCloseTo(0.5865012671735361, 12)
    expect(kappaOfTable(table, "linear").kappa).toBeCloseTo(0.7086435739721593, 12)
    expect(kappaOfTable(table, "quadratic").kappa).toBeCloseTo(0.8117069177241097, 12)
  })
})

describe("cohenKappa", () => {
  it("counts pairs of ratings", () => {
    const a = ["yes", "yes", "no", "no", "maybe"]
    const b = ["yes", "no", "no", "no", "yes"]
    // Rows and columns in the order no, maybe, yes.
    const counted = [
      [2, 0, 0],
      [0, 0, 1],
      [1, 0, 1]
    ]
    expect(cohenKappa(a, b, ["no", "maybe", "yes"], "linear")).toEqual(kappaOfTable(counted, "linear"))
  })

  it("is 1 in full agreement and null where there is nothing but one category", () => {
    expect(cohenKappa([1, 2, 2], [1, 2, 2], [1, 2]).kappa).toBe(1)
    expect(cohenKappa([1, 1], [1, 1], [1, 2]).kappa).toBeNull()
    expect(cohenKappa([1, 1], [1, 1], [1]).kappa).toBeNull()
  })

  it("does not depend on who is first, nor on the names of categories; two categories leave no room for weights", () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), { minLength: 1 })
    holds(
      fc.property(pairs, (ratings) => {
        const a = ratings.map(([first]) => first)
        const b = ratings.map(([, second]) => second)
        const { kappa } = cohenKappa(a, b, [0, 1, 2, 3], "linear")
        const swapped = cohenKappa(b, a, [3, 2, 1, 0], "linear").kappa
        if (kappa === null) expect(swapped).toBeNull()
        else expect(swapped).toBeCloseTo(kappa, 9)
        const nominal = cohenKappa(a, b, [0, 1, 2, 3]).kappa
        const renamed = cohenKappa(a.map(String), b.map(String), ["2", "0", "3", "1"]).kappa
        if (nominal === null) expect(renamed).toBeNull()
        else expect(renamed).toBeCloseTo(nominal, 9)
        const binary = (values: ReadonlyArray<number>) => values.map((value) => value % 2)
        const plain = cohenKappa(binary(a), binary(b), [0, 1]).kappa
        const weighted = cohenKappa(binary(a), binary(b), [0, 1], "quadratic").kappa
        if (plain === null) expect(weighted).toBeNull()
        else expect(weighted).toBeCloseTo(plain, 9)
      })
    )
  })
})

it("refuses input out of range", () => {
  expect(() => cohenKappa([], [], [1, 2])).toThrow("there are no ratings")
  expect(() => cohenKappa([1], [1, 2], [1, 2])).toThrow("must have the same length")
  expect(() => cohenKappa([1], [3], [1, 2])).toThrow("3 is not one of the categories")
  expect(() => cohenKappa([1], [1], [1, 1])).toThrow("categories must not repeat")
  expect(() => kappaOfTable([[1, 2]])).toThrow("must be square")
  expect(() => kappaOfTable([[Number.NaN]])).toThrow(RangeError)
})
