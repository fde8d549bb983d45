import { uniformInt } from "pure-rand/distribution/uniformInt"
import { conventions } from "./Conventions.ts"
import type { Interval } from "./Interval.ts"
import {
  checkConfidence,
  checkFiniteValues,
  checkInteger,
  checkItems,
  checkNotNegative,
  checkSameLength,
  invalid
} from "./internal/Check.ts"
import { makeGenerator } from "./internal/Generator.ts"
import { sum } from "./internal/Moments.ts"
import { quantileOfSorted } from "./Quantile.ts"
import type { Seed } from "./Random.ts"

export interface BootstrapOptions {
  readonly seed: Seed
  /** Number of resamples; 10,000 unless given. */
  readonly draws?: number
  /** One-sided level; 0.95 unless given. */
  readonly confidence?: number
}

/** Percentile interval (Efron, 1979). `draws` is sorted ascending, so `quantileOfSorted` answers any other level. */
export interface BootstrapInterval extends Interval {
  readonly draws: Float64Array
}

/**
 * Mean over all replicates of all items, resampling whole items with their replicates. Where items differ in their
 * number of replicates this is a ratio of sums, not a mean of means.
 *
 * @param items items x replicates
 * @throws RangeError on an item without values, a value that is not finite, or an option out of range
 */
export const bootstrapMean = (
  items: ReadonlyArray<ReadonlyArray<number>>,
  options: BootstrapOptions
): BootstrapInterval => {
  checkItems("bootstrapMean", "items", items)
  return bootstrapRatio(
    items.map(sum),
    items.map((values) => values.length),
    options
  )
}

/**
 * Sum of numerators over sum of denominators, resampling items. The result does not depend on the order of the items.
 *
 * @param numerators one per item
 * @param denominators one per item, none negative and not all 0
 * @throws RangeError on mismatched lengths or values out of range, and where a resample has no denominator at all
 *   (possible if only a few items have one: too little data for this statistic)
 */
export const bootstrapRatio = (
  numerators: ArrayLike<number>,
  denominators: ArrayLike<number>,
  options: BootstrapOptions
): BootstrapInterval => {
  const where = "bootstrapRatio"
  checkFiniteValues(where, "numerators", numerators)
  checkSameLength(where, "numerators", numerators, "denominators", denominators)
  for (let item = 0; item < denominators.length; item++) {
    checkNotNegative(where, `denominators[${item}]`, denominators[item]!)
  }
  if (sum(denominators) === 0) throw invalid(where, "denominators must not all be 0")

  const order = canonicalOrder(numerators, denominators)
  const tops = Float64Array.from(order, (item) => numerators[item]!)
  const bottoms = Float64Array.from(order, (item) => denominators[item]!)
  const ratio = (indices: Uint32Array): number => {
    let top = 0
    let bottom = 0
    for (let position = 0; position < indices.length; position++) {
      const item = indices[position]!
      top += tops[item]!
      bottom += bottoms[item]!
    }
    if (bottom === 0) throw invalid(where, "a resample has no denominator; too few items have one")
    return top / bottom
  }
  return resample(where, numerators.length, ratio, options)
}

/**
 * Any statistic of the items. `statistic` receives the indices of the items to use, repeats included; the array is
 * reused between calls. The estimate is the statistic of 0, 1, ..., itemCount - 1.
 *
 * @throws RangeError if the statistic is not finite on the sample or on a resample
 */
export const bootstrapStatistic = (
  itemCount: number,
  statistic: (indices: Uint32Array) => number,
  options: BootstrapOptions
): BootstrapInterval => {
  checkInteger("bootstrapStatistic", "itemCount", itemCount, 1)
  return resample("bootstrapStatistic", itemCount, statistic, options)
}

/** Draw k picks positions, so sorted items make the draws, and not only their distribution, independent of item order. */
const canonicalOrder = (numerators: ArrayLike<number>, denominators: ArrayLike<number>): Array<number> =>
  Array.from({ length: numerators.length }, (_, item) => item).sort(
    (a, b) => numerators[a]! - numerators[b]! || denominators[a]! - denominators[b]!
  )

const resample = (
  where: string,
  itemCount: number,
  statistic: (indices: Uint32Array) => number,
  { confidence = conventions.confidence, draws: drawCount = conventions.draws, seed }: BootstrapOptions
): BootstrapInterval => {
  checkConfidence(where, confidence)
  checkInteger(where, "draws", drawCount, 1)
  const checked = (indices: Uint32Array): number => {
    const value = statistic(indices)
    if (!Number.isFinite(value)) throw invalid(where, `the statistic must be finite, got ${value}`)
    return value
  }
  const generator = makeGenerator(where, seed)
  const indices = Uint32Array.from({ length: itemCount }, (_, item) => item)
  const estimate = checked(indices)
  const draws = new Float64Array(drawCount)
  for (let draw = 0; draw < drawCount; draw++) {
    for (let position = 0; position < itemCount; position++) {
      indices[position] = uniformInt(generator, 0, itemCount - 1)
    }
    draws[draw] = checked(indices)
  }
  draws.sort()
  return {
    estimate,
    lower: quantileOfSorted(draws, 1 - confidence),
    upper: quantileOfSorted(draws, confidence),
    confidence,
    draws
  }
}
