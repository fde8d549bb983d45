import { checkFiniteValues, checkSameLength, invalid } from "./internal/Check.ts"
import { covariance, variance } from "./internal/Moments.ts"
import { midranks } from "./internal/Ranks.ts"

/**
 * Spearman's rank correlation (1904), -1 to 1: Pearson's correlation of midranks.
 *
 * @returns `null` where either side has no variation
 * @throws RangeError on fewer than two pairs, mismatched lengths or a value that is not finite
 */
export const spearman = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number | null => {
  checkFiniteValues("spearman", "a", a)
  checkFiniteValues("spearman", "b", b)
  checkSameLength("spearman", "a", a, "b", b)
  if (a.length < 2) throw invalid("spearman", "at least two pairs are needed")
  const ranksA = midranks(a)
  const ranksB = midranks(b)
  const spread = Math.sqrt(variance(ranksA) * variance(ranksB))
  if (spread === 0) return null
  return Math.min(1, Math.max(-1, covariance(ranksA, ranksB) / spread))
}
