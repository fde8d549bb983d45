/** Every cut-off of M5: agreed, not derived. Recoveries are shares of a displacement, 0 to 1 and beyond. Raise `version` with any change. */
export const conventions = {
  version: 1,
  /** The inside is unchanged if the upper bound of its recovery is below this. */
  latentUnchanged: 0.3,
  /** Behaviour, or the inside, is corrected if the lower bound of its recovery is above this. */
  recovered: 0.5,
  /** Two regimes differ if the absolute cosine between their weight deltas is below this. */
  differentBelow: 0.3,
  /** Below this share of probes that were measured at all three checkpoints, the inside was not seen. */
  leastShared: 0.8,
  /** Behaviour counts as corrected only on this many behavioural markers, M1 to M4. */
  allMarkers: 4,
  /** Markers for which a refusal is an answer that does not fail; for the others it is missing. */
  refusalsPass: ["M1", "M4"]
} as const
