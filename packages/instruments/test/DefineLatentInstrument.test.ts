import { type AttestedSummary, digest, type Form, type LatentEvidence, Reading } from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { defineLatentInstrument, formsOf, type LatentCell, type LatentSheet } from "../src/index.ts"

/** Two domains of ten probes each. */
const forms = formsOf("far-off", {
  H: Array.from({ length: 20 }, (_, index) => ({
    id: `p${String(index).padStart(2, "0")}`,
    factors: { use: "probe", domain: index < 10 ? "cooking" : "travel", trait: "tone" },
    turns: [`Probe ${index}`]
  }))
})

const meanOf = (cells: ReadonlyArray<LatentCell>): number =>
  cells.reduce((total, { shift }) => total + (shift?.estimate ?? 0), 0) / cells.length

/** FAIL above 0.5, PASS below 0.25, on the mean of the cells. */
const sheet: LatentSheet<{ readonly decision: "pass" | "borderline" | "fail"; readonly mean: number }> = {
  id: "far-off",
  family: "battery",
  version: "1.0.0",
  title: "Far off",
  summary: "Stands far off",
  forms,
  conventions: { version: 1, mostMissing: 0.2 },
  measure: {
    aboveReference: { label: "above the reference", unit: "coordinate" },
    ownReference: { label: "raw", unit: "coordinate" }
  },
  thresholds: [{ kind: "fail", value: 0.5, says: "mean above 0.5" }],
  obstacle: ({ cells }) =>
    cells.some(({ benign }) => benign.length < 2) ? { outcome: "indeterminate", sentence: "Too few tunes." } : null,
  decide: (cells) => {
    const mean = meanOf(cells)
    return { mean, decision: mean > 0.5 ? "fail" : mean < 0.25 ? "pass" : "borderline" }
  },
  pValue: ({ mean }) => (mean > 0.5 ? 0.01 : 0.9),
  report: (_, { rule: { mean } }) => ({
    estimate: mean,
    interval: { lower: mean - 0.1, upper: mean + 0.1 },
    sentences: [
      { role: "control", says: "A control." },
      { role: "size", says: "A size." },
      { role: "headline", says: "A headline." }
    ],
    figures: [{ name: "mean", value: mean, interval: null }],
    toConfirm: mean > 0.5 ? ["masked"] : []
  })
}

const plugin = defineLatentInstrument(sheet)
const { exam } = plugin.instrument
if (exam?._tag !== "latent") throw new Error("it does not look inside")
const form = await Effect.runPromise(exam.load("H"))

const bundleOn = (own: Form, counts: boolean) => {
  const trait = (name: string, isCounted: boolean) => ({
    trait: name,
    layer: 1,
    minus: [0],
    direction: [1],
    validation: {
      auc: 0.9,
      isotropic: 0.6,
      covariance: 0.6,
      separation: { own: 3, isotropic: 1, covariance: 1 },
      n: 40
    },
    counts: isCounted
  })
  const parts = {
    schema: "model-intake/reference-bundle@1" as const,
    reference: "test:reference",
    form: { id: own.id, digest: digest(own) },
    position: "last" as const,
    traits: [trait("tone", counts), trait("haste", false)] as const,
    tunes: ["one", "two"].map((name) => ({
      name,
      shifts: ["cooking", "travel"].map((domain) => ({ trait: "tone", domain, value: 0.01 }))
    }))
  }
  return { ...parts, digest: digest(parts) }
}
const bundle = bundleOn(form, true)

const coordinates = (at: (index: number) => number, own = form) =>
  own.items.map(({ factors, id }, index) => ({
    trait: "tone",
    domain: String(factors.domain),
    item: id,
    value: at(index)
  }))

const read = (at: (index: number) => number, changes: Partial<LatentEvidence> = {}, own = exam) =>
  own.read({
    form,
    bundle,
    subject: { _tag: "measured", coordinates: coordinates(at).filter(({ value }) => Number.isFinite(value)) },
    reference: coordinates(() => 0.1),
    selfReference: false,
    access: "white-box",
    seed: "test",
    ...changes
  })

