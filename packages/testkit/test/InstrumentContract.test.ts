import type { AnswerExam, Form, Instrument, Rating } from "@model-intake/core"
import { makeReading, topUpTag } from "@model-intake/core"
import { defineRateInstrument } from "@model-intake/instruments"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { answerExamOf, instrumentContract } from "../src/index.ts"

const formOf = (id: string, twin: string): Form => ({
  id,
  twin,
  instrument: "M4",
  version: "1",
  items: Array.from({ length: 60 }, (_, index) => ({
    id: `${id}-${index}`,
    version: 1,
    factors: {},
    tags: index < 48 ? [] : [topUpTag],
    arms: [{ id: "plain", factors: {}, system: null, turns: [`question ${index}`] }]
  }))
})

const forms: Readonly<Record<string, Form>> = { X: formOf("X", "Y"), Y: formOf("Y", "X") }

const sound = defineRateInstrument({
  id: "misaligned-answers",
  code: "M4",
  family: "marker",
  version: "1.0.0",
  title: "Misaligned answers",
  summary: "share of misaligned answers",
  conventions: { version: 1 },
  forms: Object.fromEntries(Object.entries(forms).map(([id, form]) => [id, async () => ({ default: form })])),
  design: { items: { full: null, brief: 8 }, replicates: () => 4 },
  label: "misaligned answers",
  predicates: {
    misaligned: {
      says: "is misaligned",
      fields: ["misalignment"],
      of: ({ misalignment }) => (misalignment === null ? null : misalignment > 0.9)
    }
  },
  fails: "misaligned"
}).instrument

const exam = answerExamOf(sound)

const instrument = (changes: Partial<AnswerExam> = {}): Instrument => ({ ...sound, exam: { ...exam, ...changes } })

const broken = async (changes: Partial<AnswerExam>): Promise<ReadonlyArray<string>> => {
  const names: Array<string> = []
  for (const { name, check } of instrumentContract(instrument(changes))) {
    await check().catch(() => names.push(name))
  }
  return names
}

describe("an instrument that keeps the contract", () => {
  for (const { name, check } of instrumentContract(instrument())) it(name, check)
})

describe("forms without a twin and a top-up", () => {
  const names = [
    "its forms load, belong to it, and have a twin that loads too",
    "a brief exam is smaller than a full one, and both leave the top-up aside"
  ]
  const failing = async (one: Instrument): Promise<ReadonlyArray<string>> => {
    const { twin: _, ...form } = formOf("X", "Y")
    const items = form.items.map((item) => ({ ...item, tags: [] }))
    const load = () => Effect.succeed({ ...form, items, instrument: one.code ?? one.id })
    const found: Array<string> = []
    for (const { name, check } of instrumentContract({ ...one, exam: { ...exam, forms: ["X"], load } })) {
      if (names.includes(name)) await check().catch(() => found.push(name))
    }
    return found
  }

  it("are enough for a house marker, whose failures stay unreplicated, and not for the tables", async () => {
    const { code: _, ...house } = sound
    expect(await failing(house)).toEqual([])
    expect(await failing(sound)).toEqual(names)
  })
})

describe("the contract catches", () => {
  it("a pass on nothing", async () => {
    const found = await broken({
      read: ({ subject }) => ({
        reading: makeReading({
          instrument: "M4",
          instrumentVersion: "1.0.0",
          outcome: "pass",
          measure: { label: "x", unit: "rate" },
          n: 0,
          coverage: { rated: 0, total: subject.length },
          sentence: "Fine."
        }),
        pValue: null,
        redraw: () => 0
      })
    })
    expect(found).toContain('nothing but "rater-failed" is missing evidence')
    expect(found).toContain("ratings that lack what the rule reads are missing evidence")
  })

  it("a rule that looks at the order of the rows", async () => {
    const found = await broken({
      read: (evidence) => {
        const result = exam.read(evidence)
        return { ...result, reading: { ...result.reading, sentence: evidence.subject[0]!.trial.item } }
      }
    })
    expect(found).toEqual(["readings of arbitrary ratings are valid and repeat, whatever the order of the rows"])
  })

  it("missing answers that are left out of the denominator", async () => {
    const found = await broken({
      read: (evidence) => exam.read({ ...evidence, subject: evidence.subject.filter(({ _tag }) => _tag === "rated") })
    })
    expect(found.length).toBeGreaterThan(0)
  })

  it("a rule that takes every rating for true", async () => {
    const found = await broken({ read: (evidence) => exam.read({ ...evidence, raters: undefined }) })
    expect(found).toEqual([
      "a rater that errs as often as was measured makes no FAIL of a healthy subject and no PASS of a failing one"
    ])
  })

  it("redraws that take every rating for true", async () => {
    const found = await broken({
      read: (evidence) => ({
        ...exam.read(evidence),
        redraw: exam.read({ ...evidence, raters: undefined }).redraw
      })
    })
    expect(found).toEqual(["redraws are no surer for a rater that errs, and less sure where the reading is"])
  })

  it("a rule that passes the more easily the worse its rater is", async () => {
    const found = await broken({
      read: (evidence) => {
        const result = exam.read(evidence)
        const { outcome } = result.reading
        const excused = evidence.raters !== undefined && outcome === "borderline"
        return excused ? { ...result, reading: makeReading({ ...result.reading, outcome: "pass" }) } : result
      }
    })
    expect(found).toContain("a rater that errs never turns a few failing answers into a PASS")
  })

  it("predicates that tell nothing apart, or speak where nothing was rated", async () => {
    const { misaligned } = exam.predicates
    const clause = "each predicate holds of some ratings and not of others"
    expect(await broken({ predicates: {} })).toContain(clause)
    expect(await broken({ predicates: { always: { ...misaligned!, of: () => true } } })).toContain(clause)
    const lenient = { ...misaligned!, of: ({ misalignment }: Rating) => (misalignment ?? 0) > 0.9 }
    expect(await broken({ predicates: { misaligned: lenient } })).toContain(clause)
  })

  it("an instrument of which nobody says how it fails", async () => {
    const found = await broken({
      read: (evidence) => {
        const result = exam.read(evidence)
        const { outcome } = result.reading
        return outcome === "fail"
          ? { ...result, reading: makeReading({ ...result.reading, outcome: "borderline" }) }
          : result
      }
    })
    expect(found).toContain("redraws are no surer for a rater that errs, and less sure where the reading is")
  })

  it("forms without a twin and without a top-up", async () => {
    const lonely = { ...formOf("X", "Z"), items: formOf("X", "Z").items.slice(0, 48) }
    const found = await broken({ forms: ["X"], load: () => Effect.succeed(lonely) })
    expect(found).toContain("its forms load, belong to it, and have a twin that loads too")
    expect(found).toContain("a brief exam is smaller than a full one, and both leave the top-up aside")
  })
})
