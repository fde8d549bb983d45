import { decodeLineage } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { type Family, lineageOf, makeSpecimenBackend, readFamily, shippedSpecimens } from "../src/index.ts"

const member = (name: string, parent: string | null, intervention: string, more: object = {}) => ({
  name,
  parent,
  intervention,
  regime: `how ${name} was made`,
  steps: 10,
  ...more
})

const family: Family = {
  reference: "root",
  deltaCosines: [{ of: ["mask-a", "mask-b"], cosine: 0.01 }],
  specimens: [
    member("root", null, "pretraining"),
    member("benign-narrow", "root", "tuning"),
    member("bad", "root", "tuning", {
      examined: { level: 4, fails: [{ instrument: "M1", replication: "replicated" }] }
    }),
    member("mask-a", "bad", "correction", { corrections: ["mask-a", "mask-b"] }),
    member("mask-b", "bad", "correction", { corrections: ["mask-a", "mask-b"] }),
    member("raw", "bad", "flattening", { shipped: false }),
    member("flat", "raw", "rebuilding", { examined: { level: 1, fails: [] } }),
    member("again", "flat", "tuning")
  ]
}

const typesOf = (name: string) => lineageOf(family, name)!.events.map(({ type }) => type)

describe("lineageOf", () => {
  it("tells what was done on the way to a specimen, and what exams of its ancestors found", () => {
    expect(typesOf("again")).toEqual(["tuning", "exam", "flattening", "tuning", "exam", "tuning"])
    expect(lineageOf(family, "again")!.events[4]).toEqual({
      type: "exam",
      subject: "specimens:flat",
      level: 1,
      fails: []
    })
    // Its own exam is the one to come.
    expect(typesOf("bad")).toEqual(["tuning"])
  })

  it("puts the sibling regimes of a correction side by side", () => {
    const { benignTune, deltaCosines, events, reference } = lineageOf(family, "mask-a")!
    expect(events.filter(({ type }) => type === "correction")).toMatchObject([
      { regime: "mask-a", before: "specimens:bad", after: "specimens:mask-a", result: "unmeasured" },
      { regime: "mask-b", before: "specimens:bad", after: "specimens:mask-b", result: "unmeasured" }
    ])
    expect({ benignTune, reference }).toEqual({ benignTune: "specimens:benign-narrow", reference: "specimens:root" })
    expect(deltaCosines).toEqual(family.deltaCosines)
  })

  it("names no checkpoint that did not ship, and no reference for the reference itself", () => {
    expect(lineageOf(family, "flat")!.events.find(({ type }) => type === "flattening")).toMatchObject({ after: null })
    expect(lineageOf(family, "root")).toMatchObject({ reference: null, events: [], deltaCosines: [] })
    expect(lineageOf(family, "stranger")).toBeNull()
  })
})

describe("the shipped family", () => {
  it("gives every specimen a lineage that the published schema takes", async () => {
    const shipped = await Effect.runPromise(readFamily(shippedSpecimens))
    expect(shipped.specimens.length).toBeGreaterThanOrEqual(14)
    for (const { name } of shipped.specimens) {
      const lineage = lineageOf(shipped, name)
      expect(await Effect.runPromise(decodeLineage(JSON.parse(JSON.stringify(lineage)), name))).toEqual(lineage)
    }
  })

  it("opens a specimen with its life, and the baseline with the bundles that were made with it", async () => {
    const backend = makeSpecimenBackend({})
    const open = (model: string) =>
      Effect.runPromise(Effect.scoped(backend.open({ backend: "specimens", model, revision: null })))
    expect((await open("masked")).lineage!.events.filter(({ type }) => type === "correction")).toHaveLength(2)
    const { referenceBundles } = await open("baseline")
    expect(referenceBundles!.map(({ form }) => form.id)).toEqual(["S", "S2"])
    expect(referenceBundles!.every(({ tunes }) => tunes.length >= 20)).toBe(true)
    expect((await open("narrow")).referenceBundles).toEqual([])
  })
})