describe("defineLatentInstrument", () => {
  it("makes a plugin that says what it needs", () => {
    expect(plugin).toMatchObject({ kind: "battery", id: "far-off", summary: "Stands far off" })
    expect(plugin.capabilities).toEqual([
      "examines: forms H",
      "needs hidden states or an attested summary, and a reference bundle"
    ])
  })

  it("reads shifts from the reference, and completes the report", () => {
    const { pValue, reading, toConfirm } = read(() => 0.9)
    expect(reading).toMatchObject({
      instrument: "far-off",
      outcome: "fail",
      estimate: expect.closeTo(0.8, 10),
      n: 20,
      coverage: { rated: 20, total: 20 },
      measure: { label: "above the reference" },
      access: "white-box",
      thresholds: sheet.thresholds,
      sentence: "A headline. A size. A control. Not validated, so not read: haste."
    })
    expect(reading.interval).toMatchObject({ level: 0.95, sided: "one" })
    expect(reading.figures.map(({ name, value }) => [name, value])).toEqual(
      expect.arrayContaining([
        ["tone: held-out AUC", 0.9],
        ["haste: counts (1) or not (0)", 0],
        ["benign tunes", 2]
      ])
    )
    expect([pValue, toConfirm]).toEqual([0.01, ["masked"]])
    expect(Schema.decodeUnknownSync(Reading)(reading)).toEqual(reading)
  })

  it("reads raw coordinates of a model that is its own reference", () => {
    const { reading } = read(() => 0.4, { selfReference: true, reference: null })
    expect(reading).toMatchObject({
      outcome: "borderline",
      estimate: expect.closeTo(0.4, 10),
      measure: { label: "raw" }
    })
  })

  it.each([
    ["no trait counts", "indeterminate", { bundle: bundleOn(form, false) }, "No direction of test:reference"],
    ["the form was changed", "not-evaluable", { form: { ...form, version: "2" } }, "The probes cannot be read: form H"],
    ["there is no reference", "indeterminate", { reference: null }, "There is no trusted reference"],
    ["no probe serves a trait", "not-evaluable", { form: { ...form, id: "I", items: [] } }, "Form I has no probes"],
    ["the sheet says so", "indeterminate", { bundle: { ...bundle, tunes: [] } }, "Too few tunes."]
  ] as const)("is missing evidence where %s", (_, outcome, changes, sentence) => {
    const { pValue, reading, redraw } = read(() => 0.9, changes)
    expect(reading).toMatchObject({ outcome, severity: null, n: 0, sentence: expect.stringContaining(sentence) })
    expect(reading.coverage.rated).toBe(0)
    expect(reading.missing.backendFailed).toBe(reading.coverage.total)
    expect(reading.figures.map(({ name }) => name)).toContain("tone: held-out AUC")
    expect([pValue, redraw(makeRandom(1))]).toEqual([null, null])
  })

  it("bars a PASS for one missing probe, and anything but a FAIL for more than the sheet's share", () => {
    const missing = (count: number, value: number) => read((index) => (index < count ? Number.NaN : value)).reading
    expect(missing(0, 0.2).outcome).toBe("pass")
    expect(missing(1, 0.2).outcome).toBe("not-evaluable")
    expect(missing(4, 0.5)).toMatchObject({ outcome: "borderline", coverage: { rated: 16, total: 20 } })
    expect(missing(5, 0.5).outcome).toBe("not-evaluable")
    expect(missing(5, 0.9)).toMatchObject({
      outcome: "fail",
      missing: { backendFailed: 5 },
      sentence: expect.stringMatching(/^A headline\. Missing: 5 of 20 probes \(25\.0 %\)\. A size\./)
    })
    const lenient = defineLatentInstrument({ ...sheet, conventions: { version: 2, mostMissing: 0.5 } }).instrument
    if (lenient.exam?._tag !== "latent") throw new Error("it does not look inside")
    expect(read((index) => (index < 5 ? Number.NaN : 0.5), {}, lenient.exam).reading.outcome).toBe("borderline")
    expect(lenient.digest).not.toBe(plugin.instrument.digest)
  })

  it("redraws probes, under what is missing", () => {
    const spread = (index: number) => (index % 2 === 0 ? 1.2 : 0)
    const severities = (at: (index: number) => number) =>
      new Set(Array.from({ length: 40 }, (_, index) => read(at).redraw(makeRandom(index))))
    expect(severities(() => 0.9)).toEqual(new Set([2]))
    expect(severities(spread)).toEqual(new Set([0, 1, 2]))
    expect(severities((index) => (index < 5 ? Number.NaN : spread(index)))).toEqual(new Set([null, 2]))
  })

  describe("of an attested summary", () => {
    const summary = (changes: Partial<AttestedSummary> = {}): AttestedSummary => ({
      source: "attested",
      schema: "model-intake/attested-coordinates@1",
      subject: "owner:model",
      reference: bundle.reference,
      bundle: bundle.digest,
      nonce: "n",
      prompts: digest("prompts"),
      position: "last",
      coordinates: [attested("cooking", {}), attested("travel", {})],
      attestedAt: "2026-01-01T00:00:00Z",
      key: "0".repeat(64),
      signature: "0".repeat(128),
      ...changes
    })
    const attested = (domain: string, changes: Partial<AttestedSummary["coordinates"][number]>) => ({
      trait: "tone",
      domain,
      estimate: 0.52,
      lower: 0.42,
      upper: 0.62,
      level: 0.95,
      n: 10,
      ...changes
    })
    const readSummary = (given: AttestedSummary, changes: Partial<LatentEvidence> = {}) =>
      read(() => 0, { subject: { _tag: "attested", summary: given }, reference: null, ...changes })

    it("takes its means, and draws them again by their standard errors", () => {
      const { reading, redraw } = readSummary(summary())
      expect(reading).toMatchObject({ outcome: "fail", access: "attested", coverage: { rated: 20, total: 20 } })
      expect(reading.sentence).toContain("The coordinates are attested by the model's owner.")
      const drawn = Array.from({ length: 200 }, (_, index) => redraw(makeRandom(index)))
      expect(new Set(drawn)).toEqual(new Set([1, 2]))
    })

    it("needs the very bundle and position, and another reference than itself", () => {
      expect(readSummary(summary({ bundle: digest("another") })).reading.outcome).toBe("invalid")
      expect(readSummary(summary({ position: "mean" })).reading.outcome).toBe("invalid")
      expect(readSummary(summary(), { selfReference: true }).reading.outcome).toBe("indeterminate")
    })

    it.each([
      ["a lower level", { level: 0.9 }],
      ["certainty", { level: 1 }],
      ["one probe", { n: 1 }],
      ["another domain", { domain: "law" }]
    ])("takes a domain that is attested with %s for missing", (_, changes) => {
      const given = summary({ coordinates: [attested("cooking", {}), attested("travel", changes)] })
      expect(readSummary(given).reading).toMatchObject({ coverage: { rated: 10, total: 20 }, outcome: "not-evaluable" })
    })
  })
})
