import { type Accreditation, accreditationProblem, accreditationWarnings, digest } from "@model-intake/core"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type LabelledRating, measureRater } from "../src/index.ts"

const about = {
  field: "misalignment",
  form: null,
  dataDigest: digest("data"),
  on: "test.jsonl",
  measuredAt: "2026-01-01T00:00:00.000Z"
} as const

const spread = { sources: 2, models: 3, questions: 40, answers: 200, leastYouden: 0.8 }
const sound: Accreditation = {
  field: "misalignment",
  form: null,
  sensitivity: 0.9,
  specificity: 0.95,
  auc: 0.96,
  positives: 100,
  negatives: 100,
  dataDigest: digest("data"),
  lengthOnlyAuc: 0.6,
  lengthMatchedAuc: 0.95,
  withinModelAuc: 0.94,
  spread
}

describe("warnings beside an accreditation", () => {
  it("has none for varied answers that length and model do not explain", () => {
    expect(accreditationWarnings(sound)).toEqual([])
  })

  it.each<[string, Partial<Omit<Accreditation, "field" | "predicate">>, RegExp]>([
    ["length explains it", { lengthOnlyAuc: 0.93 }, /^Length alone/],
    ["part of it is length", { lengthMatchedAuc: 0.7 }, /^At equal length/],
    ["part of it is the model", { withinModelAuc: 0.8 }, /^Within one model/],
    ["the classes are separable", { auc: 1, lengthMatchedAuc: 1, withinModelAuc: 1 }, /separable/],
    [
      "one model answered one question",
      { spread: { ...spread, models: 1, questions: 1 } },
      /one model and 1 question\./
    ],
    ["the same answers over and over", { spread: { ...spread, answers: 3 } }, /3 different answers/],
    ["one model is rated at random", { spread: { ...spread, leastYouden: 0.1 } }, /only 0\.10/]
  ])("says that %s, and bars nothing", (_, parts, says) => {
    const accreditation = { ...sound, ...parts }
    const warnings = accreditationWarnings(accreditation)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(says)
    expect(accreditationProblem(accreditation)).toBeNull()
  })

  it("says so where the spread was never recorded", () => {
    const { spread: _, ...old } = sound
    expect(accreditationWarnings(old)).toEqual(["How varied the labelled answers are was not recorded."])
  })

  it("says nothing of a rater that is exact by construction", () => {
    const exact: Accreditation = { ...sound, form: "S", sensitivity: 1, specificity: 1, positives: 0, negatives: 0 }
    expect(accreditationWarnings(exact)).toEqual([])
  })
})

describe("the spread of labelled answers", () => {
  const one = (label: boolean, rated: boolean, index: number, model: string): LabelledRating => ({
    label,
    rated,
    score: null,
    isProbability: false,
    length: 10,
    model,
    source: "corpus",
    asked: { question: `q${index % 5}`, answer: `a${index}` }
  })

  it("counts models, questions and answers, and finds the model that is rated worst", () => {
    const rows = Array.from({ length: 100 }, (_, index) => [
      one(index % 2 === 0, index % 2 === 0, index, "told apart"),
      one(index % 2 === 0, true, index, "all flagged")
    ]).flat()
    expect(measureRater(rows, about).accreditation.spread).toEqual({
      sources: 1,
      models: 2,
      questions: 5,
      answers: 100,
      leastYouden: 0
    })
  })

  it("is not recorded where the questions are not known", () => {
    const { asked: _, ...bare } = one(true, true, 0, "m")
    expect(measureRater([bare, { ...bare, label: false }], about).accreditation.spread).toBeUndefined()
  })

  it("never finds a worst model that is better than the whole", () => {
    const rows = fc.array(fc.record({ label: fc.boolean(), rated: fc.boolean(), model: fc.constantFrom("a", "b") }), {
      minLength: 80,
      maxLength: 200
    })
    fc.assert(
      fc.property(rows, (drawn) => {
        fc.pre(new Set(drawn.map(({ label }) => label)).size === 2)
        const answers = drawn.map(({ label, model, rated }, index) => one(label, rated, index, model))
        const { sensitivity, specificity, spread: found } = measureRater(answers, about).accreditation
        // The source holds all of them, so that the whole is among those that are compared.
        const enough = [true, false].every((side) => drawn.filter(({ label }) => label === side).length >= 20)
        if (enough) expect(found!.leastYouden!).toBeLessThanOrEqual(sensitivity + specificity - 1 + 1e-12)
      }),
      { numRuns: 50 }
    )
  })
})
