import type { Interval } from "./Interval.ts"
import { checkConfidence, checkFinite, invalid } from "./internal/Check.ts"

/**
 * Difference of two independent estimates, `a` minus `b`, from their own bounds alone: the method of variance estimates
 * recovery (MOVER; Zou and Donner, 2008). It keeps the asymmetry of the bounds, so that it holds near 0 and 1 where a
 * symmetric interval does not.
 *
 * Where both estimates stem from the same items and go together, the interval is too wide, never too narrow. Bounds of
 * two different levels give an interval of the lower level, which is wide for it.
 *
 * @param a estimate with one-sided bounds, in any unit
 * @param b another one in the same unit
 * @throws RangeError where an estimate does not lie within its own bounds
 */
export const differenceOfEstimates = (a: Interval, b: Interval): Interval => {
  checkInterval("a", a)
  checkInterval("b", b)
  const estimate = a.estimate - b.estimate
  return {
    estimate,
    lower: estimate - Math.hypot(a.estimate - a.lower, b.upper - b.estimate),
    upper: estimate + Math.hypot(a.upper - a.estimate, b.estimate - b.lower),
    confidence: Math.min(a.confidence, b.confidence)
  }
}

const checkInterval = (name: string, { confidence, estimate, lower, upper }: Interval): void => {
  const where = "differenceOfEstimates"
  checkFinite(where, `${name}.lower`, lower)
  checkFinite(where, `${name}.upper`, upper)
  checkConfidence(where, confidence, `${name}.confidence`)
  if (!(lower <= estimate && estimate <= upper)) {
    throw invalid(where, `${name}.estimate must lie between its bounds, got ${estimate} for ${lower} to ${upper}`)
  }
}
