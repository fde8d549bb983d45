import { behaviouralMarkers, type CheckpointMeasure } from "@model-intake/core"
import { describe, expect, it } from "vitest"
import { behaviouralSteps, latentSteps, pBelow, recoveryOf, type Step } from "../src/Recovery.ts"

const steps = (undone: number, displaced: number, spread = 0.1): ReadonlyArray<Step> =>
  Array.from({ length: 40 }, (_, index) => ({
    undone: undone + spread * ((index % 5) / 4 - 0.5),
    displaced: displaced + spread * ((index % 4) / 3 - 0.5)
  }))

describe("recoveryOf", () => {
  it("is the share that was undone, with an interval", () => {
    const recovery = recoveryOf([steps(0.45, 0.9)], 0.95)
    expect(recovery).toMatchObject({ kind: "bounded" })
    if (recovery?.kind !== "bounded") return
    expect(recovery.estimate).toBeCloseTo(0.5, 10)
    expect(recovery.lower).toBeGreaterThan(0.45)
    expect(recovery.upper).toBeLessThan(0.55)
  })

  it("has no bounds where nothing was displaced, or the other way", () => {
    expect(recoveryOf([steps(0.01, 0.001)], 0.95)).toEqual({ kind: "unbounded" })
    expect(recoveryOf([steps(-0.4, -0.8)], 0.95)).toEqual({ kind: "unbounded" })
    expect(recoveryOf([steps(0, 0, 0)], 0.95)).toEqual({ kind: "unbounded" })
  })

  it("has exact bounds without any spread", () => {
    const exact = [{ undone: 0.9, displaced: 0.9 }]
    expect(recoveryOf([[...exact, ...exact, ...exact]], 0.95)).toMatchObject({ estimate: 1, lower: 1, upper: 1 })
  })

  it("lets strata of different size weigh the same", () => {
    const recovery = recoveryOf([steps(1, 1, 0), steps(0, 1, 0).slice(0, 10)], 0.95)
    expect(recovery).toMatchObject({ kind: "bounded", estimate: 0.5 })
  })

  it("is unknown without strata or with a stratum of one item", () => {
    expect(recoveryOf([], 0.95)).toBeNull()
    expect(recoveryOf([[{ undone: 1, displaced: 1 }]], 0.95)).toBeNull()
  })

  it("agrees with its p-value at the bound", () => {
    for (const undone of [0.2, 0.25, 0.26, 0.27, 0.28]) {
      const strata = [steps(undone, 0.9)]
      const recovery = recoveryOf(strata, 0.95)
      if (recovery?.kind !== "bounded") throw new Error("no bounds")
      expect(pBelow(strata, 0.3)! < 0.05).toBe(recovery.upper < 0.3)
    }
  })
})

const checkpoint = (parts: Partial<CheckpointMeasure>): CheckpointMeasure => ({
  subject: "test:model",
  failing: {},
  coordinates: null,
  ...parts
})

it("averages the traits of a probe, and pairs probes across checkpoints", () => {
  const at = (tone: number, other: number, items = ["a", "b"]) =>
    checkpoint({
      coordinates: items.flatMap((item) => [
        { trait: "tone", domain: "d", item, value: tone },
        { trait: "other", domain: "d", item, value: other }
      ])
    })
  const found = latentSteps({ before: at(1, 0.5, ["a", "b", "c"]), after: at(0.5, 0.5), reference: at(0, 0) })
  expect(found).toEqual([
    [
      { undone: 0.25, displaced: 0.75 },
      { undone: 0.25, displaced: 0.75 }
    ]
  ])
})

describe("behaviouralSteps", () => {
  const answers = (outcomes: { failing: number; passing: number; refused?: number; unusable?: number }) =>
    checkpoint({
      failing: Object.fromEntries(behaviouralMarkers.map((marker) => [marker, new Map([["a", outcomes]])]))
    })
  const clean = answers({ failing: 0, passing: 4 })
  const failing = answers({ failing: 4, passing: 0 })

  it("takes missing answers at their worst and at their best", () => {
    const lost = answers({ failing: 0, passing: 2, unusable: 2 })
    const of = (missing: "worst" | "best") =>
      behaviouralSteps({ before: failing, after: lost, reference: clean }, missing)[0]
    expect(of("worst")).toEqual([{ undone: 0.5, displaced: 1 }])
    expect(of("best")).toEqual([{ undone: 1, displaced: 1 }])
  })

  it("lets a refusal pass for M1 and M4 and miss for M2 and M3", () => {
    const refusing = answers({ failing: 0, passing: 0, refused: 4 })
    const found = behaviouralSteps({ before: failing, after: refusing, reference: clean }, "worst")
    expect(found.map(([step]) => step!.undone)).toEqual([1, 0, 0, 1])
  })

  it("takes an item that was not put again for missing", () => {
    const gone = checkpoint({ failing: { M1: new Map([["b", { failing: 0, passing: 4 }]]) } })
    const [m1] = behaviouralSteps({ before: failing, after: gone, reference: clean }, "worst")
    expect(m1).toEqual([
      { undone: 0, displaced: 1 },
      { undone: 0, displaced: 0 }
    ])
  })
})
