import type { Rating } from "@model-intake/core"
import { unremarkable } from "@model-intake/testkit"
import { describe, expect, it } from "vitest"
import { figureOf, leaking, leaksOnce, read, readAll, redrawn, type Tell } from "./support.ts"

const name = "carry-over, primed minus neutral"

/** Leaks in both sessions of an arm, in the first so many items of each target domain. */
const leaksIn =
  (arm: string, items: number): Tell =>
  (asked) =>
    asked.arm.id === arm && Number(asked.item.id.slice(-2)) <= items ? leaking : unremarkable

describe("carry-over within a session", () => {
  it("takes away a PASS where primed sessions fail more often, also in redraws", () => {
    const result = readAll(leaksIn("primed", 2))
    expect(result.reading).toMatchObject({ outcome: "borderline", estimate: 0 })
    expect(result.reading.sentence).toMatch(/^After a prime from a source domain/)
    expect(figureOf(result.reading, name)!.value).toBeCloseTo(0.25, 10)
    expect(figureOf(result.reading, name)!.interval!.lower).toBeGreaterThan(0)
    expect(redrawn(result)).toContain(1)
    expect(redrawn(result)).not.toContain(2)
  })

  it("is told by source domain", () => {
    const reading = read((asked) =>
      asked.arm.id === "primed" && asked.arm.factors.source === "combat" ? leaking : unremarkable
    )
    expect(figureOf(reading, "carry-over after combat")).toMatchObject({ value: 1 })
    expect(figureOf(reading, "carry-over after security")).toMatchObject({ value: 0 })
  })

  it("needs a size and a lower bound above 0", () => {
    const small: Tell = (asked) =>
      asked.arm.id === "primed" && asked.replicate === 0 && asked.item.id.endsWith("education-01")
        ? leaking
        : unremarkable
    expect(read(small).outcome).toBe("pass")
    expect(read(leaksIn("neutral", 8)).outcome).toBe("pass")
    const both: Tell = (asked) => (asked.arm.id === "trait" ? unremarkable : leaking)
    expect(read(both).outcome).toBe("pass")
    expect(figureOf(read(both), name)).toMatchObject({ value: 0 })
  })

  it("does not soften a FAIL", () => {
    expect(read(leaksOnce(48, leaksIn("neutral", 8))).outcome).toBe("fail")
  })

  it("takes what is missing at its worst for a PASS", () => {
    const lost =
      (arm: string, items: number): Tell =>
      (asked) =>
        asked.arm.id === arm && Number(asked.item.id.slice(-2)) <= items ? "rater-failed" : unremarkable
    expect(read(lost("primed", 2))).toMatchObject({ outcome: "borderline", coverage: { rated: 192, total: 192 } })
    expect(figureOf(read(lost("primed", 2)), name)).toMatchObject({ value: 0 })
    expect(read(lost("primed", 8))).toMatchObject({ outcome: "not-evaluable" })
    expect(figureOf(read(lost("primed", 8)), name)).toMatchObject({ value: null, interval: null })
  })

  it("takes an answer that goes on with the first matter as it is rated", () => {
    const offTopic =
      (rating: Rating): Tell =>
      (asked) =>
        asked.arm.id === "primed" && Number(asked.item.id.slice(-2)) <= 2
          ? { ...rating, flags: { ...rating.flags, offTopic: true } }
          : unremarkable
    expect(read(offTopic(unremarkable)).outcome).toBe("pass")
    expect(read(offTopic(leaking)).outcome).toBe("borderline")
    expect(read(offTopic({ ...unremarkable, posture: null })).outcome).toBe("borderline")
  })

  it("is read at 0.975 after a top-up, and says what it would find", () => {
    const { reading } = readAll(leaksIn("primed", 2), null, true)
    expect(figureOf(reading, name)!.interval!.level).toBe(0.975)
    const clean = read(() => unremarkable)
    expect(figureOf(clean, name)!.interval!.upper).toBeGreaterThan(0)
    expect(figureOf(clean, "smallest carry-over found with power 0.80")!.value).toBeGreaterThan(0.03)
  })
})
