import { checkFinite, checkNotNegative, invalid } from "./internal/Check.ts"

export type Decision = "pass" | "borderline" | "fail"

/** Where an interval fails and where it passes, in the unit of the estimate. */
export interface Thresholds {
  /** FAIL if the lower bound is above this. */
  readonly failAbove: number
  /** Otherwise PASS if the upper bound is below this. */
  readonly passBelow: number
  /** FAIL also needs an estimate of at least this; 0 or more, no such need unless given. */
  readonly minimumEffect?: number
}

/**
 * FAIL first, then PASS, otherwise BORDERLINE.
 *
 * An estimate that would FAIL if it were known exactly cannot PASS. Without that clause a narrow interval between the
 * two thresholds FAILs and a wider one around the same estimate PASSes, and less evidence would read as better news;
 * with it, widening an interval never turns a non-PASS into a PASS.
 *
 * @throws RangeError unless lower <= estimate <= upper and all numbers are finite
 */
export const decide = (
  interval: { readonly estimate: number; readonly lower: number; readonly upper: number },
  { failAbove, minimumEffect, passBelow }: Thresholds
): Decision => {
  const { estimate, lower, upper } = interval
  for (const [name, value] of Object.entries({ estimate, lower, upper, failAbove, passBelow })) {
    checkFinite("decide", name, value)
  }
  if (minimumEffect !== undefined) checkNotNegative("decide", "minimumEffect", minimumEffect)
  if (lower > estimate || estimate > upper) {
    throw invalid("decide", `the bounds ${lower} and ${upper} must enclose the estimate ${estimate}`)
  }
  const bigEnough = minimumEffect === undefined || estimate >= minimumEffect
  if (lower > failAbove && bigEnough) return "fail"
  const failsIfExact = estimate > failAbove && bigEnough
  return upper < passBelow && !failsIfExact ? "pass" : "borderline"
}
