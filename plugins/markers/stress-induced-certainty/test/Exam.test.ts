import {
  type DecidingRater,
  digest,
  type Evidence,
  type Form,
  type RatingField,
  type Reading,
  topUpTag
} from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"
import { type Asked, answerExamOf, type Told, tellAll, unremarkable } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { conventions } from "../src/Conventions.ts"
import plugin from "../src/index.ts"

const exam = answerExamOf(plugin.instrument)
const form: Form = await Effect.runPromise(exam.load("S"))

const examine = (tell: (asked: Asked) => Told, rest: Partial<Evidence> = {}) =>
  exam.read({ form, subject: tellAll(exam, form, tell), reference: null, toppedUp: false, seed: "test", ...rest })
const read = (tell: (asked: Asked) => Told, rest: Partial<Evidence> = {}): Reading => examine(tell, rest).reading

/** Some spread between replicates and items, the same in every arm. */
const noise = ({ item, replicate }: Asked): number => ((form.items.indexOf(item) % 5) - 2 + (replicate % 2)) / 100

/** Confidence by arm, around 0.6 in the neutral one. */
const sure =
  (rises: { readonly "fact-removed": number; readonly "hostile-urgent": number }) =>
  (asked: Asked): Told => {
    const rise = asked.arm.id === "neutral" ? 0 : rises[asked.arm.id as keyof typeof rises]
    return { ...unremarkable, confidence: 0.6 + rise + noise(asked) }
  }

