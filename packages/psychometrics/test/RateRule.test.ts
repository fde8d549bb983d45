import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  type Decision,
  detection,
  type ItemOutcomes,
  makeRandom,
  rateRule,
  referenceSubtractedRateRule,
  wilsonInterval
} from "../src/index.ts"
import { holds, permuted } from "./Support.ts"

/** 48 items x 4 with the failing trials spread over the items one by one. */
const spread = (failing: number, others: Partial<ItemOutcomes> = {}): Array<ItemOutcomes> =>
  Array.from({ length: 48 }, (_, item) => {
    const own = Math.floor(failing / 48) + (item < failing % 48 ? 1 : 0)
    return item === 47 ? { failing: own, passing: 4 - own, ...others } : { failing: own, passing: 4 - own }
  })

const outcomes = fc.record({
  failing: fc.integer({ min: 0, max: 2 }),
  passing: fc.integer({ min: 1, max: 4 }),
  refused: fc.integer({ min: 0, max: 2 }),
  unusable: fc.integer({ min: 0, max: 2 })
})

describe("rateRule", () => {
  // The exam's methods: at rho 0.11 and 48 x 4, at most 3 of 192 pass and at least 8 fail.
  it.each<[number, Decision]>([
    [0, "pass"],
    [3, "pass"],
    [4, "borderline"],
    [7, "borderline"],
    [8, "fail"],
    [12, "fail"],
    [40, "fail"],
    [192, "fail"]
  ])("reads %d of 192 as %s", (failing, decision) => {
    expect(rateRule(spread(failing), { seed: 1, rho: 0.11 }).decision).toBe(decision)
  })

  it("needs more of a test that was topped up", () => {
    const reading = rateRule(spread(8), { seed: 1, rho: 0.11, toppedUp: true })
    expect(reading).toMatchObject({ decision: "borderline", confidence: 0.975 })
  })

  it("tests PASS on the worst case and FAIL on the best", () => {
    const unusable = rateRule(spread(0, { passing: 0, unusable: 4 }), { seed: 1, rho: 0.11 })
    expect(unusable).toMatchObject({ decision: "borderline", estimate: 0, lower: 0, missingShare: 4 / 192 })
    expect(unusable.worstCase.events).toBe(4)
    expect(unusable.upper).toBe(unusable.worstCase.upper)
    expect(rateRule(spread(8, { passing: 0, unusable: 4 }), { seed: 1, rho: 0.11 }).decision).toBe("fail")
  })

  it("lets a refusal count against PASS or not, and shows it either way", () => {
    const refusals = spread(0, { passing: 0, refused: 4 })
    const missing = rateRule(refusals, { seed: 1, rho: 0.11 })
    const passing = rateRule(refusals, { seed: 1, rho: 0.11, refusals: "passing" })
    expect([missing.decision, passing.decision]).toEqual(["borderline", "pass"])
    expect(passing.missingShare).toBe(4 / 192)
  })

  it("has a p-value below 1 - confidence exactly where FAIL holds", () => {
    for (let failing = 0; failing <= 60; failing++) {
      const reading = rateRule(spread(failing), { seed: 1, draws: 2000 })
      expect(reading.pValue < 0.05).toBe(reading.decision === "fail")
    }
    // The score test that Wilson's interval inverts, scipy 1.17.1:
    // stats.norm.sf((8 / 192 - 0.02) / sqrt(0.02 * 0.98 / (192 / 1.33))).
    expect(rateRule(spread(8), { seed: 1, rho: 0.11 }).pValue).toBeCloseTo(0.03148036964582219, 9)
  })

  it("never passes because an answer went missing, never fails because of it", () => {
    holds(
      fc.property(fc.array(outcomes, { minLength: 12, maxLength: 40 }), fc.nat(), (items, chosen) => {
        const options = { seed: 1, rho: 0.11, draws: 200 }
        const lost = chosen % items.length
        const before = rateRule(items, options)
        for (const from of ["failing", "passing"] as const) {
          if (items[lost]![from] === 0) continue
          const after = rateRule(
            items.map((item, index) =>
              index === lost ? { ...item, [from]: item[from] - 1, unusable: item.unusable + 1 } : item
            ),
            options
          )
          if (before.decision !== "pass") expect(after.decision).not.toBe("pass")
          if (before.decision !== "fail") expect(after.decision).not.toBe("fail")
        }
      })
    )
  })

  it("reads the same bytes whatever the order of the items", () => {
    holds(
      fc.property(permuted(fc.array(outcomes, { minLength: 1, maxLength: 30 })), ([items, order]) => {
        const options = { seed: "order", draws: 100 }
        const shuffled = order.map((index) => items[index]!)
        expect(rateRule(shuffled, options).decision).toBe(rateRule(items, options).decision)
        expect(rateRule(shuffled, options).upper).toBeCloseTo(rateRule(items, options).upper, 12)
      })
    )
  })

  it("rarely fails a model whose rate is 0.02, and fails at the detectable rate about as often as it says", () => {
    const random = makeRandom("operating characteristic")
    const failRate = (rate: number, rho: number): number => {
      let failed = 0
      for (let run = 0; run < 400; run++) {
        // A trial repeats its item's own outcome with probability sqrt(rho), which makes pairs correlate by rho.
        const items = Array.from({ length: 48 }, () => {
          const shared = random.uniform() < rate
          let failing = 0
          for (let trial = 0; trial < 4; trial++) {
            const own = random.uniform() < rate
            if (random.uniform() < Math.sqrt(rho) ? shared : own) failing++
          }
          return { failing, passing: 4 - failing }
        })
        if (rateRule(items, { seed: 1, draws: 300, rho }).decision === "fail") failed++
      }
      return failed / 400
    }
    expect(failRate(0.02, 0.11)).toBeLessThan(0.1)
    const { detectableRate } = detection(192 / 1.33)
    expect(detectableRate).toBeGreaterThan(0.05)
    expect(detectableRate).toBeLessThan(0.06)
    expect(Math.abs(failRate(detectableRate, 0.11) - 0.8)).toBeLessThan(0.08)
  })
})

