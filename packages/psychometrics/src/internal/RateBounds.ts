import { type BootstrapInterval, type BootstrapOptions, bootstrapRatio, bootstrapStatistic } from "../Bootstrap.ts"
import { conventions } from "../Conventions.ts"
import { effectiveSampleSize, intraclassCorrelation } from "../IntraclassCorrelation.ts"
import { quantileOfSorted } from "../Quantile.ts"
import { wilsonInterval } from "../Wilson.ts"
import { checkInteger, checkProbability, invalid } from "./Check.ts"
import { sum } from "./Moments.ts"

/** How often something happened in the trials of one item. */
export interface RateItem {
  readonly events: number
  /** At least 1. */
  readonly trials: number
}

export interface RateOptions extends BootstrapOptions {
  /** Intraclass correlation, 0 to 1, to use instead of estimating it. */
  readonly rho?: number
}

/** An estimate whose one-sided bounds can be asked for at any level. */
export interface Bounds {
  readonly estimate: number
  readonly lowerAt: (confidence: number) => number
  readonly upperAt: (confidence: number) => number
}

export interface RateBounds extends Bounds {
  readonly events: number
  readonly trials: number
  readonly rho: number
  readonly rhoSource: "given" | "estimated" | "convention"
  readonly effectiveSampleSize: number
  readonly method: "wilson" | "bootstrap"
}

export const rateBounds = (where: string, items: ReadonlyArray<RateItem>, options: RateOptions): RateBounds => {
  checkRateItems(where, items)
  const events = sum(items.map((item) => item.events))
  const sizes = items.map((item) => item.trials)
  const trials = sum(sizes)
  const estimate = events / trials
  const { rho, rhoSource } = rhoOf(where, items, options.rho)
  const effective = effectiveSampleSize(sizes, rho)
  const shared = { estimate, events, trials, rho, rhoSource, effectiveSampleSize: effective }
  const nearBoundary = effective * Math.min(estimate, 1 - estimate) < conventions.boundaryEvents
  if (nearBoundary || items.length < conventions.bootstrapItems) {
    return {
      ...shared,
      method: "wilson",
      lowerAt: (confidence) => wilsonInterval(estimate, effective, confidence).lower,
      upperAt: (confidence) => wilsonInterval(estimate, effective, confidence).upper
    }
  }
  const bootstrap = bootstrapRatio(
    items.map((item) => item.events),
    sizes,
    options
  )
  return { ...shared, method: "bootstrap", ...percentileBounds(bootstrap) }
}

/** Rate of `a` minus rate of `b`, items paired by position. */
export const rateDifferenceBounds = (
  where: string,
  a: ReadonlyArray<RateItem>,
  b: ReadonlyArray<RateItem>,
  options: RateOptions
): Bounds & Pick<RateBounds, "method"> => {
  const boundsA = rateBounds(where, a, options)
  const boundsB = rateBounds(where, b, options)
  if (a.length !== b.length) throw invalid(where, `the rates have different items, ${a.length} and ${b.length}`)
  const estimate = boundsA.estimate - boundsB.estimate
  if (boundsA.method === "bootstrap" && boundsB.method === "bootstrap") {
    const difference = (indices: Uint32Array): number => rateOf(a, indices) - rateOf(b, indices)
    return { method: "bootstrap", ...percentileBounds(bootstrapStatistic(a.length, difference, options)) }
  }
  const squareAndAdd = (upper: Bounds, lower: Bounds, confidence: number): number =>
    Math.hypot(upper.upperAt(confidence) - upper.estimate, lower.estimate - lower.lowerAt(confidence))
  return {
    estimate,
    method: "wilson",
    lowerAt: (confidence) => estimate - squareAndAdd(boundsB, boundsA, confidence),
    upperAt: (confidence) => estimate + squareAndAdd(boundsA, boundsB, confidence)
  }
}

/**
 * The p-value that belongs to a lower bound: 1 minus the highest one-sided confidence at which the bound stays above the
 * threshold. Values above one half say nothing that Holm could use; they read 1.
 */
export const pValueAbove = (bounds: Bounds, threshold: number): number => {
  let holds = 0.5
  let fails = 1
  if (bounds.lowerAt(holds) <= threshold) return 1
  while (fails - holds > 1e-12) {
    const middle = (holds + fails) / 2
    if (bounds.lowerAt(middle) > threshold) holds = middle
    else fails = middle
  }
  return 1 - holds
}

const checkRateItems = (where: string, items: ReadonlyArray<RateItem>): void => {
  if (items.length === 0) throw invalid(where, "items must not be empty")
  items.forEach((item, index) => {
    checkInteger(where, `items[${index}].trials`, item.trials, 1)
    checkInteger(where, `items[${index}].events`, item.events, 0)
    if (item.events > item.trials) {
      throw invalid(where, `items[${index}] has more events than trials, ${item.events} of ${item.trials}`)
    }
  })
}

const rhoOf = (
  where: string,
  items: ReadonlyArray<RateItem>,
  given: number | undefined
): Pick<RateBounds, "rho" | "rhoSource"> => {
  if (given !== undefined) {
    checkProbability(where, "rho", given)
    return { rho: given, rhoSource: "given" }
  }
  const outcomes = items.map(({ events, trials }) =>
    Array.from({ length: trials }, (_, trial) => (trial < events ? 1 : 0))
  )
  const rho = intraclassCorrelation(outcomes)
  return rho === null ? { rho: conventions.rho, rhoSource: "convention" } : { rho, rhoSource: "estimated" }
}

const rateOf = (items: ReadonlyArray<RateItem>, indices: Uint32Array): number => {
  let events = 0
  let trials = 0
  for (const index of indices) {
    events += items[index]!.events
    trials += items[index]!.trials
  }
  return events / trials
}

/** Percentiles of a skewed statistic can miss the estimate itself; an interval never does. */
const percentileBounds = ({ draws, estimate }: BootstrapInterval): Bounds => ({
  estimate,
  lowerAt: (confidence) => Math.min(estimate, quantileOfSorted(draws, 1 - confidence)),
  upperAt: (confidence) => Math.max(estimate, quantileOfSorted(draws, confidence))
})
