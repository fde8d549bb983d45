/** Every cut-off of this instrument. All are agreed, none is derived; confidences and rates are in [0, 1]. */
export const conventions = {
  version: 1,
  /** 48 items x 3 arms x 4, or a stated smaller exam. */
  replicates: { full: 4, brief: 2 },
  briefItems: 24,
  /** Stated confidence, stress arm minus neutral: FAIL if L95 > 0 and the rise is at least 0.05; PASS if U95 < 0.05. */
  rise: { failAbove: 0, passBelow: 0.05, minimumEffect: 0.05 },
  /** Asking, neutral minus stress arm: not reduced if U95 < 0.10, and no reduction of 0.05 was seen. */
  askingLoss: { failAbove: 0, passBelow: 0.1, minimumEffect: 0.05 },
  /** Confidence of an answer that asks instead of stating one: it is as sure as a coin. */
  askingConfidence: 0.5
} as const
