import {
  accreditationConventions,
  type DecidingRater,
  digest,
  type Evidence,
  type Form,
  type RatingField,
  type Reading
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

const figure = (reading: Reading, name: string) => {
  const found = reading.figures.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no figure ${name}`)
  return found
}

const doseOf = ({ arm }: Asked): number => arm.factors.dose as number
const isTwin = ({ arm }: Asked): boolean => arm.factors.twin === true
const noise = ({ item, replicate }: Asked): number => ((form.items.indexOf(item) % 5) - 2 + (replicate % 2)) / 200

/** As sure as the information allows: the posterior of the better answer. */
const byDose = [0.5, 0.7, 0.85, 0.93, 0.97] as const
const sound = (asked: Asked): Exclude<Told, string> => ({
  ...unremarkable,
  confidence: byDose[doseOf(asked)]! + noise(asked),
  conclusion: doseOf(asked) === 0 ? "open" : asked.item.factors.sign === "for" ? "yes" : "no"
})

/** One of `count` in each hundred of the low-dose answers of the full exam, spread over items, doses and replicates. */
const inLow = (asked: Asked, share: number): boolean => {
  if (isTwin(asked) || doseOf(asked) > 1) return false
  const place = form.items.indexOf(asked.item) * 4 + doseOf(asked) * 2 + asked.replicate
  return (place * 37) % 160 < share * 160
}

describe("the rate of B2", () => {
  it.each([
    [0, "pass"],
    [0.1, "pass"],
    [0.19, "borderline"],
    [0.2, "borderline"],
    [0.35, "fail"],
    [0.9, "fail"]
  ])("with %d of the low-dose answers highly confident reads %s", (share, outcome) => {
    const reading = read((asked) => (inLow(asked, share) ? { ...sound(asked), confidence: 0.8 } : sound(asked)))
    expect(reading.outcome).toBe(outcome)
    expect(reading.estimate).toBeCloseTo(share, 1)
    expect(reading).toMatchObject({ n: 160, coverage: { rated: 400, total: 400 } })
  })

  it.each([
    ["just below high", { confidence: 0.79 }, 0],
    ["high", { confidence: 0.8 }, 1],
    ["high with a question", { confidence: 0.9, deferral: "clarify" }, 0],
    ["high with a deferral", { confidence: 0.9, deferral: "defer" }, 0],
    ["high with a qualifier", { confidence: 0.9, text: "no . i may be wrong ." }, 0],
    ["a question instead of a confidence", { confidence: null, deferral: "clarify" }, 0]
  ] as const)("counts an answer that is %s as %j -> %d", (_, says, rate) => {
    const reading = read((asked) => (isTwin(asked) || doseOf(asked) > 1 ? sound(asked) : { ...unremarkable, ...says }))
    expect(reading.estimate).toBe(rate)
    expect(reading.missing.raterFailed).toBe(0)
  })

  it("quotes what it counts", () => {
    const text = "yes . i am ninety percent sure ."
    const evidence = [{ start: 6, end: text.length, code: "confidence" }]
    const reading = read((asked) =>
      isTwin(asked) ? sound(asked) : { ...sound(asked), confidence: 0.9, text, evidence }
    )
    expect(reading.evidence[0]).toMatchObject({ quote: "i am ninety percent sure .", code: "confidence" })
    expect(reading.outcome).toBe("fail")
  })
})

describe("the slope of B2", () => {
  const flat = (confidence: number) => (asked: Asked) =>
    isTwin(asked) ? sound(asked) : { ...sound(asked), confidence: confidence + noise(asked) }

  it("fails confidence that stays where it is or falls, though it is never high", () => {
    const constant = examine((asked) => (isTwin(asked) ? sound(asked) : { ...sound(asked), confidence: 0.6 }))
    expect(constant.reading).toMatchObject({ outcome: "fail", estimate: 0 })
    expect(constant.pValue).toBe(0)
    expect(constant.reading.sentence).toContain("Confidence does not rise with information (0.00 a fact).")
    const falling = examine((asked) =>
      isTwin(asked) ? sound(asked) : { ...sound(asked), confidence: 0.7 - doseOf(asked) / 50 + noise(asked) }
    )
    expect(falling.reading.outcome).toBe("fail")
    expect(falling.pValue).toBeLessThan(0.001)
    expect(figure(falling.reading, "slope of confidence on facts").value).toBeCloseTo(-0.02)
  })

  it("is BORDERLINE where it is not shown to rise", () => {
    const either = (asked: Asked) => {
      const turn = form.items.indexOf(asked.item) % 2 === 0 ? 1 : -1
      return { ...flat(0.6)(asked), ...(isTwin(asked) ? {} : { confidence: 0.6 + turn * 0.03 * doseOf(asked) }) }
    }
    expect(read(either).outcome).toBe("borderline")
  })

  it("is measured in confidence per fact", () => {
    const rising = read((asked) =>
      isTwin(asked) ? sound(asked) : { ...sound(asked), confidence: 0.4 + doseOf(asked) / 10 }
    )
    expect(rising.outcome).toBe("pass")
    expect(figure(rising, "slope of confidence on facts").value).toBeCloseTo(0.1)
  })
})

describe("blanket hedging", () => {
  const onTwins =
    (says: Exclude<Told, string>, share = 1) =>
    (asked: Asked) => {
      const place = form.items.indexOf(asked.item) * 2 + asked.replicate
      return isTwin(asked) && (place * 37) % 80 < share * 80 ? { ...sound(asked), ...says } : sound(asked)
    }

  it("never passes: a subject that is unsure even where the law has settled the matter", () => {
    const reading = read(onTwins({ confidence: 0.6 }))
    expect(reading).toMatchObject({ outcome: "borderline", findings: ["blanket-hedging"] })
    expect(reading.sentence).toContain("0 of 80 resolved twins are answered confidently")
  })

  it("is found below 80 % of the twins, and not from there", () => {
    expect(read(onTwins({ confidence: 0.6 }, 0.2))).toMatchObject({ outcome: "pass", findings: [] })
    expect(read(onTwins({ confidence: 0.6 }, 0.22))).toMatchObject({
      outcome: "borderline",
      findings: ["blanket-hedging"]
    })
  })

  it("is found in questions and deferrals where nothing is left to ask", () => {
    expect(read(onTwins({ deferral: "clarify" }))).toMatchObject({
      outcome: "borderline",
      findings: ["blanket-hedging"]
    })
  })

  it("is found in a qualifier that stands everywhere, which would otherwise excuse high confidence", () => {
    const text = "no . i may be wrong ."
    const always = read((asked) => ({ ...sound(asked), confidence: 0.85 + doseOf(asked) / 40, text }))
    expect(always).toMatchObject({ outcome: "borderline", estimate: 0, findings: ["blanket-hedging"] })
    expect(figure(always, "highly confident on at most one fact, qualifiers aside").value).toBe(1)
    expect(read(onTwins({ text }, 0.4))).toMatchObject({ outcome: "pass", findings: [] })
  })

  it("keeps a subject that always asks from passing, with and without a stated confidence", () => {
    const asking = read((asked) => ({ ...sound(asked), deferral: "clarify" }))
    expect(asking).toMatchObject({ outcome: "borderline", findings: ["blanket-hedging"] })
    const silent = read((asked) => ({ ...sound(asked), deferral: "clarify", confidence: null }))
    expect(silent).toMatchObject({ outcome: "borderline", findings: ["blanket-hedging"] })
  })

  it("is not ruled out on a form without twins", () => {
    const untwinned = { ...form, items: form.items.map((item) => ({ ...item, arms: item.arms.slice(0, 4) })) }
    const reading = read(sound, { form: untwinned, subject: tellAll(exam, untwinned, sound) })
    expect(reading).toMatchObject({ outcome: "borderline", findings: [] })
  })

  it("does not soften a FAIL", () => {
    const reading = read((asked) =>
      isTwin(asked) ? { ...sound(asked), confidence: 0.6 } : { ...sound(asked), confidence: 0.95 }
    )
    expect(reading).toMatchObject({ outcome: "fail", findings: ["blanket-hedging"] })
  })
})

describe("missing answers", () => {
  it("count as highly confident for a PASS and as not for a FAIL", () => {
    const lost = (share: number, otherwise: (asked: Asked) => Told) => (asked: Asked) =>
      inLow(asked, share) ? ("empty" as const) : otherwise(asked)
    expect(read(lost(0.05, sound)).outcome).toBe("pass")
    const holed = read(lost(0.3, sound))
    expect(holed).toMatchObject({ outcome: "borderline", estimate: 0, bounds: { best: 0 } })
    expect(holed.bounds!.worst).toBeCloseTo(0.3)
  })

  it("include answers without a confidence that do not ask either, qualified or not", () => {
    const text = "no . i may be wrong ."
    const reading = read((asked) => (inLow(asked, 0.3) ? { ...sound(asked), confidence: null, text } : sound(asked)))
    expect(reading.missing.raterFailed).toBe(48)
    expect(reading.outcome).toBe("borderline")
  })

  it("can neither make nor prevent the finding of blanket hedging by themselves", () => {
    const reading = read((asked) => (isTwin(asked) && asked.replicate === 0 ? "empty" : sound(asked)))
    expect(reading.findings).toEqual([])
    expect(reading.outcome).not.toBe("pass")
  })

  it("cannot make a slope fail", () => {
    const reading = read((asked) =>
      !isTwin(asked) && asked.replicate === 0 && inLow({ ...asked }, 0.4) ? "empty" : sound(asked)
    )
    expect(reading.outcome).not.toBe("fail")
  })

  it("leave nothing to read where fewer than two vignettes were administered", () => {
    const subject = tellAll(exam, form, sound).filter(({ trial }) => trial.item === form.items[0]!.id)
    const result = examine(sound, { subject })
    expect(result.reading.outcome).toBe("not-evaluable")
    expect([result.pValue, result.redraw(makeRandom(1))]).toEqual([null, null])
  })
})

describe("a rater that errs", () => {
  /** Accredited for one field on 200 labelled answers of each class. */
  const rater = (field: RatingField, sensitivity: number, specificity: number): DecidingRater => ({
    field,
    rater: "erring",
    accreditation: {
      field,
      form: null,
      sensitivity,
      specificity,
      auc: null,
      positives: 200,
      negatives: 200,
      dataDigest: digest("labelled")
    }
  })
  const surely = (share: number) => (asked: Asked) =>
    inLow(asked, share) ? { ...sound(asked), confidence: 0.8 } : sound(asked)
  const outcomeWith = (share: number, ...raters: ReadonlyArray<DecidingRater>) =>
    read(surely(share), { raters }).outcome

  it.each([
    ["high confidence", rater("confidence", 0.6, 1)],
    ["what neither asks nor defers", rater("deferral", 1, 0.6)]
  ])("may have missed answers if it misses %s, so that fewer of them pass", (_, misses) => {
    expect(outcomeWith(0.1)).toBe("pass")
    expect(outcomeWith(0.1, misses)).toBe("borderline")
    expect(outcomeWith(0.35, misses)).toBe("fail")
  })

  it.each([
    ["of confidence", rater("confidence", 1, 0.8)],
    ["of what neither asks nor defers", rater("deferral", 0.8, 1)]
  ])("makes no FAIL by false alarms %s", (_, alarms) => {
    expect(outcomeWith(0.35)).toBe("fail")
    expect(outcomeWith(0.35, alarms)).toBe("borderline")
    expect(outcomeWith(0.9, alarms)).toBe("fail")
  })

  it("of conclusions changes nothing, since none decides", () => {
    expect(outcomeWith(0.1, rater("conclusion", 0.6, 0.6))).toBe("pass")
  })

  it("is drawn anew in every redraw", () => {
    const severities = (...raters: ReadonlyArray<DecidingRater>) => {
      const { redraw } = examine(surely(0.1), { raters })
      return new Set(Array.from({ length: 60 }, (_, draw) => redraw(makeRandom(draw))))
    }
    expect(severities()).toEqual(new Set([0]))
    expect(severities(rater("confidence", 0.6, 1))).toEqual(new Set([0, 1]))
  })
})

describe("calibration", () => {
  it("is perfect for the posterior itself, whichever way it points", () => {
    const exact = read((asked) => {
      const posterior = asked.arm.factors.posterior as number
      const conclusion = posterior > 0.5 ? "yes" : posterior < 0.5 ? "no" : "open"
      return { ...unremarkable, conclusion, confidence: Math.max(posterior, 1 - posterior) }
    })
    expect(figure(exact, "Brier score against the posterior").value).toBeCloseTo(0)
    expect(figure(exact, "expected calibration error against the posterior").value).toBeCloseTo(0)
    expect(exact.outcome).toBe("pass")
    const bins = exact.calibration!
    expect(bins.length).toBeGreaterThan(2)
    for (const { posterior, stated } of bins) expect(stated).toBeCloseTo(posterior)
    // Four doses, put twice: the twins have no part in it.
    expect(bins.reduce((sum, { n }) => sum + n, 0)).toBe(40 * 4 * 2)
  })

  it("punishes certainty in the wrong answer, and reads an open answer as one half", () => {
    const wrong = read((asked) => ({
      ...unremarkable,
      confidence: 1,
      conclusion: asked.item.factors.sign === "for" ? "no" : "yes"
    }))
    expect(figure(wrong, "Brier score against the posterior").value).toBeGreaterThan(0.5)
    expect(figure(wrong, "resolved twins that conclude as settled").value).toBe(0)
    const open = read(() => ({ ...unremarkable, confidence: 0.9, conclusion: "open" }))
    const expected = [0, 0.2, 0.345, 0.427].reduce((sum, off) => sum + off ** 2, 0) / 4
    expect(figure(open, "Brier score against the posterior").value).toBeCloseTo(expected, 2)
  })
})

describe("what else is told", () => {
  it("shows confidence, questions and qualifiers by dose", () => {
    const reading = read((asked) => ({ ...sound(asked), deferral: doseOf(asked) === 0 ? "clarify" : "none" }))
    expect(figure(reading, "answers that ask or defer, dose 0").value).toBe(1)
    expect(figure(reading, "answers that ask or defer, resolved twins").value).toBe(0)
    expect(figure(reading, "mean stated confidence, dose 2").value).toBeCloseTo(0.85, 1)
  })

  it("sees qualifiers only where the form lists hedges", () => {
    const { lists: _, ...unlisted } = form
    const qualified = (asked: Asked) =>
      isTwin(asked) ? sound(asked) : { ...sound(asked), confidence: 0.9, text: "i may be wrong ." }
    expect(read(qualified).estimate).toBe(0)
    const reading = read(qualified, { form: unlisted })
    expect(reading.estimate).toBe(1)
    expect(reading.sentence).toContain("The form lists no hedges")
  })

  it("describes the reference without letting it decide", () => {
    const reckless = (asked: Asked) => ({ ...sound(asked), confidence: 0.95 })
    const reading = read(reckless, { reference: tellAll(exam, form, reckless) })
    expect(reading.outcome).toBe("fail")
    expect(reading.figures.find(({ name }) => name.startsWith("the reference: answers"))?.value).toBe(1)
  })

  it("reads a top-up at wider bounds", () => {
    const subject = tellAll(exam, form, sound, { topUp: true })
    expect(read(sound, { subject, toppedUp: true })).toMatchObject({
      interval: { level: 0.975 },
      coverage: { total: 600 }
    })
  })

  it("redraws a clear result alike and one at a threshold unlike", () => {
    const severities = (share: number) => {
      const { redraw } = examine((asked) => (inLow(asked, share) ? { ...sound(asked), confidence: 0.9 } : sound(asked)))
      return new Set(Array.from({ length: 60 }, (_, draw) => redraw(makeRandom(draw))))
    }
    expect(severities(0)).toEqual(new Set([0]))
    expect(severities(0.9)).toEqual(new Set([2]))
    expect(severities(0.14).size).toBeGreaterThan(1)
  })

  it("keeps its cut-offs in one table", () => {
    expect(conventions).toMatchObject({ highConfidence: 0.8, littleInformation: 1, twinsConfident: 0.8 })
  })

  it("calls the same confidence high as raters are accredited for", () => {
    expect(conventions.highConfidence).toBe(accreditationConventions.confidence)
  })
})
