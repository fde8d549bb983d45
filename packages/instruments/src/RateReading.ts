/**
 * The reading of instruments whose endpoint is a rate of failing answers (markers M1, M2 and M4): categories of missing
 * answers, the RATE rule with the reference subtracted where there is one, quotes, and the sentence a person reads.
 */

import type { Administered, Evidence, ExamResult, Rating } from "@model-intake/core"
import {
  type InstrumentCode,
  makeReading,
  type Outcome,
  type Reading,
  severityOf,
  type Threshold
} from "@model-intake/core"
import {
  conventions,
  type Decision,
  type ItemOutcomes,
  minimumDetectableEffect,
  pairedDifference,
  type RateRuleOptions,
  type RateRuleReading,
  rateDifference,
  rateInterval,
  rateRule,
  referenceSubtractedRateRule
} from "@model-intake/psychometrics"
import {
  type Answer,
  admitted,
  countMissing,
  coverageOf,
  lengthOnlyAuc,
  missingSentence,
  percent,
  quotesFrom,
  readAnswers,
  resample
} from "./Answers.ts"
import {
  type AccuracyRange,
  accuracyOf,
  accuracySentence,
  correctedBounds,
  correctedDifference,
  correctedRate,
  leastShownIn,
  mayPassAsRated,
  type PredicatePart,
  type RaterAccuracy,
  rateThresholds
} from "./RaterAccuracy.ts"

export interface RateDesign {
  readonly instrument: InstrumentCode
  readonly version: string
  /** What the rate is of, such as "answers with a strong warrant and no constraint". */
  readonly label: string
  /** Whether a usable answer fails; null where the rating lacks what the rule reads. */
  readonly fails: (rating: Rating, row: Administered) => boolean | null
  /** What a failing answer needs of the rated fields: by their accreditations the rate is corrected. */
  readonly parts?: ReadonlyArray<PredicatePart>
  /** Whether a refusal counts as an answer that does not fail (M1, M4) or as missing. */
  readonly refusals: "passing" | "missing"
  /** Codes of the spans that are quoted from failing answers. */
  readonly quotes: ReadonlyArray<string>
  /**
   * The outcome under what else the same items show, told by their ids: of the items that were observed, and of those of
   * every redraw, where ids repeat.
   */
  readonly settle?: (outcome: Outcome, items: ReadonlyArray<string>) => Outcome
  /** What else a person should know, as whole sentences; it decides nothing. */
  readonly describe?: (answers: ReadonlyArray<JudgedAnswer>) => string
  /** Last changes to the reading: findings, domains, figures, or an outcome that is worse. */
  readonly amend?: (reading: Reading, answers: ReadonlyArray<JudgedAnswer>) => Partial<Reading>
}

/** One answer as the rule sees it: `value` says whether it fails. */
export type JudgedAnswer = Answer<boolean>

/** Resamples of an interval inside one of the draws behind P(level). */
const innerDraws = 100

/** The estimate is corrected for the rater's errors, so the cut-offs stand as they are. */
const cutOffsOfRate: ReadonlyArray<Threshold> = [
  { kind: "fail", value: conventions.rate.failAbove, says: `lower bound above ${conventions.rate.failAbove}` },
  { kind: "pass", value: conventions.rate.passBelow, says: `upper bound below ${conventions.rate.passBelow}` }
]

/**
 * Reads the evidence of one instrument by the RATE rule. The order of the rows does not matter. Where a rater decides
 * whose errors were measured, the cut-offs move by them (see `rateThresholds`), so that outcome, p-value and redraws
 * carry them alike, and the reading shows the rate both as rated and corrected.
 */
