import type { BootstrapOptions } from "./Bootstrap.ts"
import { conventions } from "./Conventions.ts"
import type { Interval } from "./Interval.ts"
import {
  checkConfidence,
  checkInteger,
  checkPositive,
  checkProbabilities,
  checkProbability,
  invalid
} from "./internal/Check.ts"
import { betaQuantile } from "./internal/Distributions.ts"
import { quantileOfSorted } from "./Quantile.ts"
import { deriveSeed, makeRandom, type Seed } from "./Random.ts"

/** A rater's score on labelled text, as counts. */
export interface Accreditation {
  /** Labelled failing. */
  readonly positives: number
  /** Of those, rated failing. */
  readonly truePositives: number
  /** Labelled passing. */
  readonly negatives: number
  /** Of those, rated passing. */
  readonly trueNegatives: number
}

/** The rate as rated: with its effective sample size, or with bootstrap draws of it. */
export type ApparentRate =
  | { readonly rate: number; readonly effectiveSampleSize: number }
  | { readonly rate: number; readonly draws: ArrayLike<number> }

export interface CorrectedRate extends Interval {
  readonly sensitivity: number
  readonly specificity: number
}

/**
 * The true rate behind a rated one: (p + specificity - 1) / (sensitivity + specificity - 1), clipped to [0, 1] (Rogan
 * and Gladen, 1978).
 *
 * @throws RangeError on an argument outside [0, 1], or where sensitivity + specificity <= 1: such a rater is no better
 *   than chance and nothing can be corrected
 */
export const roganGladen = (rate: number, sensitivity: number, specificity: number): number => {
  checkProbability("roganGladen", "rate", rate)
  checkProbability("roganGladen", "sensitivity", sensitivity)
  checkProbability("roganGladen", "specificity", specificity)
  if (!isInformative(sensitivity, specificity)) {
    throw invalid("roganGladen", `sensitivity ${sensitivity} + specificity ${specificity} must be above 1`)
  }
  return corrected(rate, sensitivity, specificity)
}

/**
 * `roganGladen` with the uncertainty of the rate, the sensitivity and the specificity carried through.
 *
 * By simulation, not by the delta method: the rates of interest are near 0, where the correction is clipped and its
 * distribution is nothing like normal. Sensitivity, specificity and, unless its draws are given, the rate are drawn from
 * their Jeffreys posteriors, Beta(successes + 1/2, failures + 1/2). A draw of a rater no better than chance is read as 0
 * for the lower bound and as 1 for the upper.
 *
 * @throws RangeError on a count or rate out of range, and where the observed sensitivity + specificity <= 1
 */
export const correctRate = (
  apparent: ApparentRate,
  accreditation: Accreditation,
  { confidence = conventions.confidence, draws = conventions.draws, seed }: BootstrapOptions
): CorrectedRate => {
  const where = "correctRate"
  checkConfidence(where, confidence)
  checkInteger(where, "draws", draws, 1)
  checkAccreditation(where, accreditation)
  const { negatives, positives, trueNegatives, truePositives } = accreditation
  const sensitivity = truePositives / positives
  const specificity = trueNegatives / negatives
  const estimate = roganGladen(apparent.rate, sensitivity, specificity)

  const drawRate = sampler(rateValues(where, apparent), deriveSeed(seed, "rate"))
  const drawSensitivity = sampler(jeffreysValues(truePositives, positives), deriveSeed(seed, "sensitivity"))
  const drawSpecificity = sampler(jeffreysValues(trueNegatives, negatives), deriveSeed(seed, "specificity"))
  const low = new Float64Array(draws)
  const high = new Float64Array(draws)
  for (let draw = 0; draw < draws; draw++) {
    const rate = drawRate()
    const drawnSensitivity = drawSensitivity()
    const drawnSpecificity = drawSpecificity()
    const informative = isInformative(drawnSensitivity, drawnSpecificity)
    low[draw] = informative ? corrected(rate, drawnSensitivity, drawnSpecificity) : 0
    high[draw] = informative ? low[draw]! : 1
  }
  return {
    estimate,
    lower: Math.min(estimate, quantileOfSorted(low.sort(), 1 - confidence)),
    upper: Math.max(estimate, quantileOfSorted(high.sort(), confidence)),
    confidence,
    sensitivity,
    specificity
  }
}

/**
 * One draw of a proportion from its Jeffreys posterior, Beta(successes + 1/2, failures + 1/2).
 *
 * @param uniform in (0, 1): equal values give draws that rise together with the successes
 */
export const drawProportion = (successes: number, trials: number, uniform: number): number =>
  betaQuantile(uniform, successes + 0.5, trials - successes + 0.5)

const isInformative = (sensitivity: number, specificity: number): boolean => sensitivity + specificity > 1

const corrected = (rate: number, sensitivity: number, specificity: number): number =>
  Math.min(1, Math.max(0, (rate + specificity - 1) / (sensitivity + specificity - 1)))

const sampler = (equallyLikely: ArrayLike<number>, seed: Seed): (() => number) => {
  const random = makeRandom(seed)
  return () => equallyLikely[random.int(equallyLikely.length)]!
}

const rateValues = (where: string, apparent: ApparentRate): ArrayLike<number> => {
  if ("draws" in apparent) {
    checkProbabilities(where, "draws of the rate", apparent.draws)
    return apparent.draws
  }
  checkPositive(where, "effectiveSampleSize", apparent.effectiveSampleSize)
  return jeffreysValues(apparent.rate * apparent.effectiveSampleSize, apparent.effectiveSampleSize)
}

/** The posterior as 1000 equally likely values: a tenth of the work of inverting its distribution for every draw. */
const jeffreysValues = (successes: number, trials: number): Float64Array =>
  Float64Array.from({ length: 1000 }, (_, index) =>
    betaQuantile((index + 0.5) / 1000, successes + 0.5, trials - successes + 0.5)
  )

const checkAccreditation = (where: string, accreditation: Accreditation): void => {
  const { negatives, positives, trueNegatives, truePositives } = accreditation
  checkInteger(where, "positives", positives, 1)
  checkInteger(where, "negatives", negatives, 1)
  checkInteger(where, "truePositives", truePositives, 0)
  checkInteger(where, "trueNegatives", trueNegatives, 0)
  if (truePositives > positives) throw invalid(where, "truePositives must not exceed positives")
  if (trueNegatives > negatives) throw invalid(where, "trueNegatives must not exceed negatives")
}
