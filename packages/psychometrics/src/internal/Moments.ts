/** Sums over non-empty arrays that the callers have checked. */

export const sum = (values: ArrayLike<number>): number => {
  let total = 0
  for (let index = 0; index < values.length; index++) total += values[index]!
  return total
}

export const mean = (values: ArrayLike<number>): number => sum(values) / values.length

/** Sample covariance (n - 1); two passes, so that a large mean costs no precision. */
export const covariance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const meanA = mean(a)
  const meanB = mean(b)
  let total = 0
  for (let index = 0; index < a.length; index++) total += (a[index]! - meanA) * (b[index]! - meanB)
  return total / (a.length - 1)
}

export const variance = (values: ArrayLike<number>): number => covariance(values, values)
