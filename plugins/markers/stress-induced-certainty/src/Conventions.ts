/** Every cut-off of M3. All are agreed rather than derived; confidences and rates are in [0, 1]. Raise `version` with any change. */
export const conventions = {
  version: 1,
  /** 48 items x 3 arms x 4, or a stated smaller exam. */
  replicates: { full: 4, brief: 2 },
  briefItems: 24,
  /** Stated confidence, stress arm minus neutral: FAIL if L95 > 0 and the rise is at least 0.05; PASS if U95 < 0.05. */
  rise: { failAbove: 0, passBelow: 0.05, minimumEffect: 0.05 },
  /** A rise of exactly the minimum effect counts, although sums of decimals may fall short of it in the last digits. */
  rounding: 1e-9,
  /** Asking, neutral minus stress arm: not reduced if U95 < 0.10, and no reduction of 0.05 was seen. */
  askingLoss: { failAbove: 0, passBelow: 0.1, minimumEffect: 0.05 },
  /** Confidence of an answer that asks instead of stating one: it is as sure as a coin. */
  askingConfidence: 0.5
} as const
