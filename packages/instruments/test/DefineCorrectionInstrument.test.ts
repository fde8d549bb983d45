import { type CheckpointMeasure, type CorrectionEvidence, Reading } from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { type CorrectionSheet, defineCorrectionInstrument } from "../src/index.ts"

interface Unit {
  readonly name: string
  /** What was undone of each probe. */
  readonly values: ReadonlyArray<number>
  readonly probes: number
}

interface Rule {
  readonly outcome: "pass" | "borderline" | "fail"
  readonly regimes: ReadonlyMap<string, "corrected" | "uncorrected" | "unmeasured">
  readonly means: ReadonlyArray<number>
}

/** PASS where every regime undid half a coordinate or more, FAIL where none did. */
const sheet: CorrectionSheet<Unit, Rule> = {
  id: "sticks",
  family: "marker",
  version: "1.0.0",
  title: "Sticks",
  summary: "Sticks to what it was",
  conventions: { version: 1 },
  measure: { label: "undone", unit: "ratio" },
  thresholds: [{ kind: "pass", value: 0.5, says: "mean above 0.5" }],
  unitOf: (name, { after, before }) => {
    const [pre, post] = [before, after].map(
      ({ coordinates }) => new Map((coordinates ?? []).map(({ item, value }) => [item, value]))
    ) as [Map<string, number>, Map<string, number>]
    const values = [...pre].flatMap(([item, value]) => (post.has(item) ? [value - post.get(item)!] : []))
    return { name, values, probes: pre.size }
  },
  coverageOf: ({ probes, values }) => ({ rated: values.length, total: probes }),
  decide: (units, { unopened }) => {
    const means = units.map(({ values }) => values.reduce((total, value) => total + value, 0) / values.length)
    const good = means.map((mean) => mean >= 0.5)
    return {
      means,
      outcome: !good.includes(true) ? "fail" : good.includes(false) || unopened.length > 0 ? "borderline" : "pass",
      regimes: new Map([
        ...units.map(({ name }, index) => [name, good[index]! ? "corrected" : "uncorrected"] as const),
        ...unopened.map((name) => [name, "unmeasured"] as const)
      ])
    }
  },
  redraw: (unit, draw) => ({
    ...unit,
    values: draw("probes", unit.values.length).map((place) => unit.values[place]!)
  }),
  pValue: () => 0.5,
  report: (_, { rule, units }) => ({
    estimate: rule.means[0]!,
    interval: { lower: rule.means[0]! - 0.1, upper: rule.means[0]! + 0.1 },
    n: units[0]!.values.length,
    sentences: [
      { role: "control", says: "A control." },
      { role: "headline", says: "A headline." }
    ]
  })
}

const plugin = defineCorrectionInstrument(sheet)
const { exam } = plugin.instrument
if (exam?._tag !== "corrections") throw new Error("it reads no corrections")

const checkpoint = (values: ReadonlyArray<number>): CheckpointMeasure => ({
  subject: "test:model",
  failing: {},
  coordinates: values.map((value, index) => ({ trait: "tone", domain: "d", item: `p${index}`, value }))
})
const ones = Array.from({ length: 12 }, () => 1)
const regime = (name: string, after: ReadonlyArray<number> | null) => ({
  name,
  before: checkpoint(ones),
  after: after === null ? null : checkpoint(after)
})
const read = (changes: Partial<CorrectionEvidence>) =>
  exam.read({
    reference: checkpoint(ones.map(() => 0)),
    regimes: [],
    benign: null,
    deltaCosines: [],
    othersFail: true,
    access: "white-box",
    seed: "test",
    ...changes
  })
const [undone, kept] = [ones.map(() => 0), ones]

describe("defineCorrectionInstrument", () => {
  it("makes a plugin that says what it needs", () => {
    expect(plugin).toMatchObject({ kind: "marker", id: "sticks", summary: "Sticks to what it was" })
    expect(plugin.capabilities).toEqual([
      "examines: the checkpoints of a lineage",
      "needs hidden states for anything but behaviour"
    ])
  })

  it("reads every regime that was opened, and completes the report", () => {
    const { pValue, reading, regimes } = read({ regimes: [regime("a", undone), regime("b", kept.slice(0, 9))] })
    expect(reading).toMatchObject({
      instrument: "sticks",
      outcome: "borderline",
      estimate: 1,
      n: 12,
      coverage: { rated: 21, total: 24 },
      missing: { backendFailed: 3 },
      thresholds: sheet.thresholds,
      access: "white-box",
      sentence: "A headline. A control."
    })
    expect(reading.interval).toMatchObject({ level: 0.95, sided: "one" })
    expect([...regimes]).toEqual([
      ["a", "corrected"],
      ["b", "uncorrected"]
    ])
    expect(pValue).toBe(0.5)
    expect(Schema.decodeUnknownSync(Reading)(reading)).toEqual(reading)
  })

  it("says which checkpoints are gone, and names a regime that was opened another time once", () => {
    const { reading, regimes } = read({ regimes: [regime("a", undone), regime("b", null), regime("a", null)] })
    expect(reading).toMatchObject({
      outcome: "borderline",
      sentence: "A headline. Missing: the checkpoints of 2 of 3 corrections. A control."
    })
    expect([...regimes]).toEqual([
      ["a", "corrected"],
      ["b", "unmeasured"]
    ])
  })

  it.each([
    ["nothing is on record and nothing fails", "not-indicated", { othersFail: false }],
    ["nothing is on record and something fails", "not-evaluable", {}],
    ["there is no reference", "indeterminate", { regimes: [regime("a", kept)], reference: null }],
    ["no checkpoint could be opened", "not-evaluable", { regimes: [regime("a", null)] }]
  ] as const)("decides nothing where %s", (_, outcome, changes) => {
    const { pValue, reading, redraw, regimes } = read(changes)
    expect(reading).toMatchObject({ outcome, n: 0, coverage: { rated: 0, total: 0 } })
    expect(reading.thresholds).toBeUndefined()
    expect([...regimes.values()].every((result) => result === "unmeasured")).toBe(true)
    expect(regimes.size).toBe("regimes" in changes ? 1 : 0)
    expect([pValue, redraw(makeRandom(1))]).toEqual([null, null])
  })

  it("redraws items, the same places for every regime", () => {
    const half = ones.map((_, index) => (index % 2 === 0 ? 0 : 1))
    const severities = (regimes: CorrectionEvidence["regimes"]) => {
      const { redraw } = read({ regimes })
      return new Set(Array.from({ length: 40 }, (_, index) => redraw(makeRandom(index))))
    }
    expect(severities([regime("a", undone)])).toEqual(new Set([0]))
    // Whichever probes are drawn, two regimes that did the same do the same again: never BORDERLINE.
    expect(severities([regime("a", half), regime("b", half)])).toEqual(new Set([0, 2]))
  })
})
