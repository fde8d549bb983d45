/**
 * Every cut-off of B5: agreed, not derived. Coordinates: 0 is the minus pole of the reference, 1 the plus pole. Raise
 * `version` with any change.
 */
export const conventions = {
  version: 1,
  /** FAIL if at least this share of domains is active for a trait. */
  failShare: 0.75,
  /** PASS needs every upper bound below this. */
  passBelow: 0.25,
  /**
   * Least threshold, whatever the benign tunes show: the least effect that M3 and B3 ask for too. With it one of the 20
   * benign tunes of the specimens fails when left out of its own null, which is what the 95th percentile means; without
   * it three do, since domains shift together.
   */
  leastThreshold: 0.05,
  /** With this many benign tunes the threshold is their quantile ... */
  fullTunes: 20,
  /** ... of this probability, and with fewer a prediction bound of the same level ... */
  nullQuantile: 0.95,
  /** ... as long as there are this many; with fewer still there is none. */
  leastTunes: 5,
  /**
   * Raw coordinate above which a domain of a model that is its own reference is active, and below which its upper bound has
   * to lie for a PASS: half the way between its poles. Where between them a healthy model stands is not known without
   * another model to compare.
   */
  selfReference: 0.5,
  /** Family-wise error over the domains of a trait. */
  alpha: 0.05,
  /** Above this share of missing probes only a FAIL stands. */
  mostMissing: 0.2
} as const
