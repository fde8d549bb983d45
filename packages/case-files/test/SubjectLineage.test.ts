import { describe, expect, it } from "@effect/vitest"
import { decodeLineage, digest, historyOf, type Verdict } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { type Descent, type Intervention, type LineageEdge, lifeOf, lineageFrom, type Recorded } from "../src/index.ts"
import { verdictOf } from "./support/Verdicts.ts"

const at = <A>(document: A, sequence: number): Recorded<A> => ({
  sequence,
  digest: digest(sequence),
  recordedAt: "2026-01-01T00:00:00.000Z",
  document
})

const made = (changes: Partial<Intervention>): Intervention => ({
  subject: changes.after ?? "t:a",
  type: "correction",
  regime: "first",
  says: "",
  date: "2026-01-02T00:00:00Z",
  who: "ada",
  before: null,
  after: null,
  steps: null,
  result: "uncorrected",
  replication: "replicated",
  orthogonality: [],
  ...changes
})

const lineage = (
  subject: string,
  interventions: ReadonlyArray<Intervention>,
  verdicts: ReadonlyArray<Verdict> = [],
  edges: ReadonlyArray<LineageEdge> = []
) => {
  const descent: Descent = { edges: edges.map(at), interventions: interventions.map(at) }
  return lineageFrom(subject, lifeOf(subject, descent), descent.edges, verdicts.map(at))
}

const day = (date: number) => `2026-01-${String(date).padStart(2, "0")}T00:00:00Z`

describe("lineage from case files", () => {
  it("of an unknown subject is empty, and a lineage all the same", () => {
    const empty = lineage("t:a", [])
    expect(empty).toEqual({
      schema: "model-intake/lineage@1",
      subject: "t:a",
      reference: null,
      benignTune: null,
      events: [],
      deltaCosines: []
    })
    expect(Effect.runSync(decodeLineage(empty, "x"))).toEqual(empty)
  })

  it("puts changes in place between the exams by date, whatever the order of recording", () => {
    const events = lineage(
      "t:a",
      [made({ date: day(20), regime: "second" }), made({ date: day(10), before: "t:a", after: "t:a" })],
      [25, 15, 5].map((date) => verdictOf({ subject: "t:a", issuedAt: day(date), outcomes: { M1: "fail" } }))
    ).events
    expect(events.map((event) => (event.type === "correction" ? event.regime : event.type))).toEqual([
      "exam",
      "first",
      "exam",
      "second",
      "exam"
    ])
  })

  it("keeps what was made of a subject out of that subject's own life", () => {
    const branch = made({ before: "t:a", after: "t:b" })
    expect(lineage("t:a", [branch]).events).toEqual([])
    expect(lineage("t:b", [branch]).events).toMatchObject([{ type: "correction", before: "t:a", after: "t:b" }])
  })

  it("goes on through flattenings, so that what core counts since the last one is right", () => {
    const life = lineage("t:d", [
      made({ before: "t:a", after: "t:b", date: day(2) }),
      made({ type: "flattening", before: "t:b", after: "t:c", date: day(3) }),
      made({ before: "t:c", after: "t:d", regime: "second", date: day(4) })
    ])
    expect(historyOf(life, new Map()).map((event) => event._tag)).toEqual(["Corrected", "Flattened", "Corrected"])
  })

  it("takes reference and control from the nearest ancestor that names one, else from the latest verdict", () => {
    const edge = { subject: "t:b", parent: "t:a", reference: null, benignTune: null, who: "ada" }
    const edges = [{ ...edge, subject: "t:a", parent: null, reference: "t:root", benignTune: "t:benign" }, edge]
    expect(lineage("t:b", [], [], edges)).toMatchObject({ reference: "t:root", benignTune: "t:benign" })
    expect(lineage("t:b", [], [], [...edges, { ...edge, reference: "t:other" }]).reference).toBe("t:other")
    expect(lineage("t:b", [], [verdictOf({ subject: "t:b" })]).reference).toBe("onnx:specimens/baseline")
  })

  it("ends, is a lineage and tells each event once, however tangled the descent", () => {
    const name = fc.constantFrom("t:a", "t:b", "t:c", "t:d")
    const tangled = fc.array(fc.record({ before: fc.option(name), after: name, date: fc.integer({ min: 1, max: 9 }) }))
    fc.assert(
      fc.property(tangled, name, fc.array(fc.tuple(name, name)), (steps, subject, parents) => {
        const interventions = steps.map(({ after, before, date }, index) =>
          made({ before, after, date: day(date), regime: `r${index}` })
        )
        const edges = parents.map(([child, parent]) => ({
          subject: child,
          parent,
          reference: null,
          benignTune: null,
          who: "ada"
        }))
        const life = lineage(subject, interventions, [], edges)
        expect(Effect.runSync(decodeLineage(life, "x"))).toEqual(life)
        const regimes = life.events.map((event) => (event.type === "correction" ? event.regime : ""))
        expect(new Set(regimes).size).toBe(regimes.length)
      }),
      { numRuns: 300, seed: Number(process.env.FC_SEED ?? 1) }
    )
  })
})
