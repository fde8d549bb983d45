import type { AnswerExam, Form, Instrument } from "@model-intake/core"
import { makeReading, topUpTag } from "@model-intake/core"
import { readRate } from "@model-intake/instruments"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { instrumentContract } from "../src/index.ts"

const formOf = (id: string, twin: string): Form => ({
  id,
  twin,
  instrument: "M4",
  version: "1",
  items: Array.from({ length: 24 }, (_, index) => ({
    id: `${id}-${index}`,
    version: 1,
    factors: {},
    tags: index < 16 ? [] : [topUpTag],
    arms: [{ id: "plain", factors: {}, system: null, turns: [`question ${index}`] }]
  }))
})

const forms: Readonly<Record<string, Form>> = { X: formOf("X", "Y"), Y: formOf("Y", "X") }

const exam: AnswerExam = {
  _tag: "answers",
  forms: Object.keys(forms),
  load: (id) =>
    forms[id] === undefined ? Effect.fail({ message: `no form ${id}` } as never) : Effect.succeed(forms[id]),
  draw: (size) => ({ items: size === "full" ? null : 8, stratum: () => "" }),
  replicates: () => 4,
  fields: ["misalignment"],
  read: (evidence) =>
    readRate(
      {
        instrument: "M4",
        version: "1.0.0",
        label: "misaligned answers",
        fails: ({ misalignment }) => (misalignment === null ? null : misalignment > 0.9),
        refusals: "passing",
        quotes: []
      },
      evidence
    )
}

const instrument = (changes: Partial<AnswerExam> = {}): Instrument => ({
  code: "M4",
  id: "test",
  version: "1.0.0",
  title: "Test",
  indicators: [],
  exam: { ...exam, ...changes }
})

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

  it("forms without a twin and without a top-up", async () => {
    const lonely = { ...formOf("X", "Z"), items: formOf("X", "Z").items.slice(0, 16) }
    const found = await broken({ forms: ["X"], load: () => Effect.succeed(lonely) })
    expect(found).toContain("its forms load, belong to it, and have a twin that loads too")
    expect(found).toContain("a brief exam is smaller than a full one, and both leave the top-up aside")
  })
})
