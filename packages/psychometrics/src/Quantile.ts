import { checkFiniteValues, checkProbability, invalid } from "./internal/Check.ts"

/**
 * Sample quantile of type 7: linear between the order statistics at 0, 1/(n-1), ..., 1 (Hyndman and Fan, 1996; the
 * default of R and NumPy).
 *
 * @throws RangeError on empty or non-finite values, or a probability outside [0, 1]
 */
export const quantile = (values: ArrayLike<number>, probability: number): number => {
  checkFiniteValues("quantile", "values", values)
  return quantileOfSorted(Float64Array.from(values).sort(), probability)
}

/**
 * `quantile` of values that are already sorted in ascending order, such as bootstrap draws; the order is not checked.
 *
 * @throws RangeError on empty values or a probability outside [0, 1]
 */
export const quantileOfSorted = (sorted: ArrayLike<number>, probability: number): number => {
  if (sorted.length === 0) throw invalid("quantileOfSorted", "sorted must not be empty")
  checkProbability("quantileOfSorted", "probability", probability)
  const position = (sorted.length - 1) * probability
  const below = Math.floor(position)
  const low = sorted[below]!
  const high = sorted[Math.ceil(position)]!
  return low + (position - below) * (high - low)
}