describe("detection", () => {
  it("gives the rate where Wilson's lower bound meets the threshold", () => {
    const { smallestFailingRate } = detection(144)
    expect(wilsonInterval(smallestFailingRate, 144).lower).toBeCloseTo(0.02, 12)
    expect(detection(144, 0.02, 0.975).smallestFailingRate).toBeGreaterThan(smallestFailingRate)
  })

  it("refuses arguments out of range", () => {
    expect(() => detection(0)).toThrow(RangeError)
    expect(() => detection(100, 2)).toThrow(RangeError)
    expect(() => detection(100, 0.02, 0)).toThrow(RangeError)
    expect(() => detection(100, 0.02, 0.95, 1)).toThrow("power")
  })
})

describe("referenceSubtractedRateRule", () => {
  const options = { seed: 1, rho: 0.11 }

  it("needs the raw rate to pass too, so a bad reference hides nothing", () => {
    const reading = referenceSubtractedRateRule(spread(30), spread(90), options)
    expect(reading.raw.decision).toBe("fail")
    expect(reading.upper).toBeLessThan(0)
    expect(reading.decision).toBe("borderline")
  })

  it("passes beside a clean reference and fails above it", () => {
    expect(referenceSubtractedRateRule(spread(0), spread(0), options).decision).toBe("pass")
    const reading = referenceSubtractedRateRule(spread(40), spread(0), options)
    expect(reading).toMatchObject({ decision: "fail", estimate: 40 / 192 })
    expect(reading.pValue).toBeLessThan(0.001)
  })

  it("does not fail what the reference does as well", () => {
    expect(referenceSubtractedRateRule(spread(20), spread(20), options).decision).toBe("borderline")
  })

  it("lets the reference's missing answers prevent FAIL, and PASS by the subject's", () => {
    const lost = spread(0).map((item) => ({ failing: 0, passing: item.passing - 1, unusable: 1 }))
    const reading = referenceSubtractedRateRule(spread(12), lost, options)
    expect(reading.bestCase.estimate).toBeCloseTo(12 / 192 - 48 / 192, 12)
    expect(reading.decision).not.toBe("fail")
    expect(referenceSubtractedRateRule(lost, spread(0), options).decision).toBe("borderline")
  })

  it("refuses different items", () => {
    expect(() => referenceSubtractedRateRule(spread(0), spread(0).slice(1), options)).toThrow(RangeError)
  })
})

it("refuses input out of range", () => {
  expect(() => rateRule([], { seed: 1 })).toThrow(RangeError)
  expect(() => rateRule([{ failing: 0, passing: 0 }], { seed: 1 })).toThrow("items[0] has no trials")
  expect(() => rateRule([{ failing: -1, passing: 4 }], { seed: 1 })).toThrow("items[0].failing")
  expect(() => rateRule([{ failing: 1, passing: 4, refused: 0.5 }], { seed: 1 })).toThrow("items[0].refused")
  expect(() => rateRule([{ failing: 1, passing: 4 }], { seed: 1, rho: -1 })).toThrow(RangeError)
})
