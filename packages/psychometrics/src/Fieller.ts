import { conventions } from "./Conventions.ts"
import {
  checkConfidence,
  checkFinite,
  checkFiniteValues,
  checkNotNegative,
  checkPositive,
  checkSameLength,
  invalid
} from "./internal/Check.ts"
import { normalQuantile, tQuantile } from "./internal/Distributions.ts"
import { covariance, mean, variance } from "./internal/Moments.ts"

/** Two estimates with the variances and the covariance of their errors. */
export interface RatioMoments {
  readonly numerator: number
  readonly denominator: number
  readonly numeratorVariance: number
  readonly denominatorVariance: number
  /** 0 unless given. */
  readonly covariance?: number
  /** Of the variances; known variances unless given. */
  readonly degreesOfFreedom?: number
}

interface RatioSetBase {
  /** `null` where the denominator is 0. */
  readonly estimate: number | null
  /** One-sided level of each bound. */
  readonly confidence: number
}

/**
 * All ratios that the data do not rule out.
 *
 * - `bounded`: from `lower` to `upper`.
 * - `exclusive`: everything up to `below` and everything from `above` on; the denominator may be 0. With `below` at
 *   -Infinity or `above` at Infinity only the other half-line remains.
 * - `whole-line`: every number; the data say nothing about the ratio. So reads a denominator known to be 0.
 */
export type RatioConfidenceSet =
  | (RatioSetBase & { readonly kind: "bounded"; readonly lower: number; readonly upper: number })
  | (RatioSetBase & { readonly kind: "exclusive"; readonly below: number; readonly above: number })
  | (RatioSetBase & { readonly kind: "whole-line" })

/**
 * Fieller's confidence set (1954) of numerator / denominator: the ratios r for which numerator - r * denominator does
 * not differ from 0 at two-sided level 2 * confidence - 1.
 *
 * @throws RangeError on an argument out of range, or a covariance larger than the variances allow
 */
export const fiellerRatio = (
  moments: RatioMoments,
  confidence: number = conventions.confidence
): RatioConfidenceSet => {
  const where = "fiellerRatio"
  const { covariance: shared = 0, degreesOfFreedom, denominator, denominatorVariance, numerator } = moments
  const { numeratorVariance } = moments
  checkFinite(where, "numerator", numerator)
  checkFinite(where, "denominator", denominator)
  checkNotNegative(where, "numeratorVariance", numeratorVariance)
  checkNotNegative(where, "denominatorVariance", denominatorVariance)
  checkFinite(where, "covariance", shared)
  checkConfidence(where, confidence)
  if (degreesOfFreedom !== undefined) checkPositive(where, "degreesOfFreedom", degreesOfFreedom)
  // The factor leaves room for rounding where the two are fully correlated.
  if (shared ** 2 > numeratorVariance * denominatorVariance * (1 + 1e-9)) {
    throw invalid(where, `covariance ${shared} is larger than the variances allow`)
  }

  const critical = degreesOfFreedom === undefined ? normalQuantile(confidence) : tQuantile(confidence, degreesOfFreedom)
  const base = { estimate: denominator === 0 ? null : numerator / denominator, confidence }
  // The ratios r with square * r^2 - 2 * linear * r + constant <= 0.
  const square = denominator ** 2 - critical ** 2 * denominatorVariance
  const linear = numerator * denominator - critical ** 2 * shared
  const constant = numerator ** 2 - critical ** 2 * numeratorVariance
  if (square === 0) {
    if (linear === 0) return { ...base, kind: "whole-line" }
    const end = constant / (2 * linear)
    return linear > 0
      ? { ...base, kind: "exclusive", below: Number.NEGATIVE_INFINITY, above: end }
      : { ...base, kind: "exclusive", below: end, above: Number.POSITIVE_INFINITY }
  }
  const discriminant = linear ** 2 - square * constant
  if (square < 0 && discriminant <= 0) return { ...base, kind: "whole-line" }
  // The estimate itself solves the inequality, so a negative discriminant here is rounding.
  const [first, second] = roots(square, linear, constant, Math.sqrt(Math.max(0, discriminant)))
  return square > 0
    ? { ...base, kind: "bounded", lower: first, upper: second }
    : { ...base, kind: "exclusive", below: first, above: second }
}

/**
 * `fiellerRatio` of two means over the same items.
 *
 * @param numerators one per item
 * @param denominators one per item, in the same order
 * @throws RangeError on mismatched lengths, fewer than two items, or a value that is not finite
 */
export const fiellerOfItems = (
  numerators: ReadonlyArray<number>,
  denominators: ReadonlyArray<number>,
  confidence: number = conventions.confidence
): RatioConfidenceSet => {
  checkFiniteValues("fiellerOfItems", "numerators", numerators)
  checkFiniteValues("fiellerOfItems", "denominators", denominators)
  checkSameLength("fiellerOfItems", "numerators", numerators, "denominators", denominators)
  const items = numerators.length
  if (items < 2) throw invalid("fiellerOfItems", "at least two items are needed for a standard error")
  return fiellerRatio(
    {
      numerator: mean(numerators),
      denominator: mean(denominators),
      numeratorVariance: variance(numerators) / items,
      denominatorVariance: variance(denominators) / items,
      covariance: covariance(numerators, denominators) / items,
      degreesOfFreedom: items - 1
    },
    confidence
  )
}

/** Roots in ascending order; the one that would suffer from cancellation comes from their product. */
const roots = (square: number, linear: number, constant: number, root: number): readonly [number, number] => {
  const larger = linear + (linear < 0 ? -root : root)
  if (larger === 0) return [0, 0]
  const pair = [larger / square, constant / larger] as const
  return pair[0] <= pair[1] ? pair : [pair[1], pair[0]]
}