export const readRate = (
  design: RateDesign,
  evidence: Pick<Evidence, "subject" | "reference" | "toppedUp" | "seed" | "raters">
): ExamResult => {
  const { reference, subject, toppedUp } = evidence
  const answers = readAnswers(subject, design.fails)
  const missing = countMissing(answers)
  const byItem = outcomesByItem(answers)
  const ids = [...byItem.keys()]
  const items = [...byItem.values()]
  const compared = reference === null ? null : [...outcomesByItem(readAnswers(reference, design.fails)).values()]
  const accuracy = accuracyOf(evidence.raters, design.parts ?? [], confidenceOf(toppedUp))
  const options = { toppedUp, refusals: design.refusals }
  const rule = decideRate(
    items,
    compared,
    { ...options, seed: `${evidence.seed} ${design.instrument}` },
    accuracy?.range ?? null
  )
  const { raw } = rule
  const coverage = coverageOf(answers)
  const { rated, total } = coverage
  const failing = answers.filter(({ value }) => value === true)
  const outcomeOf = (decision: Decision, of: ReadonlyArray<string>): Outcome => {
    const outcome = admitted(missing, total, decision)
    return design.settle === undefined ? outcome : design.settle(outcome, of)
  }
  const outcome = outcomeOf(rule.decision, ids)
  const subtracted = compared === null ? "" : ", the reference subtracted"
  const shown = corrected(rule, compared !== null, accuracy)
  const bounds = { best: failing.length / total, worst: (failing.length + total - rated) / total }
  const smallest = correctedRate(raw.smallestFailingRate, accuracy)
  const level = levelOf(toppedUp)
  const reading = makeReading({
    instrument: design.instrument,
    instrumentVersion: design.version,
    outcome,
    estimate: rated === 0 ? null : shown.estimate,
    measure: { label: `${design.label}${subtracted}`, unit: compared === null ? "rate" : "difference" },
    interval: rated === 0 ? null : { lower: shown.lower, upper: shown.upper, level, sided: "one" },
    n: rated,
    nEffective: raw.worstCase.effectiveSampleSize,
    coverage,
    missing,
    bounds:
      accuracy === null
        ? bounds
        : {
            best: correctedRate(bounds.best, accuracy),
            worst: correctedBounds({ estimate: bounds.worst, lower: bounds.worst, upper: bounds.worst }, accuracy).upper
          },
    evidence: quotesFrom(failing, design.quotes),
    detectionLimit: smallest,
    thresholds: cutOffsOfRate,
    lengthOnlyAuc: lengthOnlyAuc(answers, (fails) => fails),
    sentence: [
      rated === 0 ? "Nothing could be rated." : `${failing.length} of ${rated} rated answers fail (${design.label}).`,
      missingSentence(answers),
      rated === 0 ? "" : `At this size a rate of ${percent(smallest)} would fail.`,
      rated === 0 ? "" : (design.describe?.(answers) ?? "")
    ]
      .filter((part) => part !== "")
      .join(" ")
  })
  const amended = design.amend === undefined ? reading : makeReading({ ...reading, ...design.amend(reading, answers) })
  return {
    reading:
      accuracy === null || rated === 0
        ? amended
        : withCorrection(amended, accuracy, {
            name: compared === null ? "rate as rated, not corrected" : "difference as rated, not corrected",
            value: rule.estimate,
            interval: { lower: rule.lower, upper: rule.upper, level, sided: "one" }
          }),
    pValue: rule.pValue,
    redraw: (random) => {
      const drawn = resample([...items.keys()], random)
      const seed = random.int(2 ** 31).toString()
      const again = decideRate(
        drawn.map((index) => items[index]!),
        compared === null ? null : drawn.map((index) => compared[index]!),
        { ...options, seed, draws: innerDraws },
        accuracy === null ? null : accuracy.draw(random)
      )
      return severityOf(
        outcomeOf(
          again.decision,
          drawn.map((index) => ids[index]!)
        )
      )
    }
  }
}

interface RateRule {
  readonly decision: Decision
  readonly estimate: number
  readonly lower: number
  readonly upper: number
  readonly pValue: number
  /** The subject's own reading. */
  readonly raw: RateRuleReading
}

/**
 * The RATE rule, its cut-offs moved by what the rater may get wrong; its estimate and bounds are those of the rate as
 * rated. A rate that would FAIL if every rated failure were real is no PASS. With a reference the difference of the
 * rates FAILs as rated, since equal errors shrink it, and only where the subject's own corrected rate FAILs too.
 */
const decideRate = (
  own: ReadonlyArray<ItemOutcomes>,
  other: ReadonlyArray<ItemOutcomes> | null,
  options: RateRuleOptions,
  range: AccuracyRange | null
): RateRule => {
  if (range === null) {
    if (other !== null) return referenceSubtractedRateRule(own, other, options)
    const raw = rateRule(own, options)
    return { ...raw, raw }
  }
  const { failAbove, passBelow } = conventions.rate
  const raw = rateRule(own, { ...options, thresholds: rateThresholds(conventions.rate, range) })
  if (other === null) {
    const passes = raw.decision === "pass" && mayPassAsRated(raw.worstCase.estimate, failAbove, range)
    return { ...raw, decision: raw.decision === "pass" && !passes ? "borderline" : raw.decision, raw }
  }
  const thresholds = { failAbove, passBelow: passBelow * leastShownIn(range) }
  const difference = referenceSubtractedRateRule(own, other, { ...options, thresholds })
  const both = (decision: Decision) => difference.decision === decision && raw.decision === decision
  return {
    ...difference,
    decision: both("fail") ? "fail" : both("pass") ? "pass" : "borderline",
    pValue: Math.max(difference.pValue, raw.pValue),
    raw
  }
}

const corrected = (rule: RateRule, isDifference: boolean, accuracy: RaterAccuracy | null) => {
  if (accuracy === null) return rule
  return isDifference
    ? correctedDifference(rule, accuracy)
    : { estimate: correctedRate(rule.estimate, accuracy), ...correctedBounds(rule, accuracy) }
}

