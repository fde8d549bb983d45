/**
 * An estimate with two one-sided bounds: at `confidence` 0.95 `lower` is the L95 and `upper` the U95 of the exam's
 * methods, and the pair is a two-sided 90 % interval. For a two-sided 95 % interval ask for 0.975.
 */
export interface Interval {
  readonly estimate: number
  readonly lower: number
  readonly upper: number
  /** One-sided level of each bound, at least 0.5 and below 1. */
  readonly confidence: number
}
