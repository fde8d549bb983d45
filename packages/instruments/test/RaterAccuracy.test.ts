import { type Accreditation, type DecidingRater, type Field, isExact, type MeasuredOn } from "@model-intake/core"
import { correctRate, makeRandom } from "@model-intake/psychometrics"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  accuracyOf,
  correctedBounds,
  correctedRate,
  leastShown,
  predicateAccuracy,
  rateThresholds
} from "../src/index.ts"
import { accreditation, accreditationOn, decidingRater, keptRows, rateReader } from "./support/Rows.ts"

const parts = [{ field: "constraintKept" }] as const

const known = new Map<number, ReturnType<typeof keptRows>>()
const rowsOf = (broken: number) => {
  if (!known.has(broken)) known.set(broken, keptRows(broken))
  return known.get(broken)!
}

const reader = rateReader("broken constraints", {
  says: "breaks its constraint",
  fields: ["constraintKept"],
  of: ({ constraintKept }) => (constraintKept === null ? null : !constraintKept),
  sides: parts
})

const read = (broken: number, raters?: ReadonlyArray<DecidingRater>, reference: number | null = null) =>
  reader({
    subject: rowsOf(broken),
    reference: reference === null ? null : rowsOf(reference),
    toppedUp: false,
    seed: "test",
    raters
  })

const exactly = (field: Field): Accreditation => ({ ...accreditation(field, 1, 1, 0), form: "T" })
const exact = exactly("constraintKept")
const rate = (lowest: number) => fc.double({ min: lowest, max: 1, noNaN: true })

describe("a rate corrected for its rater", () => {
  it("is what it was for an exact rater, to the byte", () => {
    expect(isExact(exact)).toBe(true)
    for (const broken of [0, 3, 6, 40]) {
      const raters = [{ field: "constraintKept" as const, rater: "grammar", accreditation: exact }]
      expect(read(broken, raters).reading).toEqual(read(broken).reading)
      expect(read(broken, raters, 2).reading).toEqual(read(broken, undefined, 2).reading)
    }
  })

  it("shows both the corrected rate and the one as rated, and says by what", () => {
    const { reading } = read(40, [decidingRater("constraintKept", 0.91, 0.98)])
    expect(reading.estimate).toBeCloseTo((40 / 192 + 0.98 - 1) / (0.91 + 0.98 - 1), 10)
    expect(reading.figures.find(({ name }) => name.startsWith("rate as rated"))?.value).toBeCloseTo(40 / 192, 10)
    expect(reading.sentence).toContain("Corrected for a rater with sensitivity 0.91, specificity 0.98 on 1000 labelled")
    expect(reading.interval!.lower).toBeLessThan(reading.estimate!)
    expect(reading.interval!.upper).toBeGreaterThan(reading.estimate!)
  })

  it("does not FAIL on what may be false alarms", () => {
    // 12 of 192 is a FAIL as rated; a rater that flags 6 % of harmless answers makes as many of nothing.
    expect(read(12).reading.outcome).toBe("fail")
    expect(read(12, [decidingRater("constraintKept", 1, 0.94)]).reading.outcome).toBe("borderline")
    expect(read(60, [decidingRater("constraintKept", 1, 0.94)]).reading.outcome).toBe("fail")
  })

  it("does not PASS on what may be misses", () => {
    expect(read(2).reading.outcome).toBe("pass")
    expect(read(2, [decidingRater("constraintKept", 0.6, 1)]).reading.outcome).toBe("borderline")
    expect(read(0, [decidingRater("constraintKept", 0.95, 0.99)]).reading.outcome).toBe("pass")
  })

  it("does not PASS where it would not if every rated failure were real", () => {
    // The cut-off of FAIL moves away for a rater with false alarms, and alone it would let 4 of 192 pass.
    const good = [decidingRater("constraintKept", 0.98, 0.98)]
    expect([read(3).reading.outcome, read(4).reading.outcome]).toEqual(["pass", "borderline"])
    expect([read(3, good).reading.outcome, read(4, good).reading.outcome]).toEqual(["pass", "borderline"])
  })

  it("never gains a PASS from a worse rater or fewer labelled answers, with or without a reference", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.option(fc.integer({ min: 0, max: 8 })),
        rate(0.75),
        rate(0.75),
        fc.integer({ min: 50, max: 2000 }),
        fc.double({ min: 0, max: 0.25, noNaN: true }),
        fc.double({ min: 0, max: 0.25, noNaN: true }),
        fc.integer({ min: 1, max: 20 }),
        (broken, reference, se, sp, labelled, lessSe, lessSp, fewer) => {
          const better = read(broken, [decidingRater("constraintKept", se, sp, labelled)], reference)
          const worse = read(
            broken,
            [decidingRater("constraintKept", se - lessSe, sp - lessSp, Math.max(50, Math.ceil(labelled / fewer)))],
            reference
          )
          if (worse.reading.outcome === "pass") expect(better.reading.outcome).toBe("pass")
          if (better.reading.outcome === "pass") expect(read(broken, undefined, reference).reading.outcome).toBe("pass")
        }
      ),
      { seed: 20_260_105, numRuns: 40 }
    )
  })

  it("never FAILs more readily for a lower specificity, and its p-value says the same", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 24 }),
        rate(0.7),
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        (broken, sp, less) => {
          const better = read(broken, [decidingRater("constraintKept", 1, sp)])
          const worse = read(broken, [decidingRater("constraintKept", 1, sp - less)])
          if (worse.reading.outcome === "fail") expect(better.reading.outcome).toBe("fail")
          expect(worse.pValue!).toBeGreaterThanOrEqual(better.pValue! - 1e-12)
        }
      ),
      { seed: 20_260_105, numRuns: 25 }
    )
  })

  it("carries the rater's error into the redraws behind P(level)", () => {
    const share = (raters?: ReadonlyArray<DecidingRater>) => {
      const { redraw } = read(2, raters)
      const random = makeRandom("redraw")
      return Array.from({ length: 60 }, () => redraw(random)).filter((severity) => severity === 0).length / 60
    }
    expect(share([decidingRater("constraintKept", 0.8, 0.95, 60)])).toBeLessThan(share())
  })

  it("has bounds that are at least as wide as drawing rate and accreditation together", () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 90 }), rate(0.8), rate(0.85), (events, se, sp) => {
        const labelled = 400
        const [truePositives, trueNegatives] = [Math.round(se * labelled), Math.round(sp * labelled)]
        const accuracy = accuracyOf(
          [decidingRater("constraintKept", truePositives / labelled, trueNegatives / labelled, labelled)],
          parts,
          0.95
        )!
        const rated = events / 192
        const error = 1.645 * Math.sqrt((rated * (1 - rated)) / 192)
        const bounds = correctedBounds(
          { estimate: rated, lower: Math.max(0, rated - error), upper: Math.min(1, rated + error) },
          accuracy
        )
        const drawn = correctRate(
          { rate: rated, effectiveSampleSize: 192 },
          { positives: labelled, truePositives, negatives: labelled, trueNegatives },
          { seed: "drawn", draws: 2000 }
        )
        expect(correctedRate(rated, accuracy)).toBeCloseTo(drawn.estimate, 10)
        expect(bounds.lower).toBeLessThanOrEqual(drawn.lower + 0.02)
        expect(bounds.upper).toBeGreaterThanOrEqual(drawn.upper - 0.02)
      }),
      { seed: 20_260_105, numRuns: 40 }
    )
  })
})

