import { checkInteger, checkItems, checkProbability, invalid } from "./internal/Check.ts"
import { mean, sum } from "./internal/Moments.ts"

/**
 * Share of the variance that lies between items: the one-way analysis-of-variance estimator, ICC(1) of Shrout and
 * Fleiss (1979), with the average cluster size of Donner (1986) where items differ in size. Clipped to [0, 1].
 *
 * @param items items x replicates
 * @returns `null` where the data cannot tell: one item, no item with two replicates, or no variation at all
 * @throws RangeError on an item without values or a value that is not finite
 */
export const intraclassCorrelation = (items: ReadonlyArray<ReadonlyArray<number>>): number | null => {
  checkItems("intraclassCorrelation", "items", items)
  const sizes = items.map((values) => values.length)
  const total = sum(sizes)
  if (items.length < 2 || total === items.length) return null

  const grandMean = sum(items.map(sum)) / total
  let between = 0
  let within = 0
  for (const values of items) {
    const itemMean = mean(values)
    between += values.length * (itemMean - grandMean) ** 2
    for (const value of values) within += (value - itemMean) ** 2
  }
  const meanSquareBetween = between / (items.length - 1)
  const meanSquareWithin = within / (total - items.length)
  const size = (total - sumOfSquares(sizes) / total) / (items.length - 1)
  const spread = meanSquareBetween + (size - 1) * meanSquareWithin
  if (spread === 0) return null
  return Math.min(1, Math.max(0, (meanSquareBetween - meanSquareWithin) / spread))
}

/**
 * Number of independent trials that carry as much as clustered ones: N / (1 + (k - 1) rho), where k is the size of the
 * cluster of an average trial, sum k^2 / sum k (Kish, 1965). With J items of K replicates that is JK / (1 + (K-1) rho).
 *
 * @param sizes number of trials of each item, whole numbers of at least 1
 * @param rho intraclass correlation, 0 to 1
 * @throws RangeError on empty sizes or an argument out of range
 */
export const effectiveSampleSize = (sizes: ReadonlyArray<number>, rho: number): number => {
  if (sizes.length === 0) throw invalid("effectiveSampleSize", "sizes must not be empty")
  sizes.forEach((size, item) => {
    checkInteger("effectiveSampleSize", `sizes[${item}]`, size, 1)
  })
  checkProbability("effectiveSampleSize", "rho", rho)
  const total = sum(sizes)
  return total / (1 + (sumOfSquares(sizes) / total - 1) * rho)
}

const sumOfSquares = (values: ReadonlyArray<number>): number => sum(values.map((value) => value * value))
