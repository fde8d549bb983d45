import { conventions } from "./Conventions.ts"
import type { Interval } from "./Interval.ts"
import { checkConfidence, checkFinite, checkFiniteValues, checkItems, invalid } from "./internal/Check.ts"
import { tCdf, tQuantile } from "./internal/Distributions.ts"
import { mean, variance } from "./internal/Moments.ts"

export interface TInterval extends Interval {
  readonly standardError: number
  readonly degreesOfFreedom: number
}

/**
 * Student's interval of a mean, one value per item.
 *
 * @param values at least two
 * @throws RangeError on fewer than two values, a value that is not finite, or a confidence outside [0.5, 1)
 */
export const tInterval = (values: ReadonlyArray<number>, confidence: number = conventions.confidence): TInterval => {
  checkFiniteValues("tInterval", "values", values)
  checkConfidence("tInterval", confidence)
  if (values.length < 2) throw invalid("tInterval", "at least two items are needed for a standard error")
  const estimate = mean(values)
  const standardError = Math.sqrt(variance(values) / values.length)
  const degreesOfFreedom = values.length - 1
  const half = tQuantile(confidence, degreesOfFreedom) * standardError
  return { estimate, lower: estimate - half, upper: estimate + half, confidence, standardError, degreesOfFreedom }
}

/**
 * Student's interval over item means: replicates of one item share its luck, so the item is the unit. Items weigh the
 * same whatever their number of replicates.
 *
 * @param items items x replicates, at least two items
 * @throws RangeError as `tInterval`, and on an item without values
 */
export const clusteredT = (
  items: ReadonlyArray<ReadonlyArray<number>>,
  confidence: number = conventions.confidence
): TInterval => {
  checkItems("clusteredT", "items", items)
  return tInterval(items.map(mean), confidence)
}

/**
 * One-sided p-value of a t interval against `nullValue`, in agreement with its bounds: p < 1 - confidence exactly where
 * the bound lies beyond `nullValue`. Without any spread it is 0 or 1.
 */
export const tPValue = (
  interval: Pick<TInterval, "estimate" | "standardError" | "degreesOfFreedom">,
  nullValue: number,
  alternative: "greater" | "less"
): number => {
  checkFinite("tPValue", "nullValue", nullValue)
  const excess = alternative === "greater" ? interval.estimate - nullValue : nullValue - interval.estimate
  if (interval.standardError === 0) return excess > 0 ? 0 : 1
  return tCdf(-excess / interval.standardError, interval.degreesOfFreedom)
}