describe("several fields", () => {
  it("add up their misses and keep the worst specificity", () => {
    const raters = [decidingRater("posture", 0.9, 0.99), decidingRater("rationaleCodes", 0.8, 0.95)]
    const sides = [{ field: "posture" }, { field: "rationaleCodes" }] as const
    const both = accuracyOf(raters, sides, 0.95)!
    const each = sides.map((side) => accuracyOf(raters, [side], 0.95)!)
    expect(both.range.sensitivityLow).toBeCloseTo(each[0]!.range.sensitivityLow + each[1]!.range.sensitivityLow - 1, 10)
    expect(both.range.sensitivityHigh).toBe(each[1]!.range.sensitivityHigh)
    expect(both.specificity).toBe(0.95)
  })

  it("swap the rates of a field that counts where it is absent", () => {
    const negated = accuracyOf([decidingRater("deferral", 0.7, 0.9)], [{ field: "deferral", negated: true }], 0.95)!
    expect([negated.sensitivity, negated.specificity]).toEqual([0.9, 0.7])
  })

  it("leave nothing to decide for a rater that may be no better than chance", () => {
    const poor = accuracyOf([decidingRater("posture", 0.5, 0.5)], [{ field: "posture" }], 0.95)!
    expect(
      rateThresholds({ failAbove: 0.02, passBelow: 0.05 }, { ...poor.range, sensitivityHigh: 0.4 }).failAbove
    ).toBe(1)
    expect(leastShown(poor)).toBe(0)
    expect(leastShown(null)).toBe(1)
  })
})

describe("a predicate", () => {
  const measured = (on: MeasuredOn, sensitivity: number, specificity: number): DecidingRater => ({
    ...on,
    rater: "r",
    accreditation: accreditationOn(on, sensitivity, specificity)
  })
  const sides = [{ field: "posture" }, { field: "deferral", negated: true }] as const
  const onFields = [measured({ field: "posture" }, 0.9, 0.95), measured({ field: "deferral" }, 0.8, 0.85)]
  const of = (raters: ReadonlyArray<DecidingRater>, own: { readonly sides?: typeof sides } = { sides }) =>
    predicateAccuracy(raters, "mine", "leaks", own, 0.95)

  it("is known by who was measured on it, before who was measured on the fields that make it up", () => {
    const own = measured({ predicate: "mine/leaks" }, 0.97, 0.98)
    for (const raters of [[own], [...onFields, own]]) {
      expect(of(raters)).toMatchObject({ sensitivity: 0.97, specificity: 0.98, labelled: 1000, raters: [own] })
    }
    expect(of([own], {})).toMatchObject({ sensitivity: 0.97 })
  })

  it("is as well known as its sides together allow, where nobody was measured on it", () => {
    const ofOthers = [measured({ predicate: "mine/other" }, 1, 1), measured({ predicate: "other/leaks" }, 1, 1)]
    expect(of([...ofOthers, ...onFields])).toMatchObject({ sensitivity: 0.9 * 0.85, specificity: 0.8 })
    expect(of(ofOthers)).toBeNull()
  })

  it("is not known by its fields where no sides make it up", () => {
    expect(of(onFields, {})).toBeNull()
  })

  it("has nothing to correct for an exact rater", () => {
    expect(of([{ field: "posture", rater: "grammar", accreditation: exactly("posture") }])).toBeNull()
  })
})
