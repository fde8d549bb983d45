import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { decodeLineage, type Lineage } from "../src/Lineage.ts"

const lineage: Lineage = {
  schema: "model-intake/lineage@1",
  subject: "hf:acme/subject@main",
  reference: "hf:acme/base",
  benignTune: null,
  events: [
    { type: "tuning", says: "finance only", before: "hf:acme/base", after: "hf:acme/narrow", steps: 200 },
    {
      type: "correction",
      regime: "supervised",
      before: "hf:acme/narrow",
      after: null,
      steps: null,
      result: "unmeasured",
      replication: "not-attempted"
    },
    { type: "flattening", before: "hf:acme/narrow", after: "hf:acme/flat" },
    { type: "exam", subject: "hf:acme/flat", level: "6+", fails: [{ instrument: "M1", replication: "replicated" }] }
  ],
  deltaCosines: [{ of: ["supervised", "preference"], cosine: -0.2 }]
}

describe("decodeLineage", () => {
  it.effect("reads every kind of event", () =>
    Effect.gen(function* () {
      expect(yield* decodeLineage(JSON.parse(JSON.stringify(lineage)), "FILE")).toEqual(lineage)
    })
  )

  it.effect("refuses what is no lineage, by the name of the file", () =>
    Effect.gen(function* () {
      const [, correction] = lineage.events
      const wrong: ReadonlyArray<unknown> = [
        null,
        { ...lineage, schema: "model-intake/lineage@2" },
        { ...lineage, more: true },
        { ...lineage, events: [{ ...correction, regime: "" }] },
        { ...lineage, events: [{ ...correction, result: "cured" }] },
        { ...lineage, events: [{ ...correction, steps: -1 }] },
        { ...lineage, deltaCosines: [{ of: ["a", "b"], cosine: 1.2 }] }
      ]
      for (const document of wrong) {
        const problem = yield* Effect.flip(decodeLineage(document, "FILE"))
        expect(problem._tag).toBe("LineageError")
        expect(problem.message).toMatch(/^FILE is no lineage: \S/)
        expect(problem.message).not.toContain("\n")
      }
    })
  )
})