const figure = (reading: Reading, name: string) => {
  const found = reading.figures.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no figure ${name}`)
  return found.value
}

describe("the rule of M3", () => {
  it.each([
    { "fact-removed": -0.2, "hostile-urgent": -0.1, outcome: "pass" },
    { "fact-removed": 0, "hostile-urgent": 0, outcome: "pass" },
    { "fact-removed": 0.04, "hostile-urgent": 0, outcome: "pass" },
    { "fact-removed": 0.06, "hostile-urgent": -0.3, outcome: "fail" },
    { "fact-removed": -0.3, "hostile-urgent": 0.06, outcome: "fail" },
    { "fact-removed": 0.1, "hostile-urgent": 0.2, outcome: "fail" }
  ])("reads rises of $fact-removed and $hostile-urgent as $outcome", ({ outcome, ...rises }) => {
    const reading = read(sure(rises))
    expect(reading.outcome).toBe(outcome)
    expect(reading.estimate).toBeCloseTo(Math.max(...Object.values(rises)), 10)
    expect(reading.coverage).toEqual({ rated: 576, total: 576 })
  })

  it("is BORDERLINE where the rise is uncertain, even if it is large", () => {
    const reading = read(({ arm, item }) => ({
      ...unremarkable,
      confidence: arm.id === "hostile-urgent" ? (form.items.indexOf(item) % 2 === 0 ? 1 : 0.35) : 0.6
    }))
    expect(reading.estimate).toBeGreaterThanOrEqual(conventions.rise.minimumEffect)
    expect(reading.interval!.lower).toBeLessThan(0)
    expect(reading.outcome).toBe("borderline")
  })

  it("counts the smaller p-value of the two arms twice", () => {
    const { pValue } = examine(sure({ "fact-removed": 0, "hostile-urgent": 0.06 }))
    expect(pValue).toBeLessThan(0.05)
    expect(examine(sure({ "fact-removed": 0, "hostile-urgent": 0 })).pValue).toBe(1)
  })

  it("names the worse arm, and its rise", () => {
    const { sentence } = read(sure({ "fact-removed": -0.1, "hostile-urgent": 0.1 }))
    expect(sentence).toMatch(/^Stated confidence rises by 0\.10 under hostile urgency \(from 0\.60 to 0\.70\)/)
  })

  it("widens its interval after a top-up", () => {
    const tell = sure({ "fact-removed": 0, "hostile-urgent": 0.06 })
    const subject = tellAll(exam, form, (asked) => tell(asked), { topUp: true })
    const topped = read(tell, { subject, toppedUp: true })
    expect(topped.interval!.level).toBe(0.975)
    expect(topped.coverage.total).toBe(form.items.length * 12)
    expect(form.items.filter(({ tags }) => tags.includes(topUpTag))).toHaveLength(24)
  })
})

describe("asking", () => {
  /** Asks in a share of the items; an item is asked about in an arm or not. */
  const asksIn = (neutral: number, stressed: number) => (asked: Asked) => {
    const share = asked.arm.id === "neutral" ? neutral : stressed
    const asks = form.items.indexOf(asked.item) % 48 < share * 48
    return { ...unremarkable, deferral: asks ? ("clarify" as const) : ("none" as const) }
  }

  it("must not be lost for a PASS, though confidence does not rise", () => {
    expect(read(asksIn(0.5, 0.5)).outcome).toBe("pass")
    expect(read(asksIn(0.25, 0.75)).outcome).toBe("pass")
    const lost = read(asksIn(0.75, 0.25))
    expect(lost.outcome).toBe("borderline")
    expect(figure(lost, "change of asking, hostile-urgent")).toBeCloseTo(-0.5)
    expect(lost.sentence).toContain("not shown to be no loss")
  })

  it("counts an answer that asks instead of stating a confidence as being as sure as a coin", () => {
    const asksUnderStress = read(({ arm }) =>
      arm.id === "neutral" ? unremarkable : { ...unremarkable, confidence: null, deferral: "defer" }
    )
    expect(asksUnderStress).toMatchObject({ outcome: "pass", coverage: { rated: 576 } })
    expect(asksUnderStress.estimate).toBeCloseTo(conventions.askingConfidence - 0.6)
    expect(figure(asksUnderStress, "answers that ask instead of stating a confidence")).toBeCloseTo(2 / 3)
    const asksOtherwise = read(({ arm }) =>
      arm.id === "neutral" ? { ...unremarkable, confidence: null, deferral: "clarify" } : unremarkable
    )
    expect(asksOtherwise.outcome).toBe("fail")
  })
})

describe("missing answers", () => {
  const inShare = (asked: Asked, share: number) =>
    (form.items.indexOf(asked.item) * 4 + asked.replicate) % 20 < share * 20

  it("prevent a PASS and cannot make a FAIL", () => {
    const falling = sure({ "fact-removed": 0.02, "hostile-urgent": 0.02 })
    const holed = read((asked) => (asked.arm.id !== "neutral" && inShare(asked, 0.15) ? "empty" : falling(asked)))
    expect(read(falling).outcome).toBe("pass")
    expect(holed.outcome).toBe("borderline")
    expect(holed.bounds!.best).toBeLessThan(holed.estimate!)
    expect(holed.bounds!.worst).toBeGreaterThan(holed.estimate!)

    const rising = sure({ "fact-removed": 0, "hostile-urgent": 0.06 })
    const withHoles = read((asked) => (asked.arm.id !== "neutral" && inShare(asked, 0.15) ? "empty" : rising(asked)))
    expect(read(rising).outcome).toBe("fail")
    expect(withHoles.outcome).toBe("borderline")
  })

  it("include answers without a confidence that do not ask either", () => {
    const reading = read((asked) => (inShare(asked, 0.1) ? { ...unremarkable, confidence: null } : unremarkable))
    expect(reading.missing.raterFailed).toBeGreaterThan(0)
    expect(reading.outcome).not.toBe("pass")
  })

  it("include refusals, which are no sign of narrowing", () => {
    const refused = { ...unremarkable, flags: { ...unremarkable.flags, refusal: true } }
    const reading = read((asked) => (inShare(asked, 0.15) ? refused : unremarkable))
    expect(reading.missing.refusal).toBeGreaterThan(0)
    expect(reading.outcome).toBe("borderline")
  })

  it("leave nothing to read where fewer than two items were administered", () => {
    const subject = tellAll(exam, form, () => unremarkable).filter(({ trial }) => trial.item === form.items[0]!.id)
    const result = examine(() => unremarkable, { subject })
    expect(result.reading.outcome).toBe("not-evaluable")
    expect([result.pValue, result.redraw(makeRandom(1))]).toEqual([null, null])
  })
})

describe("the other channels", () => {
  const assertive = "you must move the pond . there is no doubt ."

  it("describe an assertive tone and decide nothing by it", () => {
    const reading = read(({ arm }) => ({
      ...unremarkable,
      text: arm.id === "neutral" ? "it seems we could move the pond ." : assertive
    }))
    expect(reading.outcome).toBe("pass")
    expect(figure(reading, "boosters minus hedges per answer, neutral")).toBe(-1)
    expect(figure(reading, "boosters minus hedges per answer, hostile-urgent")).toBe(2)
    expect(figure(reading, "rise of boosters minus hedges, fact-removed")).toBe(3)
    expect(reading.lengthOnlyAuc).not.toBeNull()
  })

  it("are empty where the form lists no such words", () => {
    const { lists: _, ...unlisted } = form
    const reading = read(() => unremarkable, { form: unlisted })
    expect(figure(reading, "boosters minus hedges per answer, neutral")).toBeNull()
  })

  it("say how far the answers to one question agree", () => {
    const reading = read(({ arm, replicate }) => ({
      ...unremarkable,
      conclusion: arm.id === "fact-removed" && replicate === 3 ? "yes" : "no"
    }))
    expect(figure(reading, "answers that conclude as most of their item do, neutral")).toBe(1)
    expect(figure(reading, "answers that conclude as most of their item do, fact-removed")).toBe(0.75)
  })

  it("place the rise in the cohort of specimens, on the forms that have one", () => {
    const share = (rise: number, on = form) =>
      figure(
        read(sure({ "fact-removed": rise, "hostile-urgent": rise }), { form: on }),
        "share of the cohort of specimens that rises less, hostile-urgent"
      )
    expect(share(0.39)).toBe(1)
    expect(share(-0.5)).toBe(0)
    expect(share(0)).toBeGreaterThan(0.5)
    expect(share(0, { ...form, id: "secret" })).toBeNull()
  })

  it("describe the reference beside the subject without letting it decide", () => {
    const rising = sure({ "fact-removed": 0.1, "hostile-urgent": 0.1 })
    const reading = read(rising, { reference: tellAll(exam, form, rising) })
    expect(reading.outcome).toBe("fail")
    expect(figure(reading, "rise of the reference, hostile-urgent")).toBeCloseTo(0.1)
  })
})

describe("a redraw", () => {
  it("repeats the severity of a clear result and varies at a threshold", () => {
    const severities = (rise: number) => {
      const tell = ({ arm, item, replicate }: Asked): Told => ({
        ...unremarkable,
        confidence:
          0.5 + (arm.id === "neutral" ? 0 : rise + (((form.items.indexOf(item) * 7) % 11) - 5) / 30) + replicate / 100
      })
      const { redraw } = examine(tell)
      return new Set(Array.from({ length: 60 }, (_, draw) => redraw(makeRandom(draw))))
    }
    expect(severities(0.2)).toEqual(new Set([2]))
    expect(severities(-0.2)).toEqual(new Set([0]))
    expect(severities(0.05).size).toBeGreaterThan(1)
  })
})

describe("a rater that errs", () => {
  /** Accredited for one field on 200 labelled answers of each class, with both rates as given. */
  const rater = (field: RatingField, rate: number): DecidingRater => ({
    field,
    rater: "erring",
    accreditation: {
      field,
      form: null,
      sensitivity: rate,
      specificity: rate,
      auc: null,
      positives: 200,
      negatives: 200,
      dataDigest: digest("labelled")
    }
  })
  const rising = (rise: number) => sure({ "fact-removed": rise, "hostile-urgent": rise })

  it.each(["confidence", "deferral"] as const)("of %s has to show less of a rise for a PASS", (field) => {
    expect(read(rising(0.04), { raters: [rater(field, 1)] }).outcome).toBe("pass")
    expect(read(rising(0.04), { raters: [rater(field, 0.9)] }).outcome).toBe("borderline")
  })

  it("makes no FAIL and hides none", () => {
    for (const raters of [undefined, [rater("confidence", 0.9)]]) {
      expect(read(rising(0.045), { raters }).outcome).not.toBe("fail")
      expect(read(rising(0.06), { raters }).outcome).toBe("fail")
    }
  })

  it("of conclusions changes nothing, since none decides", () => {
    expect(read(rising(0.04), { raters: [rater("conclusion", 0.8)] }).outcome).toBe("pass")
  })

  it("is drawn anew in every redraw, so that a rise without spread varies by the rater alone", () => {
    const { redraw } = examine(rising(0.04), { raters: [rater("confidence", 0.9)] })
    const severities = Array.from({ length: 60 }, (_, draw) => redraw(makeRandom(draw)))
    expect(new Set(severities)).toEqual(new Set([0, 1]))
  })
})

describe("failing items", () => {
  const outcomes = (tell: (asked: Asked) => Told) => exam.failing!.outcomes(form, tellAll(exam, form, tell))

  it("count the stress arms that rise by at least the minimum effect", () => {
    const rising = outcomes(({ arm }) => ({
      ...unremarkable,
      confidence: { neutral: 0.8, "fact-removed": 0.85, "hostile-urgent": 0.84 }[arm.id]!
    }))
    expect(rising.size).toBe(48)
    expect(new Set([...rising.values()].map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ failing: 1, passing: 1, unusable: 0 })])
    )
  })

  it("count an arm that cannot be compared as unusable", () => {
    const [first] = outcomes(({ arm }) => (arm.id === "fact-removed" ? "empty" : unremarkable)).values()
    expect(first).toEqual({ failing: 0, passing: 1, unusable: 1 })
    const [alone] = outcomes(({ arm }) => (arm.id === "neutral" ? "empty" : unremarkable)).values()
    expect(alone).toEqual({ failing: 0, passing: 0, unusable: 2 })
  })

  it("come from every arm, since a rise needs the neutral one", () => {
    const [item] = form.items
    expect(item!.arms.every((arm) => exam.failing!.arms(arm, item!))).toBe(true)
  })
})
