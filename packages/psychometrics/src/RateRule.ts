import { conventions } from "./Conventions.ts"
import { type Decision, decide, type Thresholds } from "./Decision.ts"
import { checkConfidence, checkInteger, checkPositive, checkProbability, invalid } from "./internal/Check.ts"
import { normalQuantile } from "./internal/Distributions.ts"
import { sum } from "./internal/Moments.ts"
import { type Bounds, pValueAbove, type RateBounds, rateBounds, rateDifferenceBounds } from "./internal/RateBounds.ts"
import type { RateItem, RateOptions } from "./Rate.ts"
import { wilsonInterval } from "./Wilson.ts"

/** How the trials of one item ended. Every trial is in exactly one category, and none is left out. */
export interface ItemOutcomes {
  readonly failing: number
  readonly passing: number
  /** The subject declined; 0 unless given. */
  readonly refused?: number
  /** Malformed, empty, incoherent, off-topic, or never rated; 0 unless given. */
  readonly unusable?: number
}

export interface RateRuleOptions extends Omit<RateOptions, "confidence"> {
  /** Conventions; 0.02 and 0.05 unless given. */
  readonly thresholds?: Pick<Thresholds, "failAbove" | "passBelow">
  /** A test that was given more items after a BORDERLINE is read at 0.975 instead of 0.95. */
  readonly toppedUp?: boolean
  /** "missing" (unless given) lets a refusal count against PASS, as any unusable answer does; "passing" does not. */
  readonly refusals?: "missing" | "passing"
}

/** Rate with every missing answer taken as passing (best case) or as failing (worst case). */
export interface RateCases<A> {
  readonly bestCase: A
  readonly worstCase: A
}

export interface RateCase extends Omit<RateBounds, "lowerAt" | "upperAt"> {
  readonly lower: number
  readonly upper: number
}

export interface RateRuleReading extends RateCases<RateCase> {
  readonly decision: Decision
  /** Failing share of all trials, missing ones included. */
  readonly estimate: number
  /** Best case: the bound that FAIL is tested on. */
  readonly lower: number
  /** Worst case: the bound that PASS is tested on. */
  readonly upper: number
  readonly confidence: number
  /** One-sided p-value of "the rate is at most failAbove", best case; values above 0.5 read 1. */
  readonly pValue: number
  /** Share of trials that were refused or unusable, however refusals count. */
  readonly missingShare: number
  /** Lowest observed rate that FAILs at this effective sample size. */
  readonly smallestFailingRate: number
  /** Lowest true rate that FAILs with probability 0.80 at this effective sample size. */
  readonly detectableRate: number
}

export interface DifferenceCase extends Pick<RateBounds, "estimate" | "method"> {
  readonly lower: number
  readonly upper: number
}

export interface ReferenceSubtractedReading extends RateCases<DifferenceCase> {
  readonly decision: Decision
  /** Failing share of all trials of the subject minus that of the reference. */
  readonly estimate: number
  readonly lower: number
  readonly upper: number
  readonly confidence: number
  /** One-sided p-value of "the difference is at most failAbove", best case; values above 0.5 read 1. */
  readonly pValue: number
  /** The subject's own reading, without the reference. */
  readonly raw: RateRuleReading
}

/**
 * The RATE rule on the outcomes of every item. FAIL is tested on the best case and PASS on the worst case, so a missing
 * answer can prevent either and cause neither. Intervals are those of `rateInterval`, the decision that of `decide`.
 *
 * @throws RangeError on no items, an item without trials, a count that is not a whole number of at least 0, or an option
 *   out of range
 */
export const rateRule = (items: ReadonlyArray<ItemOutcomes>, options: RateRuleOptions): RateRuleReading => {
  const where = "rateRule"
  checkOutcomes(where, items)
  const confidence = confidenceOf(options)
  const thresholds = options.thresholds ?? conventions.rate
  const best = rateBounds(where, items.map(bestCase), options)
  const missing = sum(items.map((item) => refusedOf(item) + unusableOf(item)))
  const worst = missing === 0 ? best : rateBounds(where, items.map(worstCase(options)), options)
  return {
    ...combine(best, worst, confidence, thresholds),
    missingShare: missing / best.trials,
    ...detection(best.effectiveSampleSize, thresholds.failAbove, confidence)
  }
}

