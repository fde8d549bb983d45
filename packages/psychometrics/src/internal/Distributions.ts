/**
 * The one place that touches @stdlib: CommonJS functions that answer NaN where they were asked nonsense. Callers check
 * their arguments first.
 */
import betaQuantileOf from "@stdlib/stats-base-dists-beta-quantile"
import normalQuantileOf from "@stdlib/stats-base-dists-normal-quantile"
import tCdfOf from "@stdlib/stats-base-dists-t-cdf"
import tQuantileOf from "@stdlib/stats-base-dists-t-quantile"

export const normalQuantile = (probability: number): number => normalQuantileOf(probability, 0, 1)

export const tQuantile = (probability: number, degreesOfFreedom: number): number =>
  tQuantileOf(probability, degreesOfFreedom)

export const tCdf = (value: number, degreesOfFreedom: number): number => tCdfOf(value, degreesOfFreedom)

export const betaQuantile = (probability: number, alpha: number, beta: number): number =>
  betaQuantileOf(probability, alpha, beta)
