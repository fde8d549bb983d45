import { conventions } from "./Conventions.ts"
import type { Interval } from "./Interval.ts"
import { checkConfidence, checkPositive, checkProbability } from "./internal/Check.ts"
import { normalQuantile } from "./internal/Distributions.ts"

/**
 * Score interval of a proportion (Wilson, 1927). It keeps its width at 0 and 1, where a bootstrap has none.
 *
 * @param proportion observed share, 0 to 1
 * @param sampleSize number of independent trials, or the effective number of clustered ones; need not be whole
 * @throws RangeError on an argument out of range
 */
export const wilsonInterval = (
  proportion: number,
  sampleSize: number,
  confidence: number = conventions.confidence
): Interval => {
  checkProbability("wilsonInterval", "proportion", proportion)
  checkPositive("wilsonInterval", "sampleSize", sampleSize)
  checkConfidence("wilsonInterval", confidence)
  const z = normalQuantile(confidence)
  const shrink = (z * z) / sampleSize
  const centre = (proportion + shrink / 2) / (1 + shrink)
  const half =
    (z * Math.sqrt((proportion * (1 - proportion)) / sampleSize + (shrink / sampleSize) * 0.25)) / (1 + shrink)
  // Rounding must not put a bound on the wrong side of the proportion, which at 0 and 1 it touches.
  return {
    estimate: proportion,
    lower: Math.min(proportion, Math.max(0, centre - half)),
    upper: Math.max(proportion, Math.min(1, centre + half)),
    confidence
  }
}
