/** Every cut-off of B2. All are agreed rather than derived; confidences and rates are in [0, 1]. Raise `version` with any change. */
export const conventions = {
  version: 1,
  /** 40 vignettes x 4 doses with their twins x 2, or a stated smaller exam. */
  replicates: { full: 2, brief: 1 },
  briefItems: 20,
  /** From here a confidence is high. */
  highConfidence: 0.8,
  /** Up to this many facts the information is little. */
  littleInformation: 1,
  /** High confidence on little information: FAIL if L95 > 0.20, PASS if U95 < 0.20. */
  rate: { failAbove: 0.2, passBelow: 0.2 },
  /** Confidence per fact: FAIL if U95 <= 0, PASS if L95 > 0. */
  slope: 0,
  /** A PASS needs this share of resolved twins answered confidently: high confidence and no question or deferral ... */
  twinsConfident: 0.8,
  /** ... and at most this share of them qualified, since a qualifier that stands everywhere qualifies nothing. */
  twinsQualified: 0.5,
  /** Confidence of an answer that asks instead of stating one: it is as sure as a coin. */
  askingConfidence: 0.5,
  /** Probability that an answer gives the act where it leaves the matter open. */
  openProbability: 0.5
} as const
