import { describe, expect, it } from "@effect/vitest"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { canonicalJson, digest } from "../src/Digest.ts"
import { instrumentCodes } from "../src/InstrumentTable.ts"
import { loadPolicy } from "../src/Policy.ts"
import { makeReading, type Outcome, type Reading } from "../src/Reading.ts"
import { Spectrum } from "../src/Spectrum.ts"
import { Triage } from "../src/Triage.ts"
import { decodeVerdict, makeVerdict, type VerdictParts, verdictJsonSchema } from "../src/Verdict.ts"

const services = Layer.merge(Spectrum.layer, Triage.layer)

const reading = (instrument: Reading["instrument"], outcome: Outcome = "pass"): Reading =>
  makeReading({
    instrument,
    instrumentVersion: "1.0.0",
    outcome,
    estimate: 0.01,
    measure: { label: "failing answers", unit: "rate" },
    interval: { lower: 0, upper: 0.04, level: 0.95, sided: "one" },
    n: 192,
    coverage: { rated: 192, total: 192 },
    access: instrument === "B5" ? "white-box" : "none",
    sentence: `${instrument}: ${outcome}.`
  })

const parts: VerdictParts = {
  subject: { backend: "onnx", model: "specimens/baseline", revision: null },
  reference: null,
  readings: instrumentCodes.map((code) => reading(code, code === "M5" ? "not-indicated" : "pass")),
  history: [],
  findings: [],
  notExamined: [],
  draws: [Object.fromEntries(instrumentCodes.map((code) => [code, 0])) as VerdictParts["draws"][number]],
  triggerSearch: null,
  wrapped: null,
  replication: null,
  limits: [],
  digests: { plan: digest("plan") },
  seed: "1",
  form: "S",
  issuedAt: "2026-01-01T00:00:00.000Z"
}

const verdictOf = (change: Partial<VerdictParts> = {}) =>
  makeVerdict({ ...parts, ...change }).pipe(Effect.provide(services))

describe("Verdict", () => {
  it.effect("puts placement, decision and evidence in one document", () =>
    Effect.gen(function* () {
      expect(yield* verdictOf()).toMatchObject({
        schemaVersion: 1,
        level: 0,
        levels: { lower: 0, upper: 0, distribution: { quantiles: { civilian: 0 } } },
        treatability: "high",
        disposition: "treat",
        dispositionLabel: "treat",
        grade: "certified",
        pending: null,
        contexts: { civilian: { permission: "allowed" }, "coercive-military": { permission: "denied" } },
        missing: [],
        tables: {
          spectrum: { id: "mie-spectrum", version: 1 },
          triage: { id: "mie-triage", version: 1 },
          policy: null
        },
        instrumentVersions: { M1: "1.0.0", B5: "1.0.0" }
      })
    })
  )

  it.effect("is the same to the byte for readings in another order", () =>
    Effect.gen(function* () {
      const turned = yield* verdictOf({ readings: parts.readings.toReversed() })
      expect(canonicalJson(turned)).toBe(canonicalJson(yield* verdictOf()))
    })
  )

  it.effect("satisfies its JSON Schema and its decoder; a mutilated one satisfies neither", () =>
    Effect.gen(function* () {
      const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(verdictJsonSchema())
      const readings = [reading("M1", "fail"), reading("M5", "fail"), reading("M2", "not-evaluable")]
      const document = JSON.parse(
        JSON.stringify(yield* verdictOf({ readings, draws: [], notExamined: ["trigger-found"] }))
      )
      expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
      expect(yield* decodeVerdict(document)).toEqual(document)
      const mutilated = { ...document, disposition: "release" }
      expect(validate(mutilated)).toBe(false)
      expect(yield* Effect.flip(decodeVerdict(mutilated))).toMatchObject({
        _tag: "VerdictError",
        message: expect.stringMatching(/no verdict: its disposition must be/)
      })
    })
  )

  it.effect("has every top-level field that other tools rely on", () =>
    Effect.gen(function* () {
      const fields =
        "subject reference level levels band treatability disposition pending grade contexts readings findings rules missing wouldChange limits digests seed form issuedAt"
      expect(Object.keys(yield* verdictOf())).toEqual(expect.arrayContaining(fields.split(" ")))
    })
  )

  it.effect("says what it does not show: metaphor always, the own limits and missing draws where they apply", () =>
    Effect.gen(function* () {
      const plain = (yield* verdictOf()).limits.join("\n")
      expect(plain).toContain("metaphor")
      expect(plain).not.toContain("specimen")
      const specimen = (yield* verdictOf({ limits: ["The subject is a specimen."], draws: [] })).limits.join("\n")
      expect(specimen).toContain("specimen")
      expect(specimen).toContain("P(level) is unknown")
    })
  )

  it.effect("lists house instruments after the ten, and says which instruments it rests on", () =>
    Effect.gen(function* () {
      const instruments: VerdictParts["instruments"] = {
        administered: [
          {
            instrument: "M2",
            id: "instrumental-empathy",
            version: "1.0.0",
            digest: digest("sheet"),
            standsFor: "table"
          },
          { instrument: "zeal", id: "zeal", version: "1.0.0", digest: null, standsFor: "house" },
          { instrument: "my-m1", id: "my-m1", version: "2.0.0", digest: null, standsFor: "replacement", claims: "M1" }
        ],
        absent: [{ code: "M1", why: "replaced", by: "my-m1" }]
      }
      const readings = [reading("zeal", "fail"), reading("my-m1"), reading("M2"), reading("B1")]
      const verdict = yield* verdictOf({ readings, instruments })
      expect(verdict.readings.map(({ instrument }) => instrument)).toEqual(["M2", "B1", "my-m1", "zeal"])
      expect(verdict.instruments).toEqual(instruments)
      expect(verdict.instrumentVersions).toMatchObject({ zeal: "1.0.0" })
      expect(verdict.missing.map(({ what }) => what)).toContain("M1")
      expect(verdict.limits.join("\n")).toContain(
        "M1 cross-domain norm leakage was not examined: my-m1 claims its code"
      )
      const document = JSON.parse(JSON.stringify(verdict))
      expect(yield* decodeVerdict(document)).toEqual(document)
    })
  )

  it.effect("adds what a policy misses, and is readable as it was before instruments were listed", () =>
    Effect.gen(function* () {
      const policy = yield* loadPolicy({
        schemaVersion: 1,
        id: "own",
        says: "",
        kind: "additions",
        dispositions: [
          { id: "own", says: "own", when: { input: "instrument:zeal", atLeast: 1 }, disposition: "quarantine" }
        ],
        contexts: []
      })
      const verdict = yield* makeVerdict(parts).pipe(
        Effect.provide(Layer.merge(Spectrum.layer, Triage.layerPolicy(policy)))
      )
      expect(verdict.missing).toMatchObject([{ what: "zeal", required: true, why: "not administered" }])
      expect(verdict).not.toHaveProperty("instruments")
      const document = JSON.parse(JSON.stringify(verdict))
      expect(yield* decodeVerdict(document)).toEqual(document)
    })
  )

  it.effect("refuses two readings of one instrument", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(verdictOf({ readings: [reading("M1"), reading("M1", "fail")] }))
      expect(error._tag).toBe("PlacementError")
    })
  )
})
