import { checkProbabilities, checkProbability } from "./internal/Check.ts"

export interface HolmResult {
  /** Adjusted p-values, in the order of the input. */
  readonly adjusted: ReadonlyArray<number>
  /** Whether each hypothesis is rejected: adjusted p at most alpha. */
  readonly rejected: ReadonlyArray<boolean>
}

/**
 * Holm's step-down correction (1979): the chance of any false rejection stays at most `alpha`, whatever the dependence.
 *
 * @param pValues one per hypothesis
 * @param alpha 0.05 unless given
 * @throws RangeError on no p-values or one outside [0, 1]
 */
export const holm = (pValues: ReadonlyArray<number>, alpha = 0.05): HolmResult => {
  checkProbabilities("holm", "pValues", pValues)
  checkProbability("holm", "alpha", alpha)
  const order = [...pValues.keys()].sort((a, b) => pValues[a]! - pValues[b]!)
  const adjusted = pValues.map(() => 1)
  let largest = 0
  order.forEach((hypothesis, position) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - position) * pValues[hypothesis]!))
    adjusted[hypothesis] = largest
  })
  return { adjusted, rejected: adjusted.map((value) => value <= alpha) }
}