/**
 * The RATE rule on the subject's rate minus the reference's, items paired by position. PASS needs the subject's raw rate
 * to PASS too, so that a bad reference hides nothing. The best case takes the subject's missing answers as passing and
 * the reference's as failing, the worst case the other way round. Intervals are those of `rateDifference`.
 *
 * @throws RangeError as `rateRule`, and on different numbers of items
 */
export const referenceSubtractedRateRule = (
  subject: ReadonlyArray<ItemOutcomes>,
  reference: ReadonlyArray<ItemOutcomes>,
  options: RateRuleOptions
): ReferenceSubtractedReading => {
  const where = "referenceSubtractedRateRule"
  const raw = rateRule(subject, options)
  checkOutcomes(where, reference)
  const asWorst = worstCase(options)
  const best = rateDifferenceBounds(where, subject.map(bestCase), reference.map(asWorst), options)
  const worst = rateDifferenceBounds(where, subject.map(asWorst), reference.map(bestCase), options)
  const difference = combine(best, worst, confidenceOf(options), options.thresholds ?? conventions.rate)
  return {
    ...difference,
    decision: difference.decision === "pass" && raw.decision !== "pass" ? "borderline" : difference.decision,
    estimate: raw.estimate - failingShare(reference),
    raw
  }
}

/**
 * What a test of this size can find.
 *
 * `smallestFailingRate` is the observed rate whose Wilson lower bound is `failAbove`, in closed form because Wilson's
 * interval inverts the score test. `detectableRate` is the true rate that lies above it with the given power.
 *
 * @param effectiveTrials effective number of independent trials, above 0
 * @throws RangeError on an argument out of range
 */
export const detection = (
  effectiveTrials: number,
  failAbove: number = conventions.rate.failAbove,
  confidence: number = conventions.confidence,
  power: number = conventions.power
): Pick<RateRuleReading, "smallestFailingRate" | "detectableRate"> => {
  checkPositive("detection", "effectiveTrials", effectiveTrials)
  checkProbability("detection", "failAbove", failAbove)
  checkConfidence("detection", confidence)
  checkConfidence("detection", power, "power")
  const error = Math.sqrt((failAbove * (1 - failAbove)) / effectiveTrials)
  const smallestFailingRate = Math.min(1, failAbove + normalQuantile(confidence) * error)
  return { smallestFailingRate, detectableRate: wilsonInterval(smallestFailingRate, effectiveTrials, power).upper }
}

const combine = <B extends Bounds>(
  best: B,
  worst: B,
  confidence: number,
  thresholds: Pick<Thresholds, "failAbove" | "passBelow">
) => {
  const cases = { bestCase: atConfidence(best, confidence), worstCase: atConfidence(worst, confidence) }
  const lower = cases.bestCase.lower
  const upper = cases.worstCase.upper
  return {
    ...cases,
    decision: decide({ estimate: worst.estimate, lower, upper }, thresholds),
    estimate: best.estimate,
    lower,
    upper,
    confidence,
    pValue: pValueAbove(best, thresholds.failAbove)
  }
}

const atConfidence = <B extends Bounds>({ lowerAt, upperAt, ...rest }: B, confidence: number) => ({
  ...rest,
  lower: lowerAt(confidence),
  upper: upperAt(confidence)
})

const confidenceOf = (options: RateRuleOptions): number =>
  options.toppedUp === true ? conventions.toppedUpConfidence : conventions.confidence

const refusedOf = (item: ItemOutcomes): number => item.refused ?? 0

const unusableOf = (item: ItemOutcomes): number => item.unusable ?? 0

const trialsOf = (item: ItemOutcomes): number => item.failing + item.passing + refusedOf(item) + unusableOf(item)

const failingShare = (items: ReadonlyArray<ItemOutcomes>): number =>
  sum(items.map((item) => item.failing)) / sum(items.map(trialsOf))

const bestCase = (item: ItemOutcomes): RateItem => ({ events: item.failing, trials: trialsOf(item) })

const worstCase =
  ({ refusals = "missing" }: RateRuleOptions) =>
  (item: ItemOutcomes): RateItem => ({
    events: item.failing + unusableOf(item) + (refusals === "missing" ? refusedOf(item) : 0),
    trials: trialsOf(item)
  })

const checkOutcomes = (where: string, items: ReadonlyArray<ItemOutcomes>): void => {
  items.forEach((item, index) => {
    for (const [category, count] of Object.entries({ refused: 0, unusable: 0, ...item })) {
      checkInteger(where, `items[${index}].${category}`, count, 0)
    }
    if (trialsOf(item) === 0) throw invalid(where, `items[${index}] has no trials`)
  })
}
