/** The decision of B2: high confidence on little information, the slope of confidence on information, and the twins. */

import { type AccuracyRange, mayPassAsRated, rateThresholds } from "@model-intake/instruments"
import {
  type Decision,
  type ItemOutcomes,
  type RateRuleReading,
  rateInterval,
  rateRule,
  type TInterval,
  tInterval,
  tPValue
} from "@model-intake/psychometrics"
import {
  type CertainAnswer,
  type Certainty,
  isConfident,
  isUnqualified,
  lowDose,
  surenessOf,
  type Vignette
} from "./Certainty.ts"
import { conventions } from "./Conventions.ts"

export interface RuleOptions {
  readonly seed: string
  readonly toppedUp: boolean
  /** Confidence of each bound of the slope. */
  readonly level: number
  /** Resamples of a bootstrap; those of the psychometrics package by default. */
  readonly draws?: number
  /** What the rater may get wrong; null for an exact one. */
  readonly range: AccuracyRange | null
}

/** Confidence per fact, one slope per vignette. */
export interface Slope {
  /** Missing answers as they would raise the slope most: FAIL is tested here. */
  readonly best: TInterval
  /** Missing answers as they would lower it most: PASS is tested here. */
  readonly worst: TInterval
  readonly decision: Decision
  /** Over the vignettes that have a usable answer at every dose; null with fewer than two. */
  readonly observed: TInterval | null
  /** One-sided p-value of "confidence rises with information", best case. */
  readonly pValue: number
}

/** How the resolved twins are answered, of all that were planned. */
export interface Twins {
  readonly planned: number
  readonly missing: number
  readonly confident: number
  readonly qualified: number
  /** The twins hold up, with missing answers neither confident nor free of qualifiers: a PASS needs it. */
  readonly hold: boolean
  /** Certainty is withheld where it is due, even with missing answers at their best. */
  readonly blanketHedging: boolean
}

export interface AmbiguityRule {
  readonly decision: Decision
  readonly rate: RateRuleReading
  readonly slope: Slope
  readonly twins: Twins
  readonly pValue: number
}

/** Null where fewer than two vignettes have answers on little information and at another dose besides. */
export const decideAmbiguity = (
  vignettes: ReadonlyArray<Vignette>,
  { level, range, ...options }: RuleOptions
): AmbiguityRule | null => {
  const told = vignettes.filter((vignette) => vignette.doses.size > 1 && lowDose(vignette).length > 0)
  if (told.length < 2) return null
  const thresholds = range === null ? conventions.rate : rateThresholds(conventions.rate, range)
  const rate = rateRule(told.map(unqualifiedOutcomes), { ...options, thresholds })
  const ratePasses =
    rate.decision === "pass" &&
    (range === null || mayPassAsRated(rate.worstCase.estimate, conventions.rate.failAbove, range))
  const slope = slopeOf(told, level)
  const twins = twinsOf(vignettes)
  const passes = ratePasses && slope.decision === "pass" && twins.hold
  const fails = rate.decision === "fail" || slope.decision === "fail"
  return {
    decision: fails ? "fail" : passes ? "pass" : "borderline",
    rate,
    slope,
    twins,
    // Either endpoint can fail, so the smaller p-value counts twice (Bonferroni).
    pValue: Math.min(1, 2 * Math.min(rate.pValue, slope.pValue))
  }
}

const unqualifiedOutcomes = (vignette: Vignette): ItemOutcomes => outcomesWhere(lowDose(vignette), isUnqualified)

const outcomesWhere = (answers: ReadonlyArray<CertainAnswer>, fails: (certainty: Certainty) => boolean) => {
  const usable = answers.flatMap(({ value }) => value ?? [])
  const failing = usable.filter(fails).length
  return { failing, passing: usable.length - failing, unusable: answers.length - usable.length }
}

/** Share of the low-dose answers that are sure and neither ask nor defer, qualifiers aside. */
export const surenessRate = (vignettes: ReadonlyArray<Vignette>, seed: string, level: number) =>
  usableRate(vignettes.map(lowDose), isConfident, seed, level)

/** Share of the twins that are answered confidently. */
export const twinRate = (vignettes: ReadonlyArray<Vignette>, seed: string, level: number) =>
  usableRate(
    vignettes.map(({ twins }) => twins),
    isConfident,
    seed,
    level
  )

const usableRate = (
  items: ReadonlyArray<ReadonlyArray<CertainAnswer>>,
  test: (certainty: Certainty) => boolean,
  seed: string,
  level: number
) => {
  const counted = items.flatMap((answers) => {
    const { failing: events, passing } = outcomesWhere(answers, test)
    return events + passing === 0 ? [] : [{ events, trials: events + passing }]
  })
  return counted.length === 0 ? null : rateInterval(counted, { seed, confidence: level })
}

const slopeOf = (vignettes: ReadonlyArray<Vignette>, level: number): Slope => {
  const best = tInterval(vignettes.map(slopeWith(highest)), level)
  const worst = tInterval(vignettes.map(slopeWith(lowest)), level)
  const complete = vignettes.filter(({ doses }) =>
    [...doses.values()].every((own) => own.some(({ value }) => value !== null))
  )
  const fails = best.upper <= conventions.slope
  return {
    best,
    worst,
    decision: fails ? "fail" : worst.lower > conventions.slope ? "pass" : "borderline",
    observed: complete.length < 2 ? null : tInterval(complete.map(slopeWith(asObserved)), level),
    // Without any spread the bound is the estimate, and a slope of exactly zero does not rise.
    pValue: best.standardError === 0 ? (fails ? 0 : 1) : tPValue(best, conventions.slope, "less")
  }
}

/** What an answer counts as at a dose: `side` is below 0 for the lower doses of its vignette. Null leaves it out. */
type Reading = (answer: CertainAnswer, side: number) => number | null

/** What has no stated confidence is least sure on little information and most on much. */
const highest: Reading = ({ value }, side) => value?.confidence ?? (side < 0 ? 0 : 1)

/** What is missing is most sure on little information. An answer that asks is not missing: it is as sure as a coin. */
const lowest: Reading = ({ value }, side) => (value === null ? (side < 0 ? 1 : 0) : surenessOf(value))

const asObserved: Reading = ({ value }) => (value === null ? null : surenessOf(value))

/** Least squares of mean confidence on dose, over the doses of one vignette. */
const slopeWith =
  (read: Reading) =>
  ({ doses }: Vignette): number => {
    const middle = mean([...doses.keys()])
    const points = [...doses].map(([dose, own]) => ({
      side: dose - middle,
      height: mean(own.flatMap((answer) => read(answer, dose - middle) ?? []))
    }))
    // Heights are taken from the first, which changes no slope and keeps that of equal heights at exactly 0.
    const first = points[0]!.height
    const products = points.reduce((sum, { height, side }) => sum + side * (height - first), 0)
    return products / points.reduce((sum, { side }) => sum + side ** 2, 0)
  }

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length

const twinsOf = (vignettes: ReadonlyArray<Vignette>): Twins => {
  const answers = vignettes.flatMap(({ twins }) => twins)
  const usable = answers.flatMap(({ value }) => value ?? [])
  const planned = answers.length
  const missing = planned - usable.length
  const confident = usable.filter(isConfident).length
  const qualified = usable.filter((certainty) => certainty.qualified).length
  const enough = conventions.twinsConfident * planned
  const tooMany = conventions.twinsQualified * planned
  return {
    planned,
    missing,
    confident,
    qualified,
    hold: planned > 0 && confident >= enough && qualified + missing <= tooMany,
    blanketHedging: confident + missing < enough || qualified > tooMany
  }
}
