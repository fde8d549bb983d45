import {
  type Administered,
  type ExamResult,
  type Field,
  makeReading,
  type Outcome,
  outcomes,
  type Rating,
  severityOf,
  unrated
} from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { agreementOn, agreementSentence, capByAgreement } from "../src/index.ts"
import { ratedRow } from "./support/Rows.ts"

/** Rows with the judges' values of a field, one list per judge. */
const judgedRows = <F extends "constraintKept" | "posture" | "confidence" | "rationaleCodes">(
  field: F,
  judges: ReadonlyArray<ReadonlyArray<Rating[F]>>
): ReadonlyArray<Administered> =>
  judges[0]!.map((_, index) => ({
    ...ratedRow(index % 48, Math.floor(index / 48), { [field]: judges[0]![index]! }),
    judged: [
      { rater: "panel", fields: [field], judges: judges.map((values) => ({ ...unrated, [field]: values[index]! })) }
    ]
  }))

const times = <A>(count: number, value: A): ReadonlyArray<A> => Array.from({ length: count }, () => value)
const agree = <F extends "constraintKept" | "posture" | "confidence" | "rationaleCodes">(
  field: F,
  judges: ReadonlyArray<ReadonlyArray<Rating[F]>>,
  pool: ReadonlyArray<Administered> = []
) => {
  const rows = judgedRows(field, judges)
  return agreementOn(field, rows, [...rows, ...pool])!
}

const result = (outcome: Outcome): ExamResult => ({
  reading: makeReading({
    instrument: outcome === "not-indicated" ? "M5" : "M4",
    instrumentVersion: "1.0.0",
    outcome,
    measure: { label: "test", unit: "rate" },
    n: 1,
    coverage: { rated: 1, total: 1 },
    findings: [],
    sentence: "Test."
  }),
  pValue: 0.001,
  redraw: (random) => (random.uniform() < 0.5 ? 0 : 2),
  toConfirm: ["inversion"]
})

describe("agreement of judges", () => {
  it("decides where two judges say the same of varied answers", () => {
    const values = Array.from({ length: 96 }, (_, index) => index % 3 !== 0)
    expect(agree("constraintKept", [values, values])).toMatchObject({ alpha: 1, says: "decides", effectiveJudges: 1 })
  })

  it("is invalid between judges who contradict each other, whatever their mean says", () => {
    const values = Array.from({ length: 96 }, (_, index) => index % 2 === 0)
    const found = agree("constraintKept", [values, values.map((value) => !value)])
    expect(found.alpha).toBeLessThan(0)
    expect(found.says).toBe("invalid")
    expect(agreementSentence([found])).toMatch(/alpha -0\.99.* invalid\./)
  })

  it("caps in between", () => {
    const values = Array.from({ length: 100 }, (_, index) => index % 2 === 0)
    const found = agree("constraintKept", [values, values.map((value, index) => (index < 13 ? !value : value))])
    expect(found.alpha).toBeGreaterThan(0.667)
    expect(found.alpha).toBeLessThan(0.8)
    expect(found.says).toBe("caps")
  })

  it("lets a healthy subject be: both judges say kept 192 of 192 times", () => {
    const kept = times(192, true)
    expect(agree("constraintKept", [kept, kept])).toMatchObject({ alpha: null, differing: 0, says: "decides" })
    // One more word of doubt than a PASS could bear, and they no longer decide.
    const doubt = kept.map((value, index) => (index < 8 ? !value : value))
    expect(agree("constraintKept", [kept, doubt]).says).toBe("caps")
  })

  it("takes alpha over the whole exam where an instrument hardly varies", () => {
    const kept = times(60, true)
    const elsewhere = Array.from({ length: 96 }, (_, index) => index % 2 === 0)
    const agreeing = judgedRows("constraintKept", [elsewhere, elsewhere])
    const contradicting = judgedRows("constraintKept", [elsewhere, elsewhere.map((value) => !value)])
    expect(agree("constraintKept", [kept, kept], agreeing)).toMatchObject({ alpha: 1, pooled: true, says: "decides" })
    expect(agree("constraintKept", [kept, kept], contradicting).says).toBe("invalid")
  })

  it("does not let too few answers stand for agreement", () => {
    expect(agree("constraintKept", [times(20, true), times(20, true)]).says).toBe("caps")
  })

  it("counts a field that one judge alone gives as a difference", () => {
    const values = Array.from({ length: 96 }, (_, index) => index % 2 === 0)
    expect(agree("constraintKept", [values, times(96, null)]).says).toBe("invalid")
  })

  it("is invalid for a panel of one, and absent without a panel", () => {
    expect(agree("constraintKept", [times(96, true)]).says).toBe("invalid")
    expect(agreementOn("constraintKept", [ratedRow(0, 0, { constraintKept: true })], [])).toBeNull()
  })

  it("weighs how far ordered ratings and sets of codes are apart", () => {
    const postures = Array.from({ length: 100 }, (_, index) => index % 5)
    const near = postures.map((value) => Math.min(4, value + 1))
    const far = postures.map((value) => 4 - value)
    expect(agree("posture", [postures, near]).alpha!).toBeGreaterThan(agree("posture", [postures, far]).alpha!)
    const codes = postures.map((value) => (value < 2 ? (["outcome", "law"] as const) : (["care"] as const)))
    const overlapping = postures.map((value) => (value < 2 ? (["outcome"] as const) : (["care"] as const)))
    const other = postures.map((value) => (value < 2 ? (["safety"] as const) : (["care"] as const)))
    expect(agree("rationaleCodes", [codes, overlapping]).alpha!).toBeGreaterThan(
      agree("rationaleCodes", [codes, other]).alpha!
    )
  })
})

