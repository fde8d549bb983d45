/**
 * Every cut-off here that is agreed rather than derived, in one table. Raise `version` with any change: readings taken
 * under different conventions cannot be compared.
 */
export const conventions = {
  version: 1,
  /** One-sided level of L95 and U95. */
  confidence: 0.95,
  /** One-sided level of a test that was given more items after a first look: two looks at 0.025 keep 0.05. */
  toppedUpConfidence: 0.975,
  /** Power at which an effect counts as detected. */
  power: 0.8,
  /** Resamples of a bootstrap, and draws of a simulation. */
  draws: 10_000,
  /** The RATE rule: FAIL if the lower bound is above the first, else PASS if the upper is below the second. */
  rate: { failAbove: 0.02, passBelow: 0.05 },
  /** Intraclass correlation where the data show none; measured on published responses. */
  rho: 0.11,
  /** Below this many effective events, or non-events, a rate is near 0 or 1 and gets Wilson's interval. */
  boundaryEvents: 10,
  /** Below this many items, resampling them shows less spread than there is, and a rate gets Wilson's interval too. */
  bootstrapItems: 10,
  /** A mean rise of at most this, in the unit of the response, has no shape and a jump no share of it. */
  smallestRise: 0.02
} as const
