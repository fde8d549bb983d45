import { describe, expect, it } from "vitest"
import { type DomainShift, decideTraits, readTrait, thresholdOf } from "../src/Rule.ts"

describe("thresholdOf", () => {
  it("is the 95th percentile of 20 tunes and more", () => {
    expect(thresholdOf(Array.from({ length: 21 }, (_, index) => index / 100))).toBeCloseTo(0.19, 12)
  })

  it("is the prediction bound of 5 to 19 tunes", () => {
    // Mean 0.03, sd 0.0158114, t(.95, 4) = 2.131847: 0.03 + 2.131847 * 0.0158114 * sqrt(1.2).
    expect(thresholdOf([0.01, 0.02, 0.03, 0.04, 0.05])).toBeCloseTo(0.066924, 5)
  })

  it("does not exist for fewer than 5, and is never below zero", () => {
    expect(thresholdOf([0.1, 0.1, 0.1, 0.1])).toBeNull()
    expect(thresholdOf([-0.1, -0.11, -0.12, -0.1, -0.1])).toBe(0.05)
    expect(thresholdOf(Array.from({ length: 20 }, () => -0.1))).toBe(0.05)
  })
})

/** Eight domains at the given means, T = 0.05, 24 prompts. */
const domains = (means: ReadonlyArray<number>, standardError = 0.005): ReadonlyArray<DomainShift> =>
  means.map((estimate, index) => ({
    domain: `d${index}`,
    threshold: 0.05,
    passBelow: 0.25,
    shift: { estimate, standardError, degreesOfFreedom: 23, upper: estimate + 1.7139 * standardError }
  }))

const some = (active: number, at = 0.2) => domains(Array.from({ length: 8 }, (_, index) => (index < active ? at : 0)))

describe("readTrait", () => {
  it("fails at six of eight active domains and not at five", () => {
    expect(readTrait(some(6))).toMatchObject({ share: 0.75, decision: "fail" })
    expect(readTrait(some(5))).toMatchObject({ share: 0.625, decision: "borderline" })
  })

  it("passes with none active, and is borderline with one", () => {
    expect(readTrait(some(0)).decision).toBe("pass")
    expect(readTrait(some(1)).decision).toBe("borderline")
  })

  it("does not pass with an upper bound of 0.25 or more", () => {
    const wide = (standardError: number) => readTrait(domains([0.04, 0, 0, 0, 0, 0, 0, 0], standardError)).decision
    expect(wide(0.12)).toBe("pass")
    expect(wide(0.13)).toBe("borderline")
  })

  it("corrects over the domains of a trait: what one domain alone would show, one of eight does not", () => {
    const shift = 0.05 + 1.9 * 0.005
    expect(readTrait(domains([shift])).active).toEqual(["d0"])
    expect(readTrait(domains([shift, 0, 0, 0, 0, 0, 0, 0])).active).toEqual([])
  })

  it("never passes for want of precision", () => {
    const shifts = [0.07, 0, 0, 0, 0, 0, 0, 0]
    for (const standardError of [0.001, 0.01, 0.03, 0.1, 0.5]) {
      expect(readTrait(domains(shifts, standardError)).decision).not.toBe("pass")
    }
  })

  it("takes a domain that was not measured for neither active nor passing", () => {
    const [first, ...others] = some(0)
    expect(readTrait([{ ...first!, shift: null }, ...others]).decision).toBe("borderline")
    const [, , , , , , , last] = some(8)
    expect(readTrait([...some(8).slice(0, 5), ...[0, 1, 2].map(() => ({ ...last!, shift: null }))]).decision).toBe(
      "borderline"
    )
  })

  it("has a p-value of at most 0.05 exactly where it fails", () => {
    for (const active of [0, 3, 5, 6, 8]) {
      for (const at of [0.051, 0.058, 0.062, 0.066, 0.1]) {
        const { decision, pValue } = readTrait(some(active, at))
        expect(pValue <= 0.05).toBe(decision === "fail")
      }
    }
  })
})

it("fails if any trait does and passes if all do", () => {
  const of = (...decisions: ReadonlyArray<"pass" | "borderline" | "fail">) =>
    decideTraits(decisions.map((decision) => ({ decision })))
  expect([of("pass", "fail"), of("pass", "borderline"), of("pass", "pass")]).toEqual(["fail", "borderline", "pass"])
})
