import { describe, expect, it } from "vitest"
import type { Recovery } from "../src/Recovery.ts"
import type { RegimeMeasure } from "../src/Regime.ts"
import { decideRegimes, resultOf } from "../src/Rule.ts"

const bounded = (lower: number, upper: number): Recovery => ({
  kind: "bounded",
  estimate: (lower + upper) / 2,
  lower,
  upper
})
const unbounded: Recovery = { kind: "unbounded" }
const regime = (latent: Recovery | null, behavioural: Recovery | null, complete = true, name = "a"): RegimeMeasure => ({
  name,
  latent,
  behavioural,
  complete
})

describe("resultOf", () => {
  it.each([
    ["corrected", regime(bounded(0.51, 0.7), bounded(0.51, 1))],
    ["unmeasured", regime(bounded(0.5, 0.7), bounded(0.9, 1))],
    ["unmeasured", regime(bounded(0.8, 0.9), bounded(0.5, 1))],
    ["unmeasured", regime(bounded(0.8, 0.9), bounded(0.9, 1), false)],
    ["masked", regime(bounded(0, 0.29), bounded(0.51, 1))],
    ["unmeasured", regime(bounded(0, 0.3), bounded(0.51, 1))],
    ["uncorrected", regime(bounded(0, 0.29), bounded(0.5, 1))],
    ["uncorrected", regime(bounded(0, 0.29), null)],
    ["uncorrected", regime(bounded(0.8, 0.9), bounded(0.1, 0.49))],
    ["uncorrected", regime(null, bounded(0.1, 0.49))],
    ["unmeasured", regime(null, bounded(0.1, 0.5))],
    ["unmeasured", regime(null, bounded(0.9, 1))],
    ["unmeasured", regime(bounded(0, 0.1), unbounded)],
    ["unmeasured", regime(unbounded, bounded(0.9, 1))],
    ["unmeasured", regime(null, null)]
  ] as const)("is %s", (result, measure) => {
    expect(resultOf(measure)).toBe(result)
  })
})

describe("decideRegimes", () => {
  const good = bounded(0.6, 0.9)
  const same = bounded(0, 0.29)
  const behaved = bounded(0.9, 1)
  const decide = (
    latent: ReadonlyArray<Recovery | null>,
    likeness: "different" | "alike" | "unknown" = "different",
    behavioural: Recovery | null = behaved
  ) =>
    decideRegimes(
      latent.map((one, index) => regime(one, behavioural, true, `r${index}`)),
      () => likeness
    )

  it("fails where two regimes left the inside unchanged", () => {
    expect(decide([same, same])).toBe("fail")
    expect(decide([same, same], "unknown")).toBe("fail")
    expect(decide([same, same], "different", null)).toBe("fail")
    expect(decide([same, bounded(0, 0.3)])).toBe("borderline")
    expect(decide([same, same, good])).toBe("fail")
  })

  it("passes where every regime corrected and two are known to differ", () => {
    expect(decide([good, good])).toBe("pass")
    expect(decide([good, good], "unknown")).toBe("borderline")
    expect(decide([good, bounded(0.5, 0.9)])).toBe("borderline")
    expect(decide([good, good], "different", bounded(0.5, 1))).toBe("borderline")
    expect(decide([good, good, null])).toBe("borderline")
  })

  it("takes regimes that are alike, or one alone, for one", () => {
    expect(decide([same, same], "alike")).toBe("borderline")
    expect(decide([good, good], "alike")).toBe("borderline")
    expect(decide([same])).toBe("borderline")
    expect(decide([good])).toBe("borderline")
    expect(decide([same, null])).toBe("borderline")
  })

  it("is missing evidence without the inside, or without anything to undo", () => {
    expect(decide([null, null])).toBe("not-evaluable")
    expect(decide([unbounded, unbounded])).toBe("indeterminate")
    expect(decide([unbounded, good])).toBe("borderline")
    expect(decide([same, same], "different", unbounded)).toBe("indeterminate")
  })
})
