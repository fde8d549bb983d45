/**
 * What a rater's errors mean for a rule. A rate as rated lies off the true one by misses and false alarms; a rule stays
 * honest when its cut-offs move by as much as the accreditation allows.
 *
 * Rogan and Gladen (1978): true = (rated + specificity - 1) / (sensitivity + specificity - 1). Turned round, a true rate
 * above a cut-off c means a rated one above c (se + sp - 1) + 1 - sp. FAIL is tested with the lowest specificity and the
 * highest sensitivity that the labelled answers allow, so that false alarms make no FAIL; PASS with the lowest
 * sensitivity and with every rated failure taken as a real one, so that neither misses nor a rater's bad name make a
 * PASS. Bounds of the answers and bounds of the accreditation are so combined at their unfavourable ends. For small
 * errors this adds up the deviations, where drawing all three together would add up their squares, and so is wider. It is
 * no theorem: with few answers, and a specificity of 1 on many labelled ones, Wilson's bounds of the rate alone remain,
 * and these may lie up to 0.005 inside the quantiles of the draws (test/RaterAccuracyDraws.test.ts simulates it).
 *
 * The trigger search and M5 count failing answers as rated. M5's recovery is a ratio of two differences of rates: equal
 * errors shrink both by sensitivity + specificity - 1 and cancel. A trigger needs a rise over the same items without the
 * prefix, which equal errors only shrink, so that they can hide a trigger and make none. Errors that differ between
 * checkpoints, or with and without a prefix, are corrected for nowhere.
 */

import { type DecidingRater, type FieldSide, isExact, type Predicate, predicateId } from "@model-intake/core"
import { drawProportion, type Random, type Thresholds, wilsonInterval } from "@model-intake/psychometrics"

/** Sensitivity and specificity for one rule, each at its low and high end. All are in [0, 1]. */
export interface AccuracyRange {
  readonly sensitivityLow: number
  readonly sensitivityHigh: number
  readonly specificityLow: number
}

/** How well a rule's failing answer is rated. */
export interface RaterAccuracy {
  readonly sensitivity: number
  readonly specificity: number
  /** Labelled answers behind the field or predicate that has fewest. */
  readonly labelled: number
  readonly range: AccuracyRange
  readonly raters: ReadonlyArray<DecidingRater>
  /** Another accuracy that the labelled answers are compatible with. */
  readonly draw: (random: Random) => AccuracyRange
}

/**
 * Accuracy for an answer that fails when all parts hold; null where every rater is exact, or none is known.
 *
 * A miss of any part is a miss, so sensitivity is at least 1 minus the sum of all misses (Boole) and at most the least of
 * the parts; a passing answer lacks at least one part, so specificity is at least that of the worst. The estimate takes
 * misses as independent. A part that counts where it is absent swaps its two rates.
 */
export const accuracyOf = (
  raters: ReadonlyArray<DecidingRater> | undefined,
  parts: ReadonlyArray<FieldSide>,
  confidence: number
): RaterAccuracy | null => {
  const found = parts.flatMap(({ field, negated }) => {
    const rater = raters?.find((one) => one.field === field)
    return rater === undefined ? [] : [{ rater, negated: negated === true }]
  })
  return composed(found, confidence)
}

interface Part {
  readonly rater: DecidingRater
  readonly negated: boolean
}

const composed = (parts: ReadonlyArray<Part>, confidence: number): RaterAccuracy | null => {
  const erring = parts.filter(({ rater }) => !isExact(rater.accreditation))
  if (erring.length === 0) return null
  const rates = erring.map(({ negated, rater }) => ratesOf(rater, negated))
  const bound = ({ rate, trials }: Proportion) => wilsonInterval(rate, Math.max(1, trials), confidence)
  return {
    sensitivity: rates.reduce((product, { sensitivity }) => product * sensitivity.rate, 1),
    specificity: Math.min(...rates.map(({ specificity }) => specificity.rate)),
    labelled: Math.min(...rates.map(({ sensitivity, specificity }) => sensitivity.trials + specificity.trials)),
    range: compose(
      rates.map(({ sensitivity, specificity }) => ({
        low: bound(sensitivity).lower,
        high: bound(sensitivity).upper,
        specificity: bound(specificity).lower
      }))
    ),
    raters: erring.map(({ rater }) => rater),
    draw: (random) =>
      compose(
        rates.map(({ sensitivity, specificity }) => {
          const drawn = drawn01(sensitivity, random)
          return { low: drawn, high: drawn, specificity: drawn01(specificity, random) }
        })
      )
  }
}

/**
 * Accuracy for a predicate of an instrument; null where every rater is exact, or none is known. A rater that was measured
 * on the predicate itself counts before raters that were measured on the fields whose sides make it up. What was measured
 * on fields says nothing of a predicate that is made of no sides: only exact raters decide it so.
 *
 * @param instrument id of the instrument
 * @param name of the predicate
 * @param confidence of each bound, in (0.5, 1)
 */
export const predicateAccuracy = (
  raters: ReadonlyArray<DecidingRater> | undefined,
  instrument: string,
  name: string,
  { sides = [] }: Pick<Predicate, "sides">,
  confidence: number
): RaterAccuracy | null => {
  const own = raters?.find(({ predicate }) => predicate === predicateId(instrument, name))
  return own === undefined
    ? accuracyOf(raters, sides, confidence)
    : composed([{ rater: own, negated: false }], confidence)
}

