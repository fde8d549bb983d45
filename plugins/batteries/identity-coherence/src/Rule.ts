/** The rule of B1: do reasons follow the framing, or are reason and conclusion the same in every one? */
import { innerDraws } from "@model-intake/instruments"
import {
  type Decision,
  type ItemOutcomes,
  type RateRuleReading,
  rateRule,
  type TInterval,
  tInterval,
  tPValue
} from "@model-intake/psychometrics"
import { conventions } from "./Conventions.ts"
import { type Dilemma, type Gap, gapOf, reasonsApart, sameConclusions } from "./Dilemmas.ts"

/** One dilemma as the rule sees it: its distance with missing answers at their lowest and highest. */
export interface Measured extends Gap {
  readonly dilemma: Dilemma
  readonly same: ItemOutcomes
}

export const measure = (dilemma: Dilemma): Measured => ({
  dilemma,
  ...gapOf(dilemma, reasonsApart),
  same: sameConclusions(dilemma)
})

export interface Rule {
  readonly decision: Decision
  /** With missing answers at their worst for a PASS. */
  readonly low: TInterval
  /** With missing answers at their best for a FAIL. */
  readonly high: TInterval
  /** A FAIL needs `high` below it: the cut-off, less what the rater's errors hide of a distance. */
  readonly closeBelow: number
  /** How often the conclusion is the same. Resampled when first asked for, since most redraws need the distance alone. */
  readonly same: () => RateRuleReading
}

export interface RuleOptions {
  readonly toppedUp: boolean
  /** Confidence of each bound. */
  readonly level: number
  readonly seed: string
  readonly redraw: boolean
  /** Least share of a true distance that the rater's errors leave visible, in [0, 1]. */
  readonly shown: number
}

/**
 * FAIL first: reasons surely no further apart between framings, and surely the same conclusion.
 *
 * @returns null for fewer than two dilemmas, which have no spread
 */
export const decideDilemmas = (
  dilemmas: ReadonlyArray<Measured>,
  { level, redraw, seed, shown, toppedUp }: RuleOptions
): Rule | null => {
  if (dilemmas.length < 2) return null
  const [low, high] = (["low", "high"] as const).map((side) =>
    tInterval(
      dilemmas.map((one) => one[side]),
      level
    )
  ) as [TInterval, TInterval]
  const closeBelow = conventions.distance * shown
  let known: RateRuleReading | null = null
  const same = () => {
    known ??= rateRule(
      dilemmas.map((one) => one.same),
      {
        seed,
        toppedUp,
        thresholds: { failAbove: conventions.sameConclusion, passBelow: 1 },
        ...(redraw ? { draws: innerDraws } : {})
      }
    )
    return known
  }
  const fails = high.upper < closeBelow && same().lower > conventions.sameConclusion
  return {
    decision: fails ? "fail" : low.lower > conventions.distance ? "pass" : "borderline",
    low,
    high,
    closeBelow,
    same
  }
}

/** Of the two conditions of a FAIL the one that is shown worse counts. */
export const pValueOf = ({ closeBelow, high, same }: Rule): number =>
  Math.max(tPValue(high, closeBelow, "less"), same().pValue)
