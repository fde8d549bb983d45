import { drawProportion, makeRandom, quantile, wilsonInterval } from "@model-intake/psychometrics"
import { describe, expect, it } from "vitest"
import { accuracyOf, correctedBounds } from "../src/index.ts"
import { accreditation } from "./support/Rows.ts"

const field = "constraintKept"
const draws = 3000
/** How far the corner may lie inside the quantiles of the draws; what the simulation's own noise adds is in it. */
const slack = 0.006

const accuracyWith = (sensitivity: number, specificity: number, labelled: number) => {
  const accredited = {
    ...accreditation(field, sensitivity, specificity, labelled),
    positives: labelled,
    negatives: labelled
  }
  return accuracyOf([{ field, rater: "r", accreditation: accredited }], [{ field }], 0.95)!
}

/** One-sided 5 % and 95 % quantiles of the corrected rate, the rate and both errors drawn together. */
const drawn = (failing: number, n: number, accuracy: ReturnType<typeof accuracyWith>, seed: string) => {
  const random = makeRandom(seed)
  const rates = Array.from({ length: draws }, () => {
    const { sensitivityLow, specificityLow } = accuracy.draw(random)
    const rate = drawProportion(failing, n, random.uniform())
    const youden = sensitivityLow + specificityLow - 1
    return youden <= 0 ? 0 : Math.min(1, Math.max(0, (rate + specificityLow - 1) / youden))
  })
  return { lower: quantile(rates, 0.05), upper: quantile(rates, 0.95) }
}

describe("bounds combined at their unfavourable ends", () => {
  const cases = [30, 192].flatMap((n) =>
    [0, 0.03, 0.1, 0.5].flatMap((rate) =>
      [
        [0.6, 1, 1000],
        [0.8, 0.9, 50],
        [0.9, 0.98, 200],
        [1, 1, 1000]
      ].map(([sensitivity, specificity, labelled]) => ({
        n,
        failing: Math.round(rate * n),
        sensitivity: sensitivity!,
        specificity: specificity!,
        labelled: labelled!
      }))
    )
  )

  it.each(cases)("hold $failing of $n at $sensitivity, $specificity on $labelled", (one) => {
    const { failing, labelled, n, sensitivity, specificity } = one
    const accuracy = accuracyWith(sensitivity, specificity, labelled)
    const rate = failing / n
    const bounds = correctedBounds(wilsonInterval(rate, n, 0.95), accuracy)
    const both = drawn(failing, n, accuracy, JSON.stringify(one))
    expect(bounds.lower).toBeLessThanOrEqual(both.lower + slack)
    expect(bounds.upper).toBeGreaterThanOrEqual(both.upper - slack)
  })

  it("are clearly wider than the draws where all three are uncertain", () => {
    const accuracy = accuracyWith(0.8, 0.9, 50)
    const bounds = correctedBounds(wilsonInterval(0.3, 60, 0.95), accuracy)
    const both = drawn(18, 60, accuracy, "wide")
    expect(bounds.upper - bounds.lower).toBeGreaterThan(1.1 * (both.upper - both.lower))
  })
})
