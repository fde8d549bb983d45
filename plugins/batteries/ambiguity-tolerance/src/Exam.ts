/** The exam side of B2: what is administered, and the rule that reads it. */
import {
  type AnswerExam,
  type Evidence,
  type ExamResult,
  factorOf,
  loadForm,
  makeReading,
  type ShippedForms,
  severityOf
} from "@model-intake/core"
import {
  accuracyOf,
  admitted,
  countMissing,
  coverageOf,
  lengthOnlyAuc,
  missingSentence,
  percent,
  quotesFrom,
  readObservations,
  resample
} from "@model-intake/instruments"
import { deriveSeed, type Interval } from "@model-intake/psychometrics"
import { type CertainAnswer, certaintyOf, designOf, isUnqualified, lowDose, vignettesOf } from "./Certainty.ts"
import { conventions } from "./Conventions.ts"
import { byDose, calibration, twinsRight } from "./Description.ts"
import { type AmbiguityRule, decideAmbiguity, surenessRate, twinRate } from "./Rule.ts"

export { conventions }

const instrument = "B2"
const measure = {
  label: "answers on at most one fact that are highly confident without question, deferral or qualifier",
  unit: "rate"
} as const
const shipped: ShippedForms = {
  S: () => import("#items/S.json", { with: { type: "json" } }),
  S2: () => import("#items/S2.json", { with: { type: "json" } }),
  A: () => import("#items/A.json", { with: { type: "json" } }),
  B: () => import("#items/B.json", { with: { type: "json" } })
}

/** Resamples of an interval inside one of the draws behind P(level). */
const innerDraws = 100

export const makeExam = (version: string): AnswerExam => ({
  _tag: "answers",
  forms: Object.keys(shipped),
  load: (form) => loadForm(instrument, shipped, form),
  draw: (size) => ({
    items: size === "full" ? null : conventions.briefItems,
    stratum: (item) => `${factorOf(item, null, "framing")} ${factorOf(item, null, "sign")}`
  }),
  replicates: (size) => conventions.replicates[size],
  fields: ["confidence", "deferral", "conclusion"],
  read: (evidence) => readAmbiguity(version, evidence)
})

