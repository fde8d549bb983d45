import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { holm } from "../src/index.ts"
import { holds, permuted, probability } from "./Support.ts"

/** Holm (1979) as he states it: step down the sorted values until one exceeds alpha / (number left). */
const stepDown = (pValues: ReadonlyArray<number>, alpha: number): Array<boolean> => {
  const order = [...pValues.keys()].sort((a, b) => pValues[a]! - pValues[b]!)
  const rejected = pValues.map(() => false)
  for (const [position, hypothesis] of order.entries()) {
    if (pValues[hypothesis]! > alpha / (pValues.length - position)) break
    rejected[hypothesis] = true
  }
  return rejected
}

describe("holm", () => {
  it("gives the values of R's p.adjust(c(0.01, 0.04, 0.03, 0.005), 'holm')", () => {
    const { adjusted, rejected } = holm([0.01, 0.04, 0.03, 0.005])
    ;[0.03, 0.06, 0.06, 0.02].forEach((expected, hypothesis) => {
      expect(adjusted[hypothesis]).toBeCloseTo(expected, 12)
    })
    expect(rejected).toEqual([true, false, false, true])
  })

  it("decides as the step-down procedure does", () => {
    holds(
      fc.property(
        fc.array(fc.double({ min: 0, max: 0.1, noNaN: true }), { minLength: 1, maxLength: 12 }),
        (pValues) => {
          expect(holm(pValues).rejected).toEqual(stepDown(pValues, 0.05))
        }
      ),
      1000
    )
  })

  it("never lowers a p-value, keeps their order and does not depend on it", () => {
    holds(
      fc.property(permuted(fc.array(probability, { minLength: 1, maxLength: 12 })), ([pValues, order]) => {
        const { adjusted } = holm(pValues)
        pValues.forEach((p, a) => {
          expect(adjusted[a]).toBeGreaterThanOrEqual(p)
          expect(adjusted[a]).toBeLessThanOrEqual(1)
          pValues.forEach((q, b) => {
            if (p < q) expect(adjusted[a]).toBeLessThanOrEqual(adjusted[b]!)
          })
        })
        expect(holm(order.map((index) => pValues[index]!)).adjusted).toEqual(order.map((index) => adjusted[index]))
      })
    )
  })

  it("refuses what is not a p-value", () => {
    expect(() => holm([])).toThrow(RangeError)
    expect(() => holm([0.1, 1.1])).toThrow("pValues[1]")
    expect(() => holm([Number.NaN])).toThrow(RangeError)
    expect(() => holm([0.1], 2)).toThrow("alpha")
  })
})
