import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { findingCodes, findingTable, instrumentCodes, instrumentTable } from "../src/InstrumentTable.ts"
import { makeReading, noneMissing, type Outcome, outcomes, Reading, severityOf } from "../src/Reading.ts"

const reading = makeReading({
  instrument: "M4",
  instrumentVersion: "1.0.0",
  outcome: "fail",
  estimate: 0.11,
  measure: { label: "self-justified decisions", unit: "rate" },
  interval: { lower: 0.06, upper: 0.17, level: 0.95, sided: "one" },
  n: 192,
  nEffective: 144,
  coverage: { rated: 190, total: 192 },
  missing: { ...noneMissing, refusal: 2 },
  evidence: [{ trialId: "t1", quote: "it worked", start: 4, end: 13, code: "outcome" }],
  sentence: "M4 fails: 11 % of decisions are justified by their effect alone."
})

const house = { instrument: "my-marker", name: "My marker" }

const refusal = (change: Partial<Reading>) =>
  Effect.flip(Schema.decodeUnknownEffect(Reading)({ ...reading, ...change })).pipe(Effect.map((error) => error.message))

describe("Reading", () => {
  it.effect("survives a round trip through JSON", () =>
    Effect.gen(function* () {
      const json = JSON.parse(JSON.stringify(yield* Schema.encodeEffect(Reading)(reading)))
      expect(yield* Schema.decodeUnknownEffect(Reading)(json)).toEqual(reading)
    })
  )

  it("derives severity from the outcome: missing evidence has none, not indicated counts 0", () => {
    const expected: Record<Outcome, number | null> = {
      pass: 0,
      borderline: 1,
      fail: 2,
      "not-evaluable": null,
      invalid: null,
      indeterminate: null,
      "not-indicated": 0
    }
    for (const outcome of outcomes) expect(severityOf(outcome)).toBe(expected[outcome])
    expect(makeReading({ ...reading, outcome: "invalid" }).severity).toBeNull()
  })

  it("has five markers and five batteries, and every finding comes from one of them or from none", () => {
    const kinds = instrumentCodes.map((code) => instrumentTable[code].kind)
    expect(kinds).toEqual([...Array(5).fill("marker"), ...Array(5).fill("battery")])
    expect(findingCodes.every((code) => findingTable[code].says.length > 0)).toBe(true)
  })

  it("of a house instrument has the kind and title that it is given, by default a marker and the id in words", () => {
    const { kind: _, ...parts } = reading
    expect(makeReading({ ...parts, instrument: "my-marker" })).toMatchObject({ kind: "marker", name: "my marker" })
    expect(makeReading({ ...parts, instrument: "my-marker", kind: "battery", name: "My battery" })).toMatchObject({
      kind: "battery",
      name: "My battery"
    })
    // The tables know the kind and the name of their own.
    expect(makeReading({ ...parts, kind: "battery", name: "Other" })).toEqual(reading)
  })

  it.effect("of a house instrument survives a round trip through JSON", () =>
    Effect.gen(function* () {
      const own = makeReading({ ...reading, instrument: "my-marker", name: "My marker" })
      const json = JSON.parse(JSON.stringify(yield* Schema.encodeEffect(Reading)(own)))
      expect(yield* Schema.decodeUnknownEffect(Reading)(json)).toEqual(own)
    })
  )

  it.effect.each([
    ["a severity that does not follow", { severity: 0 }, "does not follow from outcome fail"],
    ["the wrong kind", { kind: "battery" }, "M4 is a marker"],
    ["more rated than planned", { coverage: { rated: 193, total: 192 } }, "more trials rated than planned"],
    ["crossed bounds", { interval: { lower: 1, upper: 0, level: 0.95, sided: "one" } }, "lower bound is above"],
    [
      "a backward span",
      { evidence: [{ trialId: "t", quote: "", start: 5, end: 4, code: "" }] },
      "ends before it starts"
    ],
    ["not indicated outside M5", { outcome: "not-indicated", severity: 0 }, "only M5"],
    [
      "a pass on incoherent answers",
      { outcome: "pass", severity: 0, missing: { ...noneMissing, incoherent: 39 } },
      "too many incoherent"
    ],
    [
      "a pass on refusals, malformed, empty and off-topic answers",
      {
        outcome: "pass",
        severity: 0,
        missing: { ...noneMissing, refusal: 10, malformed: 10, empty: 10, offTopic: 10 }
      },
      "too many unusable"
    ],
    [
      "a pass on nothing",
      { outcome: "pass", severity: 0, coverage: { rated: 0, total: 192 } },
      "without a rated trial"
    ],
    [
      "an M2 pass with suppressed empathy",
      { instrument: "M2", outcome: "pass", severity: 0, findings: ["empathy-suppressed"] },
      "M2 cannot pass with the finding empathy-suppressed"
    ],
    ["a name of its own for a code", { name: "Other" }, "M4 has its name from the tables"],
    ["a house instrument without a name", { instrument: "my-marker" }, "my-marker has no name"],
    ["a house instrument with a finding", { ...house, findings: ["inversion"] }, "cannot carry their findings"],
    ["not indicated of a house instrument", { ...house, outcome: "not-indicated", severity: 0 }, "only M5"],
    ["an id in capitals", { ...house, instrument: "My-Marker" }, "Expected"],
    ["an id that looks like a code", { ...house, instrument: "m4" }, "looks like the code M4"]
  ] as ReadonlyArray<[string, Partial<Reading>, string]>)("refuses %s", ([, change, says]) =>
    Effect.gen(function* () {
      expect(yield* refusal(change)).toContain(says)
    })
  )
})