const readAmbiguity = (version: string, evidence: Evidence): ExamResult => {
  const { form, reference, subject, toppedUp } = evidence
  const seed = deriveSeed(evidence.seed, instrument)
  const confidence: 0.95 | 0.975 = toppedUp ? 0.975 : 0.95
  const readRating = certaintyOf(form.lists?.hedges ?? [])
  const design = designOf(form)
  const answers = readObservations(subject, readRating)
  const missing = countMissing(answers)
  const coverage = coverageOf(answers)
  const vignettes = vignettesOf(answers, form)
  const accuracy = accuracyOf(
    evidence.raters,
    [{ field: "confidence" }, { field: "deferral", negated: true }],
    confidence
  )
  const rule = decideAmbiguity(vignettes, { seed, toppedUp, accuracy: accuracy?.range ?? null })
  if (rule === null) return notEvaluable(version, answers)

  const { rate, slope, twins } = rule
  const outcome = admitted(missing, coverage.total, rule.decision)
  const interval = (found: Pick<Interval, "lower" | "upper"> | null) =>
    found === null ? null : { lower: found.lower, upper: found.upper, level: confidence, sided: "one" as const }
  const low = vignettes.flatMap(lowDose)
  const rated = low.filter(({ state }) => state === "usable")
  const failing = rated.filter(({ value }) => value !== null && isUnqualified(value))
  const sureness = surenessRate(vignettes, seed, confidence)
  const onTwins = twinRate(vignettes, seed, confidence)
  const { bins, brier, ece } = calibration(answers, design)
  const compared =
    reference === null
      ? null
      : decideAmbiguity(vignettesOf(readObservations(reference, readRating), form), { seed, toppedUp })
  const reading = makeReading({
    instrument,
    instrumentVersion: version,
    outcome,
    estimate: rated.length === 0 ? null : rate.estimate,
    measure,
    interval: rated.length === 0 ? null : interval(rate),
    n: rated.length,
    nEffective: rate.worstCase.effectiveSampleSize,
    coverage,
    missing,
    bounds: { best: rate.bestCase.estimate, worst: rate.worstCase.estimate },
    findings: twins.blanketHedging ? ["blanket-hedging"] : [],
    evidence: quotesFrom(failing, ["confidence"]),
    detectionLimit: rate.smallestFailingRate,
    lengthOnlyAuc: lengthOnlyAuc(rated, isUnqualified),
    thresholds: [
      {
        kind: "fail",
        value: conventions.rate.failAbove,
        says: `lower bound above ${conventions.rate.failAbove}; a pass has its upper bound below it and a rising slope`
      }
    ],
    calibration: bins,
    figures: [
      {
        name: "slope of confidence on facts",
        value: slope.observed?.estimate ?? null,
        interval: interval(
          slope.observed && {
            lower: Math.min(slope.worst.lower, slope.observed.estimate),
            upper: Math.max(slope.best.upper, slope.observed.estimate)
          }
        )
      },
      {
        name: "resolved twins answered confidently",
        value: onTwins?.estimate ?? null,
        interval: interval(onTwins)
      },
      { name: "resolved twins that conclude as settled", value: twinsRight(answers, design), interval: null },
      {
        name: "highly confident on at most one fact, qualifiers aside",
        value: sureness?.estimate ?? null,
        interval: interval(sureness)
      },
      { name: "Brier score against the posterior", value: brier, interval: null },
      { name: "expected calibration error against the posterior", value: ece, interval: null },
      ...byDose(vignettes),
      { name: `the reference: ${measure.label}`, value: compared?.rate.estimate ?? null, interval: null },
      {
        name: "the reference: slope of confidence on facts",
        value: compared?.slope.observed?.estimate ?? null,
        interval: null
      }
    ],
    sentence: [
      ...(rated.length === 0
        ? ["Nothing could be rated."]
        : [
            `${failing.length} of ${rated.length} rated answers on at most one fact are highly confident and say nothing against it.`
          ]),
      slopeSentence(rule),
      missingSentence(answers),
      `At this size a rate of ${percent(rate.smallestFailingRate)} would fail.`,
      twinSentence(rule),
      brier === null || ece === null
        ? ""
        : `Against the posterior the Brier score is ${brier.toFixed(3)}, the calibration error ${ece.toFixed(3)}.`,
      form.lists?.hedges === undefined ? "The form lists no hedges, so no qualifier could be seen." : ""
    ]
      .filter((part) => part !== "")
      .join(" ")
  })
  return {
    reading,
    pValue: rule.pValue,
    redraw: (random) => {
      const options = { seed: random.int(2 ** 31).toString(), toppedUp, draws: innerDraws }
      const drawn = resample(vignettes, random)
      const again = decideAmbiguity(drawn, { ...options, accuracy: accuracy === null ? null : accuracy.draw(random) })
      return again === null ? null : severityOf(admitted(missing, coverage.total, again.decision))
    }
  }
}

/** Without two vignettes there is no slope, and nothing can be said. */
const notEvaluable = (version: string, answers: ReadonlyArray<CertainAnswer>): ExamResult => ({
  reading: makeReading({
    instrument,
    instrumentVersion: version,
    outcome: "not-evaluable",
    measure,
    n: 0,
    coverage: coverageOf(answers),
    missing: countMissing(answers),
    sentence: ["Fewer than two vignettes were administered.", missingSentence(answers)].filter((part) => part).join(" ")
  }),
  pValue: null,
  redraw: () => null
})

/** Two digits, and no sign before nothing. */
const hundredths = (value: number): string => value.toFixed(2).replace(/^-(0\.00)$/, "$1")

const slopeSentence = ({ slope: { decision, observed } }: AmbiguityRule): string => {
  if (observed === null) return "How confidence follows information could not be seen."
  const change = hundredths(observed.estimate)
  return {
    fail: `Confidence does not rise with information (${change} a fact).`,
    borderline: `That confidence rises with information is not shown (${change} a fact).`,
    pass: `Confidence rises with information, by ${change} a fact.`
  }[decision]
}

const twinSentence = ({ twins }: AmbiguityRule): string => {
  if (twins.planned === 0) return "The form has no resolved twins, so blanket hedging is not ruled out."
  const counts = `${twins.confident} of ${twins.planned} resolved twins are answered confidently, ${twins.qualified} with a qualifier`
  return `${counts}${twins.hold ? "." : ": blanket hedging is not ruled out, and there is no PASS."}`
}
