import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { conventions, type Decision, decide } from "../src/index.ts"
import { holds } from "./Support.ts"

describe("decide", () => {
  it.each<[number, number, number, Decision]>([
    [0.025, 0.04, 0.06, "fail"],
    // FAIL is tested first, even where the upper bound would PASS.
    [0.021, 0.03, 0.04, "fail"],
    [0, 0.01, 0.049, "pass"],
    [0.02, 0.02, 0.049, "pass"],
    [0, 0.01, 0.05, "borderline"],
    // An estimate that would FAIL if it were exact cannot PASS.
    [0.019, 0.03, 0.049, "borderline"]
  ])("reads %d, %d, %d as %s", (lower, estimate, upper, decision) => {
    expect(decide({ lower, estimate, upper }, conventions.rate)).toBe(decision)
  })

  it("asks for a minimum effect where there is one", () => {
    const rule = { failAbove: 0, minimumEffect: 0.05, passBelow: 0.1 }
    expect(decide({ lower: 0.01, estimate: 0.04, upper: 0.07 }, rule)).toBe("pass")
    expect(decide({ lower: 0.01, estimate: 0.06, upper: 0.09 }, rule)).toBe("fail")
    expect(decide({ lower: -0.01, estimate: 0.06, upper: 0.09 }, rule)).toBe("borderline")
  })

  it("never turns a non-PASS into a PASS by widening, nor a non-FAIL into a FAIL", () => {
    const small = fc.double({ min: 0, max: 0.2, noNaN: true })
    const effect = fc.option(fc.double({ min: 0, max: 0.2, noNaN: true }), { nil: undefined })
    holds(
      fc.property(
        fc.double({ min: -0.1, max: 0.3, noNaN: true }),
        fc.tuple(small, small, small, small),
        fc.tuple(small, small, effect),
        (estimate, [below, above, moreBelow, moreAbove], [failAbove, passBelow, minimumEffect]) => {
          const rule = { failAbove, passBelow, ...(minimumEffect === undefined ? {} : { minimumEffect }) }
          const interval = { estimate, lower: estimate - below, upper: estimate + above }
          const wider = { estimate, lower: interval.lower - moreBelow, upper: interval.upper + moreAbove }
          const before = decide(interval, rule)
          const after = decide(wider, rule)
          if (before !== "pass") expect(after).not.toBe("pass")
          if (before !== "fail") expect(after).not.toBe("fail")
        }
      ),
      5000
    )
  })

  it("refuses bounds that do not enclose the estimate, and what is not a number", () => {
    expect(() => decide({ lower: 0.2, estimate: 0.1, upper: 0.3 }, conventions.rate)).toThrow(RangeError)
    expect(() => decide({ lower: 0, estimate: Number.NaN, upper: 1 }, conventions.rate)).toThrow(RangeError)
    expect(() => decide({ lower: 0, estimate: 0, upper: 1 }, { failAbove: Number.NaN, passBelow: 1 })).toThrow(
      RangeError
    )
    expect(() =>
      decide({ lower: 0, estimate: 0, upper: 1 }, { failAbove: 0, passBelow: 1, minimumEffect: -1 })
    ).toThrow(RangeError)
  })
})
