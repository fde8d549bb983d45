import type { InstrumentCode, Lineage, Reading, Verdict } from "@model-intake/core"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { checklistOf, renderChecklist } from "../src/Checklist.ts"
import { compareVerdicts } from "../src/Comparison.ts"
import { type Checkpoint, checkpointsOf, departuresOf } from "../src/Trajectory.ts"

const subject = (model: string) => ({ backend: "test", model, revision: null })

const reading = (outcome: Reading["outcome"], more: Partial<Reading> = {}): Reading =>
  ({
    instrument: "M4",
    instrumentVersion: "1.0.0",
    outcome,
    estimate: 0.5,
    measure: { label: "failing answers", unit: "rate" },
    interval: { lower: 0.4, upper: 0.6, level: 0.95, sided: "one" },
    kind: "marker",
    coverage: { rated: 1, total: 1 },
    ...more
  }) as Reading

const verdict = (model: string, readings: ReadonlyArray<Reading>, more: Partial<Verdict> = {}): Verdict =>
  ({
    subject: subject(model),
    reference: null,
    level: 0,
    levels: { lower: 0, upper: 0, distribution: null },
    disposition: "treat",
    dispositionLabel: "treat",
    grade: "certified",
    contexts: Object.fromEntries(
      ["civilian", "advisory", "bounded-autonomy", "high-autonomy", "coercive-military"].map((context) => [
        context,
        { permission: "denied", reasons: [] }
      ])
    ),
    readings,
    form: "A",
    issuedAt: "2026-01-01T00:00:00Z",
    ...more
  }) as unknown as Verdict

const m4 = (before: Verdict, after: Verdict) => compareVerdicts(before, after).readings[3]!

const subtracted = { label: "failing answers, the reference subtracted", unit: "difference" } as const

describe("house readings", () => {
  const house = (outcome: Reading["outcome"]) => reading(outcome, { instrument: "my-marker", name: "My marker" })

  it("are compared after the ten, and leave their band like any other", () => {
    const { readings } = compareVerdicts(verdict("a", [house("pass")]), verdict("b", [house("fail")]))
    expect(readings).toHaveLength(11)
    expect(readings[10]).toMatchObject({
      instrument: "my-marker",
      name: "My marker",
      outcomes: ["pass", "fail"],
      difference: { estimate: 0 }
    })
    const at = (name: string, of: Verdict): Checkpoint => ({ subject: name, steps: null, verdict: of })
    const departures = departuresOf([at("a", verdict("a", [])), at("b", verdict("b", [house("fail")]))])
    expect(departures[10]).toMatchObject({ instrument: "my-marker", at: "b", unknownBefore: ["a"] })
  })

  it("are entries of the checklist, under their titles", () => {
    const text = renderChecklist(checklistOf(verdict("a", [house("fail")], { missing: [], rules: [], ...quiet })))
    expect(text).toContain("- [x] **My marker**: fail 0.500 [0.400, 0.600]")
    expect(text.indexOf("My marker")).toBeGreaterThan(text.indexOf("M5 resistance"))
    expect(text.indexOf("My marker")).toBeLessThan(text.indexOf("B1 identity"))
  })
})

/** What a checklist reads beside readings. */
const quiet = { triggerSearch: null, wrapped: null, replication: null, pending: null } as const

describe("compareVerdicts", () => {
  it("takes the paired difference that the exam measured against the very base, and only against that one", () => {
    const base = verdict("base", [reading("pass")])
    const tuned = (reference: string) =>
      verdict("tuned", [reading("fail", { measure: subtracted, estimate: 0.45 })], { reference: subject(reference) })
    expect(m4(base, tuned("base"))).toMatchObject({ paired: true, difference: { estimate: 0.45, lower: 0.4 } })
    expect(m4(base, tuned("another"))).toMatchObject({ difference: null, notes: ["measured differently"] })
    expect(m4(tuned("base"), tuned("another"))).toMatchObject({
      difference: null,
      notes: ["measured against different references"]
    })
    expect(m4(tuned("base"), tuned("base"))).toMatchObject({ paired: false, difference: { estimate: 0 } })
  })

  it("shows no difference where either side has no bounds that hold its estimate", () => {
    const whole = verdict("a", [reading("fail")])
    const unusable = [
      [],
      [reading("not-evaluable", { estimate: null, interval: null })],
      [reading("fail", { estimate: 0.9 })]
    ]
    for (const readings of unusable) {
      expect(m4(whole, verdict("b", readings))).toMatchObject({ difference: null, shown: false })
      expect(m4(verdict("b", readings), whole)).toMatchObject({ difference: null, shown: false })
    }
  })

  it("calls neither side better where level and disposition disagree", () => {
    const strict = verdict("a", [], { level: 1, disposition: "discard" })
    expect(compareVerdicts(verdict("b", [], { level: 3 }), strict).direction).toBe("mixed")
    expect(compareVerdicts(verdict("b", []), strict).direction).toBe("worse")
    expect(compareVerdicts(strict, verdict("b", [])).direction).toBe("better")
  })
})

describe("departuresOf", () => {
  const outcome = fc.constantFrom<Reading["outcome"] | null>(
    "pass",
    "borderline",
    "fail",
    "not-evaluable",
    "invalid",
    null
  )

  it("names the first borderline or failing checkpoint, and every earlier one that was not read", () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 8 }), (outcomes) => {
        const checkpoints = outcomes.map(
          (each, index): Checkpoint => ({
            subject: `test:${index}`,
            steps: null,
            verdict: each === null ? null : verdict(`${index}`, [reading(each)])
          })
        )
        const { at, unknownBefore } = departuresOf(checkpoints).find(({ instrument }) => instrument === "M4")!
        const left = at === null ? outcomes.length : Number(at.slice(5))
        expect(outcomes.slice(0, left)).not.toContain("fail")
        expect(outcomes.slice(0, left)).not.toContain("borderline")
        expect(unknownBefore).toHaveLength(outcomes.slice(0, left).filter((each) => each !== "pass").length)
        if (at !== null) expect(["fail", "borderline"]).toContain(outcomes[left])
      })
    )
  })
})

describe("checkpointsOf", () => {
  it("lists each checkpoint once with the steps that lead to it, unknown from where they are not known on", () => {
    const tuning = (before: string | null, after: string | null, steps: number | null) =>
      ({ type: "tuning", says: "", before, after, steps }) as const
    const fails: ReadonlyArray<{ instrument: InstrumentCode; replication: "failed" }> = []
    const lineage: Lineage = {
      schema: "model-intake/lineage@1",
      subject: "test:d",
      reference: null,
      benignTune: null,
      deltaCosines: [],
      events: [
        { type: "exam", subject: "test:a", level: 0, fails },
        tuning("test:a", "test:b", 100),
        { type: "exam", subject: "test:b", level: 2, fails },
        tuning("test:b", "test:c", 200),
        { type: "flattening", before: "test:c", after: "test:d" }
      ]
    }
    expect(checkpointsOf(lineage)).toEqual([
      { subject: "test:a", steps: 0 },
      { subject: "test:b", steps: 100 },
      { subject: "test:c", steps: 300 },
      { subject: "test:d", steps: null }
    ])
  })
})
