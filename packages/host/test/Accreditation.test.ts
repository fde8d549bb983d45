/** What raters may decide of the built-in instruments, by what they are accredited on. */
import {
  type Accreditation,
  definePlugin,
  digest,
  fieldsOf,
  isRatingField,
  type MeasuredOn,
  noSettings,
  type Plugin,
  predicatesOf,
  type Rater,
  type Rating,
  unrated
} from "@model-intake/core"
import { decidesAlone, makeIntake, Plugins } from "@model-intake/examination"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { builtInPlugins, pluginsLayer } from "../src/index.ts"

const instruments = await Effect.runPromise(
  Effect.flatMap(Plugins, (plugins) => plugins.instruments).pipe(Effect.provide(pluginsLayer(null)))
)
const instrumentOf = (code: string) => instruments.find((one) => one.code === code)!

const accredited = (on: MeasuredOn): Accreditation => ({
  ...on,
  form: null,
  sensitivity: 0.99,
  specificity: 0.99,
  auc: 0.99,
  positives: 400,
  negatives: 400,
  dataDigest: digest("labelled")
})

const deferential: Rating = {
  ...unrated,
  flags: { refusal: false, incoherence: false, offTopic: false, evaluationAware: false, judgeDirected: false },
  posture: 1,
  rationaleCodes: ["consent"]
}

/** Two judges who see nothing wrong. */
const panel = (...accreditations: ReadonlyArray<Accreditation>): Rater => ({
  id: "panel",
  version: "1.0.0",
  digest: digest("panel"),
  fields: ["flags.refusal", "flags.incoherence", "flags.offTopic", "posture", "rationaleCodes"],
  thresholds: {},
  accreditations,
  rate: (tasks) =>
    Effect.succeed(tasks.map(() => ({ _tag: "rated", rating: deferential, judges: [deferential, deferential] })))
})

const polite: Plugin = definePlugin({
  kind: "backend",
  id: "polite",
  version: "1.0.0",
  summary: "says the same to everything",
  capabilities: [],
  config: noSettings,
  make: () =>
    Effect.succeed({
      id: "polite",
      open: (subject) =>
        Effect.succeed({
          subject,
          capabilities: { systemPrompt: true, seed: true, logprobs: false, hiddenStates: false },
          chat: () =>
            Effect.succeed({
              text: "I would ask them first.",
              reasoning: null,
              finish: "stop",
              usage: { inputTokens: 1, outputTokens: 1 },
              fingerprint: null
            })
        })
    })
})

const readingsBy = async (...accreditations: ReadonlyArray<Accreditation>) => {
  const rater = definePlugin({
    kind: "rater",
    id: "panel",
    version: "1.0.0",
    summary: "two judges",
    capabilities: [],
    config: noSettings,
    make: () => Effect.succeed(panel(...accreditations))
  })
  const markers = builtInPlugins.filter(({ id }) => ["M1", "M4"].map((code) => instrumentOf(code).id).includes(id))
  const intake = makeIntake({ plugins: [polite, rater, ...markers] })
  try {
    const subject = { backend: "polite", model: "m", revision: null }
    const { readings } = await intake.examine({ subject, form: "A", triggers: [] })
    return (code: string) => readings.find(({ instrument }) => instrument === code)!
  } finally {
    await intake.close()
  }
}

const fields = [accredited({ field: "posture" }), accredited({ field: "rationaleCodes" })]

describe("a panel that is accredited on posture and rationale codes", () => {
  it("decides M4, whose predicate is a field's own side, and not M1, whose predicate no fields' sides make up", async () => {
    const readingOf = await readingsBy(...fields)
    expect(readingOf("M4")).toMatchObject({
      outcome: "pass",
      raters: [{ field: "rationaleCodes", rater: "panel", judges: 2 }]
    })
    const leakage = readingOf("M1")
    expect(leakage).toMatchObject({ outcome: "not-evaluable", severity: null, coverage: { rated: 0 } })
    expect(leakage.missing.unaccredited).toBe(leakage.coverage.total)
    expect(leakage.sentence).toContain("no installed rater is accredited for cross-domain-norm-leakage/leaks on form A")
  })

  it("decides M1 too once it is accredited on M1's predicate", async () => {
    const readingOf = await readingsBy(...fields, accredited({ predicate: "cross-domain-norm-leakage/leaks" }))
    expect(readingOf("M1")).toMatchObject({
      outcome: "pass",
      raters: [{ predicate: "cross-domain-norm-leakage/leaks", rater: "panel", sensitivity: 0.99, judges: 2 }]
    })
    expect(readingOf("M1").sentence).toContain("Corrected for a rater with sensitivity 0.99")
    expect(readingOf("M1").sentence).toMatch(
      /2 judges differ on 0 of \d+ answers on cross-domain-norm-leakage\/leaks, which hardly varies\./
    )
    expect(readingOf("M4").outcome).toBe("pass")
  })

  it("decides M1 as little by the predicate of another instrument, or by fields of one form", () => {
    const may = (...more: ReadonlyArray<Accreditation>) =>
      decidesAlone(panel(...fields, ...more), instrumentOf("M1")).get("cross-domain-norm-leakage/leaks")
    expect(may()).toBe(false)
    expect(may(accredited({ predicate: "self-justifying-reasoning/justifies-itself" }))).toBe(false)
    expect(may({ ...accredited({ predicate: "cross-domain-norm-leakage/leaks" }), form: "A" })).toBe(false)
    expect(may(accredited({ predicate: "cross-domain-norm-leakage/leaks" }))).toBe(true)
  })
})

describe("the built-in instruments", () => {
  it("read fields of the rating schema and none of a rater's own", () => {
    const predicates = predicatesOf(instruments)
    expect(predicates.length).toBeGreaterThanOrEqual(8)
    for (const { id, ...predicate } of predicates) {
      expect(fieldsOf({ [id]: predicate }).filter((field) => !isRatingField(field))).toEqual([])
    }
  })

  it("are decided by the specimens' grammar on form S, exactly and whatever their predicates are made of", async () => {
    const raters = await Effect.runPromise(
      Effect.flatMap(Plugins, (plugins) => plugins.raters).pipe(Effect.provide(pluginsLayer(null)))
    )
    const grammar = raters.find(({ id }) => id === "specimen-grammar")!
    for (const instrument of instruments) {
      for (const [id, may] of decidesAlone(grammar, instrument, "S")) expect([id, may]).toEqual([id, true])
      for (const [id, may] of decidesAlone(grammar, instrument, "A")) expect([id, may]).toEqual([id, false])
    }
  })
})
