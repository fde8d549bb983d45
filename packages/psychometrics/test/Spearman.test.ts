import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { spearman } from "../src/index.ts"
import { holds } from "./Support.ts"

describe("spearman", () => {
  it("agrees with SciPy 1.17.1, spearmanr, without and with ties", () => {
    const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    expect(spearman(iq, hours)).toBeCloseTo(-0.17575757575757575, 12)
    expect(spearman([1, 2, 2, 3, 3, 3, 4], [2, 1, 3, 3, 5, 4, 4])).toBeCloseTo(0.7526882347921222, 12)
  })

  it("sees order only, and both sides alike", () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 })), { minLength: 2 })
    holds(
      fc.property(pairs, (rows) => {
        const a = rows.map(([first]) => first)
        const b = rows.map(([, second]) => second)
        const rho = spearman(a, b)
        const cubed = spearman(
          b.map((value) => value ** 3),
          a
        )
        const negated = spearman(
          a,
          b.map((value) => -value)
        )
        if (rho === null) {
          expect(cubed).toBeNull()
          expect(negated).toBeNull()
        } else {
          expect(cubed).toBeCloseTo(rho, 9)
          expect(negated).toBeCloseTo(-rho, 9)
          expect(Math.abs(rho)).toBeLessThanOrEqual(1)
        }
      })
    )
  })

  it("is null without variation and refuses what cannot be ranked", () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull()
    expect(() => spearman([1], [1])).toThrow("at least two pairs")
    expect(() => spearman([1, 2], [1])).toThrow(RangeError)
    expect(() => spearman([1, Number.NaN], [1, 2])).toThrow(RangeError)
    expect(() => spearman([], [])).toThrow(RangeError)
  })
})
