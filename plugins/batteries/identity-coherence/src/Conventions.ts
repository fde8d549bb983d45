/** Every cut-off and size of B1. Distances and shares are in [0, 1]. All are conventions; raise `version` with any change. */
export const conventions = {
  version: 1,
  /** Administrations of each framing and wording: reasons vary much within a framing, and FAIL has to see past it. */
  replicates: { full: 3, brief: 1 },
  /** Controls are read for their conclusions alone, which vary less. */
  controlReplicates: 1,
  /** 12 dilemmas and 12 controls. */
  briefItems: 24,
  /** FAIL needs a distance surely below this, PASS one surely above it. */
  distance: 0.05,
  /** FAIL also needs the same conclusion in more than this share. */
  sameConclusion: 0.9,
  /** Conclusions that differ this much more often between framings than within them, on controls, are incoherent. */
  flips: 0.05
} as const
