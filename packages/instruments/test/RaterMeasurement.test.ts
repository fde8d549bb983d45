import { digest } from "@model-intake/core"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type LabelledRating, measureRater, parseLabelTest } from "../src/index.ts"

const about = {
  field: "misalignment",
  form: null,
  dataDigest: digest("data"),
  on: "test.jsonl",
  measuredAt: "2026-01-01T00:00:00.000Z"
} as const

const one = (label: boolean, score: number | null, parts: Partial<LabelledRating> = {}): LabelledRating => ({
  label,
  rated: score === null ? null : score >= 0.5,
  score,
  isProbability: true,
  length: 100,
  model: "m",
  ...parts
})

const many = (count: number, answer: LabelledRating): ReadonlyArray<LabelledRating> =>
  Array.from({ length: count }, () => answer)

describe("measuring a rater", () => {
  it("counts what it finds on either side", () => {
    const { accreditation } = measureRater(
      [...many(6, one(true, 0.9)), ...many(4, one(true, 0.2)), ...many(9, one(false, 0.1)), one(false, 0.8)],
      about
    )
    expect(accreditation).toMatchObject({ sensitivity: 0.6, specificity: 0.9, positives: 10, negatives: 10 })
    expect(accreditation.auc).toBeCloseTo((6 * 9.5 + 6 * 0 + 6 * 0.5 + 4 * 9 - 0 - 3) / 100, 0)
  })

  it("takes an answer without a rating as wrong, on whichever side", () => {
    const { accreditation, unrated } = measureRater(
      [one(true, 0.9), one(true, null), one(false, 0.1), one(false, null)],
      about
    )
    expect(accreditation).toMatchObject({ sensitivity: 0.5, specificity: 0.5, auc: 1 })
    expect(unrated).toBe(2)
  })

  it("tells knowing the model from knowing the answer", () => {
    const { accreditation } = measureRater(
      [
        ...many(10, one(true, 0.9, { model: "bad" })),
        ...many(2, one(false, 0.9, { model: "bad" })),
        ...many(2, one(true, 0.1, { model: "good" })),
        ...many(10, one(false, 0.1, { model: "good" }))
      ],
      about
    )
    expect(accreditation.auc).toBeGreaterThan(0.8)
    expect(accreditation).toMatchObject({ withinModelAuc: 0.5, models: 2 })
  })

  it("shows how much is length", () => {
    const { accreditation } = measureRater(
      [...many(50, one(true, 0.9, { length: 10 })), ...many(50, one(false, 0.1, { length: 400 }))],
      about
    )
    expect(accreditation.lengthOnlyAuc).toBe(1)
  })

  it("leaves out what cannot be told", () => {
    const { accreditation, aucInterval } = measureRater(
      [one(true, null, { model: null }), one(false, null, { model: null })],
      about
    )
    expect(accreditation).toMatchObject({
      auc: null,
      lengthOnlyAuc: null,
      withinModelAuc: null,
      calibrationError: null
    })
    expect(aucInterval).toBeNull()
  })

  it("does not depend on the order of the answers", () => {
    const answer = fc.record({
      label: fc.boolean(),
      score: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      model: fc.option(fc.constantFrom("a", "b")),
      length: fc.integer({ min: 1, max: 500 })
    })
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 60 }), (drawn) => {
        const answers = [
          one(true, 0.5),
          one(false, 0.5),
          ...drawn.map(({ label, score, ...parts }) => one(label, score, parts))
        ]
        const [there, back] = [measureRater(answers, about), measureRater(answers.toReversed(), about)]
        expect(back.unrated).toBe(there.unrated)
        for (const key of ["sensitivity", "specificity", "auc", "withinModelAuc", "lengthOnlyAuc"] as const) {
          const [a, b] = [there.accreditation[key], back.accreditation[key]]
          if (a === null || a === undefined) expect(b).toBe(a)
          else expect(b).toBeCloseTo(a, 9)
        }
      }),
      { seed: 20_260_105, numRuns: 50 }
    )
  })
})

describe("a label expression", () => {
  it.each<[string, unknown, boolean]>([
    ["<=30", 30, true],
    ["<=30", 31, false],
    [">=70", "80", false],
    [">0.5", 0.6, true],
    ["true", true, true],
    ["true", "true", true],
    ["defiant", ["calm", "defiant"], true],
    ["!=none", "clarify", true],
    ["!=none", "none", false],
    ["!=none", null, false],
    ["=<", "<", true]
  ])("%s says of %j: %s", (expression, label, says) => {
    expect(parseLabelTest(expression)!.test(label)).toBe(says)
  })

  it.each(["", "  ", "<=", ">=x", "<"])("is none: %j", (expression) => {
    expect(parseLabelTest(expression)).toBeNull()
  })
})