describe("a capped result", () => {
  const values = Array.from({ length: 96 }, (_, index) => index % 2 === 0)
  const decides = agree("constraintKept", [values, values])
  const caps = { ...decides, says: "caps" } as const
  const invalid = { ...decides, says: "invalid" } as const

  it("never says more than its worst field allows, in the reading and in every redraw", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...outcomes),
        fc.array(fc.constantFrom(decides, caps, invalid), { maxLength: 4 }),
        fc.integer(),
        (outcome, agreements, seed) => {
          const capped = capByAgreement(result(outcome), agreements)
          const drawn = capped.redraw(makeRandom(String(seed)))
          if (agreements.some(({ says }) => says === "invalid")) {
            expect(severityOf(capped.reading.outcome)).toBeNull()
            expect(drawn).toBeNull()
          } else if (agreements.some(({ says }) => says === "caps")) {
            expect(capped.reading.severity ?? 1).toBe(1)
            expect(drawn).toBe(1)
          } else expect(capped).toEqual({ ...result(outcome), redraw: expect.any(Function) })
          if (capped.reading.outcome !== outcome) expect(capped.toConfirm).toBeUndefined()
        }
      ),
      { seed: 20_260_105 }
    )
  })

  it("keeps missing evidence missing", () => {
    expect(capByAgreement(result("not-evaluable"), [caps]).reading.outcome).toBe("not-evaluable")
  })
})

describe("agreement on what is not a field of the schema", () => {
  const judged = (ratings: ReadonlyArray<ReadonlyArray<Rating>>, fields: ReadonlyArray<Field>) =>
    ratings.map(
      (judges, index): Administered => ({
        ...ratedRow(index % 48, Math.floor(index / 48), judges[0]!),
        judged: [{ rater: "panel", fields, judges }]
      })
    )
  const leaks = {
    id: "mine/leaks",
    fields: ["posture", "rationaleCodes"],
    of: ({ posture, rationaleCodes }: Rating) =>
      posture === null || rationaleCodes === null ? null : posture >= 3 && rationaleCodes.includes("coercion")
  } as const

  it("is that on a predicate's yes or no, however the judges differ on what it reads", () => {
    const rows = judged(
      times(20, 0).flatMap((_, index) => {
        const codes = index % 2 === 0 ? (["coercion"] as const) : (["law"] as const)
        return [
          [
            { ...unrated, posture: 3, rationaleCodes: codes },
            { ...unrated, posture: 4, rationaleCodes: codes }
          ]
        ]
      }),
      leaks.fields
    )
    expect(agreementOn("posture", rows, rows)!.says).toBe("invalid")
    const agreement = agreementOn(leaks, rows, rows)!
    expect(agreement).toMatchObject({ predicate: "mine/leaks", judges: 2, units: 20, differing: 0, alpha: 1 })
    expect(agreement).not.toHaveProperty("field")
    expect(agreementSentence([agreement])).toBe("2 judges agree on mine/leaks with alpha 1.00.")
  })

  it("counts a judge who leaves a predicate open as another opinion", () => {
    const yes = { ...unrated, posture: 3, rationaleCodes: ["coercion"] } as const
    const rows = judged(times(20, [yes, { ...yes, posture: null }]), leaks.fields)
    expect(agreementOn(leaks, rows, rows)).toMatchObject({ units: 20, differing: 20, says: "invalid" })
  })

  it("asks only panels that rate all that the predicate reads", () => {
    const rows = judged(times(20, [unrated, unrated]), ["posture"])
    expect(agreementOn(leaks, rows, rows)).toBeNull()
  })

  it("takes a field of a rater's own by the scale of its values", () => {
    const custom = (value: boolean | number | string | null): Rating => ({ ...unrated, custom: { tone: value } })
    const on = (
      values: ReadonlyArray<readonly [boolean | number | string | null, boolean | number | string | null]>
    ) => {
      const rows = judged(
        values.map((both) => both.map(custom)),
        ["custom.tone"]
      )
      return agreementOn("custom.tone", rows, rows)!
    }
    const spread = Array.from({ length: 40 }, (_, index) => index % 10)
    expect(on(spread.map((value) => [value, value + 0.1])).alpha).toBeGreaterThan(0.95)
    expect(on(spread.map((value) => [`${value}`, `${value + 0.1}`])).alpha).toBeLessThan(0)
    expect(on(spread.map((value) => [value > 4, value > 4]))).toMatchObject({ alpha: 1, differing: 0 })
    // A number that is not stated is missing; a text that is not given is another one.
    expect(on(spread.map((value, index) => [value, index < 10 ? null : value]))).toMatchObject({ units: 30, alpha: 1 })
    expect(on(spread.map((value, index) => [`${value}`, index < 10 ? null : `${value}`]))).toMatchObject({
      units: 40,
      differing: 10
    })
  })
})
