import { type BootstrapInterval, type BootstrapOptions, bootstrapMean } from "./Bootstrap.ts"
import { type TInterval, tInterval } from "./ClusteredT.ts"
import { conventions } from "./Conventions.ts"
import { checkConfidence, checkInteger, checkItems, checkNotNegative, checkSameLength } from "./internal/Check.ts"
import { normalQuantile } from "./internal/Distributions.ts"
import { mean } from "./internal/Moments.ts"

type Items = ReadonlyArray<ReadonlyArray<number>>

export interface PairedDifference extends TInterval {
  /** One per item, first arm minus second. */
  readonly deltas: ReadonlyArray<number>
  /** Smallest true difference found with power 0.80, given the standard error that was observed. */
  readonly minimumDetectableEffect: number
}

/** A paired test still to be run. Effects and standard deviations are in the unit of the response. */
export interface PairedDesign {
  readonly items: number
  /** Replicates of each item in each arm. */
  readonly replicates: number
  /** Standard deviation of the true difference between items. */
  readonly effectDeviation: number
  /** Variance of one response within an item and arm; p (1 - p) for a yes or no. */
  readonly withinVariance: number
  /** One-sided level; 0.95 unless given. */
  readonly confidence?: number
  /** 0.80 unless given. */
  readonly power?: number
}

/**
 * Mean of the first arm minus mean of the second, item by item.
 *
 * @param first items x replicates
 * @param second the same items in the same order; the number of replicates may differ
 * @throws RangeError on different numbers of items, an item without values, or a value that is not finite
 */
export const pairedDeltas = (first: Items, second: Items): Array<number> => {
  checkItems("pairedDeltas", "first", first)
  checkItems("pairedDeltas", "second", second)
  checkSameLength("pairedDeltas", "first", first, "second", second)
  return first.map((values, item) => mean(values) - mean(second[item]!))
}

/**
 * Mean difference between two arms with Student's interval over items.
 *
 * @throws RangeError as `pairedDeltas`, and on fewer than two items
 */
export const pairedDifference = (
  first: Items,
  second: Items,
  confidence: number = conventions.confidence
): PairedDifference => {
  const deltas = pairedDeltas(first, second)
  const interval = tInterval(deltas, confidence)
  return {
    ...interval,
    deltas,
    minimumDetectableEffect: detectable(interval.standardError, confidence, conventions.power)
  }
}

/**
 * Mean difference between two arms with the percentile interval over resampled items.
 *
 * @throws RangeError as `pairedDeltas`
 */
export const pairedBootstrap = (first: Items, second: Items, options: BootstrapOptions): BootstrapInterval =>
  bootstrapMean(
    pairedDeltas(first, second).map((delta) => [delta]),
    options
  )

/**
 * Smallest true difference that a design finds, by the normal approximation:
 * (z_confidence + z_power) * sqrt((effectDeviation^2 + 2 withinVariance / replicates) / items). Source: Miller (2024),
 * arXiv 2411.00640.
 *
 * @throws RangeError on an argument out of range
 */
export const minimumDetectableEffect = ({
  confidence = conventions.confidence,
  effectDeviation,
  items,
  power = conventions.power,
  replicates,
  withinVariance
}: PairedDesign): number => {
  const where = "minimumDetectableEffect"
  checkInteger(where, "items", items, 1)
  checkInteger(where, "replicates", replicates, 1)
  checkNotNegative(where, "effectDeviation", effectDeviation)
  checkNotNegative(where, "withinVariance", withinVariance)
  checkConfidence(where, confidence)
  checkConfidence(where, power, "power")
  const standardError = Math.sqrt((effectDeviation ** 2 + (2 * withinVariance) / replicates) / items)
  return detectable(standardError, confidence, power)
}

const detectable = (standardError: number, confidence: number, power: number): number =>
  (normalQuantile(confidence) + normalQuantile(power)) * standardError
