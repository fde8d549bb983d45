/** Draws tokens, and tells where rounding could have decided the draw. */
import { OnnxProblem } from "./OnnxProblem.ts"

export interface SamplingRule {
  /** 0 takes the likeliest token, the lowest id where several are. */
  readonly temperature: number
  /** Draws among the likeliest tokens that together hold this share of the probability; 1 for all. */
  readonly topP: number
}

export interface Draw {
  readonly id: number
  /** Whether every vector of logits within the tolerance gives this id. */
  readonly certain: boolean
}

/**
 * Draws one token: with temperature 0 the likeliest, else the one in whose stretch of the cumulative distribution, in
 * the order of ids, `uniform` falls.
 *
 * Throws {@link OnnxProblem} where the logits hold NaN.
 *
 * @param logits one number per token
 * @param uniform a number in [0, 1); not used at temperature 0
 * @param tolerance largest error of a logit
 */
export const drawToken = (logits: Float32Array, rule: SamplingRule, uniform: number, tolerance: number): Draw =>
  rule.temperature === 0 ? likeliest(logits, tolerance) : sample(logits, rule, uniform, tolerance / rule.temperature)

/** Natural logarithm of each token's probability at temperature 1. */
export const logSoftmax = (logits: Float32Array): Float64Array => {
  const weights = new Float64Array(logits.length)
  const { total, highest } = weigh(logits, 1, weights)
  const shift = highest + Math.log(total)
  return weights.map((_, id) => logits[id]! - shift)
}

const likeliest = (logits: Float32Array, tolerance: number): Draw => {
  let id = 0
  let second = Number.NEGATIVE_INFINITY
  let sum = logits[0]!
  for (let other = 1; other < logits.length; other++) {
    const value = logits[other]!
    sum += value
    if (value > logits[id]!) {
      second = logits[id]!
      id = other
    } else if (value > second) second = value
  }
  refuseNaN(sum)
  return { id, certain: logits[id]! - second > 2 * tolerance }
}

const sample = (logits: Float32Array, { temperature, topP }: SamplingRule, uniform: number, slack: number): Draw => {
  if (scratch.length < logits.length) scratch = new Float64Array(logits.length)
  const weights = scratch.subarray(0, logits.length)
  let { total } = weigh(logits, temperature, weights)
  let certain = true
  if (topP < 1) {
    const kept = keepNucleus(weights, total, topP, slack)
    total = kept.total
    certain = kept.certain
  }
  // Logits that are off by the tolerance move no point of the cumulative distribution by more than this.
  const margin = slack * total
  const target = uniform * total
  let id = 0
  let below = 0
  let above = weights[0]!
  while (above <= target && above < total) {
    below = above
    above += weights[++id]!
  }
  const clearBelow = below === 0 || target - below > margin
  const clearAbove = above === total || above - target > margin
  return { id, certain: certain && clearBelow && clearAbove }
}

/** Fills in the unnormalised probabilities; the highest is 1. */
const weigh = (logits: Float32Array, temperature: number, weights: Float64Array) => {
  let highest = Number.NEGATIVE_INFINITY
  for (let id = 0; id < logits.length; id++) if (logits[id]! > highest) highest = logits[id]!
  let total = 0
  for (let id = 0; id < logits.length; id++) {
    const weight = Math.exp((logits[id]! - highest) / temperature)
    weights[id] = weight
    total += weight
  }
  refuseNaN(total)
  return { total, highest }
}

const refuseNaN = (sum: number): void => {
  if (Number.isNaN(sum)) throw new OnnxProblem("malformed-reply", "the model put out logits that are not numbers")
}

/** Sets everything outside the nucleus to 0: of equal weights the lower id is in first. */
const keepNucleus = (weights: Float64Array, total: number, topP: number, slack: number) => {
  // What lies below this holds less than 1 - topP altogether, so it cannot be in the nucleus and need not be sorted.
  const floor = ((1 - topP) * total) / weights.length
  const ranked: Array<number> = []
  for (let id = 0; id < weights.length; id++) if (weights[id]! >= floor) ranked.push(id)
  ranked.sort((a, b) => weights[b]! - weights[a]! || a - b)
  const goal = topP * total
  let held = 0
  let before = 0
  let count = 0
  while (count < ranked.length && (count === 0 || held < goal)) {
    before = held
    held += weights[ranked[count++]!]!
  }
  const smallest = weights[ranked[count - 1]!]!
  const next = count < ranked.length ? weights[ranked[count]!]! : 0
  const margin = slack * total
  const certain =
    held - goal > margin && (count === 1 || goal - before > margin) && smallest - next > 2 * slack * smallest
  const kept = ranked.slice(0, count).sort((a, b) => a - b)
  const keptWeights = kept.map((id) => weights[id]!)
  weights.fill(0)
  let sum = 0
  for (const [index, id] of kept.entries()) {
    weights[id] = keptWeights[index]!
    sum += weights[id]!
  }
  return { total: sum, certain }
}

/** Reused between draws: a fresh array per token would be most of a step's garbage. */
let scratch = new Float64Array(0)