/** Cut-offs of a rate as rated. FAIL never for a rater that may be no better than chance. */
export const rateThresholds = (
  { failAbove, passBelow }: Pick<Thresholds, "failAbove" | "passBelow">,
  { sensitivityHigh, sensitivityLow, specificityLow }: AccuracyRange
): Pick<Thresholds, "failAbove" | "passBelow"> => {
  const youden = sensitivityHigh + specificityLow - 1
  return {
    failAbove: youden <= 0 ? 1 : Math.min(1, failAbove * youden + 1 - specificityLow),
    passBelow: passBelow * sensitivityLow
  }
}

/**
 * Whether a rate as rated, with every rated failure taken as real, may PASS: were it known exactly it would not FAIL.
 * A PASS needs it beside the cut-offs of `rateThresholds`, whose FAIL moves away for a rater with false alarms.
 */
export const mayPassAsRated = (rate: number, failAbove: number, { sensitivityLow }: AccuracyRange): boolean =>
  rate <= failAbove * sensitivityLow

/**
 * Least share of a true difference that shows in the rated one, in [0, 1]: errors that fall on both sides alike shrink
 * every difference by sensitivity + specificity - 1. A cut-off below which a difference passes shrinks with it; where a
 * difference fails, shrinking is on the safe side and nothing is done.
 */
export const leastShown = (accuracy: RaterAccuracy | null): number =>
  accuracy === null ? 1 : leastShownIn(accuracy.range)

export const leastShownIn = ({ sensitivityLow, specificityLow }: AccuracyRange): number =>
  Math.max(0, sensitivityLow + specificityLow - 1)

/** The true rate behind a rated one, clipped to [0, 1]; the rated one without an accuracy. */
export const correctedRate = (rate: number, accuracy: RaterAccuracy | null): number =>
  accuracy === null ? rate : roganGladenOf(rate, accuracy.sensitivity, accuracy.specificity)

/** One-sided bounds of the true rate from those of the rated one. They enclose the corrected estimate. */
export const correctedBounds = (
  { estimate, lower, upper }: { readonly estimate: number; readonly lower: number; readonly upper: number },
  accuracy: RaterAccuracy
): { readonly lower: number; readonly upper: number } => {
  const { sensitivityHigh, sensitivityLow, specificityLow } = accuracy.range
  const middle = correctedRate(estimate, accuracy)
  return {
    lower: Math.min(middle, roganGladenOf(lower, sensitivityHigh, specificityLow)),
    upper: Math.max(middle, sensitivityLow <= 0 ? 1 : Math.min(1, upper / sensitivityLow))
  }
}

/** A difference of two rates that one rater rated, in [-1, 1], and its bounds: the one beyond nothing stays as it is. */
export const correctedDifference = (
  { estimate, lower, upper }: { readonly estimate: number; readonly lower: number; readonly upper: number },
  accuracy: RaterAccuracy
): { readonly estimate: number; readonly lower: number; readonly upper: number } => {
  const clip = (value: number) => Math.min(1, Math.max(-1, value))
  const shown = leastShown(accuracy)
  const widen = (bound: number, outward: boolean) =>
    !outward ? bound : shown <= 0 ? Math.sign(bound) : clip(bound / shown)
  const middle = clip(estimate / Math.max(Number.EPSILON, accuracy.sensitivity + accuracy.specificity - 1))
  return {
    estimate: middle,
    lower: Math.min(middle, widen(lower, lower < 0)),
    upper: Math.max(middle, widen(upper, upper > 0))
  }
}

/** The correction, as a person reads it: "Corrected for a rater with sensitivity 0.91, ...". */
export const accuracySentence = ({ labelled, sensitivity, specificity }: RaterAccuracy): string =>
  `Corrected for a rater with sensitivity ${sensitivity.toFixed(2)}, specificity ${specificity.toFixed(2)} on ${labelled} labelled answers.`

interface Proportion {
  readonly rate: number
  readonly trials: number
}

const ratesOf = (
  { accreditation: { negatives, positives, sensitivity, specificity } }: DecidingRater,
  negated: boolean
) => {
  const positive: Proportion = { rate: sensitivity, trials: positives }
  const negative: Proportion = { rate: specificity, trials: negatives }
  return negated ? { sensitivity: negative, specificity: positive } : { sensitivity: positive, specificity: negative }
}

const drawn01 = ({ rate, trials }: Proportion, random: Random): number =>
  drawProportion(rate * trials, trials, random.uniform())

const compose = (
  parts: ReadonlyArray<{ readonly low: number; readonly high: number; readonly specificity: number }>
): AccuracyRange => ({
  sensitivityLow: Math.max(0, 1 - parts.reduce((misses, { low }) => misses + 1 - low, 0)),
  sensitivityHigh: Math.min(...parts.map(({ high }) => high)),
  specificityLow: Math.min(...parts.map(({ specificity }) => specificity))
})

const roganGladenOf = (rate: number, sensitivity: number, specificity: number): number => {
  const youden = sensitivity + specificity - 1
  return youden <= 0 ? 0 : Math.min(1, Math.max(0, (rate + specificity - 1) / youden))
}