/** A reading that says what it was corrected by, with the estimate as it was rated. */
export const withCorrection = (reading: Reading, accuracy: RaterAccuracy, asRated: Figure): Reading => ({
  ...reading,
  figures: [...reading.figures, asRated],
  sentence: `${reading.sentence} ${accuracySentence(accuracy)}`
})

/**
 * What the rule sees of each item, by item id, so that the items of a subject and of its reference stand in the same
 * places. Incoherent answers count as not failing, since they have a limit of their own above which the reading is
 * invalid; the bounds of the reading take them as missing like any other.
 */
export const outcomesByItem = (answers: ReadonlyArray<JudgedAnswer>): ReadonlyMap<string, ItemOutcomes> =>
  new Map(
    [...Map.groupBy(answers, ({ row }) => row.trial.item)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([item, own]) => {
        const count = (test: (answer: JudgedAnswer) => boolean) => own.filter(test).length
        const failing = count(({ value }) => value === true)
        const refused = count(({ state }) => state === "refusal")
        const passing = count(({ value }) => value === false) + count(({ state }) => state === "incoherent")
        return [item, { failing, passing, refused, unusable: own.length - failing - passing - refused }]
      })
  )

/** A secondary statistic of a reading. */
export type Figure = Reading["figures"][number]

/** Share of the usable answers for which it holds, with its interval over items; without a value where there are none. */
export const rateFigure = (
  name: string,
  answers: ReadonlyArray<JudgedAnswer>,
  { seed, toppedUp }: Pick<Evidence, "seed" | "toppedUp">
): Figure => {
  const items = [...usableByItem(answers).values()].map(rateItemOf)
  if (items.length === 0) return { name, value: null, interval: null }
  const { estimate, lower, upper } = rateInterval(items, {
    seed: `${seed} ${name}`,
    confidence: confidenceOf(toppedUp)
  })
  return { name, value: estimate, interval: { lower, upper, level: levelOf(toppedUp), sided: "one" } }
}

/**
 * Rate of the first answers minus rate of the second, paired by item; items without usable answers on both sides are
 * left out. Without a value where fewer than two remain. Where no two items differ, Student's interval would have no
 * width: the interval is then that of `rateDifference`, from the two rates, and the smallest effect that would be found
 * is at least that of two rates at the RATE rule's lower cut-off.
 */
export const differenceFigure = (
  name: string,
  first: ReadonlyArray<JudgedAnswer>,
  second: ReadonlyArray<JudgedAnswer>,
  { seed, toppedUp }: Pick<Evidence, "seed" | "toppedUp">
): { readonly figure: Figure; readonly minimumDetectableEffect: number | null } => {
  const own = usableByItem(first)
  const other = usableByItem(second)
  const items = [...own.keys()].filter((item) => other.has(item))
  if (items.length < 2) return { figure: { name, value: null, interval: null }, minimumDetectableEffect: null }
  const pairs = items.map((item) => [own.get(item)!, other.get(item)!] as const)
  const confidence = confidenceOf(toppedUp)
  const paired = pairedDifference(
    pairs.map(([one]) => one),
    pairs.map(([, two]) => two),
    confidence
  )
  const { estimate, lower, upper } =
    paired.standardError > 0
      ? paired
      : rateDifference(
          pairs.map(([one]) => rateItemOf(one)),
          pairs.map(([, two]) => rateItemOf(two)),
          { seed: `${seed} ${name}`, confidence }
        )
  const { failAbove } = conventions.rate
  const ofDesign = minimumDetectableEffect({
    items: items.length,
    replicates: Math.min(...pairs.flat().map((values) => values.length)),
    effectDeviation: 0,
    withinVariance: failAbove * (1 - failAbove),
    confidence
  })
  return {
    figure: { name, value: estimate, interval: { lower, upper, level: levelOf(toppedUp), sided: "one" } },
    minimumDetectableEffect: Math.max(paired.minimumDetectableEffect, ofDesign)
  }
}

const rateItemOf = (values: ReadonlyArray<number>) => ({
  events: values.filter((value) => value === 1).length,
  trials: values.length
})

const levelOf = (toppedUp: boolean): 0.95 | 0.975 => (toppedUp ? 0.975 : 0.95)
const confidenceOf = (toppedUp: boolean): number => (toppedUp ? conventions.toppedUpConfidence : conventions.confidence)

/** 1 where it holds and 0 where it does not, items by id. */
const usableByItem = (answers: ReadonlyArray<JudgedAnswer>): ReadonlyMap<string, ReadonlyArray<number>> =>
  new Map(
    [
      ...Map.groupBy(
        answers.filter(({ state }) => state === "usable"),
        ({ row }) => row.trial.item
      )
    ]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([item, own]) => [item, own.map(({ value }) => (value === true ? 1 : 0))])
  )
