import { conventions } from "./Conventions.ts"
import type { Interval } from "./Interval.ts"
import { checkConfidence } from "./internal/Check.ts"
import {
  type RateBounds,
  type RateItem,
  type RateOptions,
  rateBounds,
  rateDifferenceBounds
} from "./internal/RateBounds.ts"

export type { RateItem, RateOptions }

export interface RateInterval
  extends Interval,
    Pick<RateBounds, "events" | "trials" | "rho" | "rhoSource" | "effectiveSampleSize" | "method"> {}

export interface RateDifference extends Interval, Pick<RateBounds, "method"> {}

/**
 * A rate over items with its one-sided bounds.
 *
 * Near 0 or 1 the interval is Wilson's with the effective sample size, otherwise the percentile bootstrap over items.
 * Near means fewer than 10 effective events or fewer than 10 effective non-events, that is n_eff * min(p, 1 - p) < 10 (a
 * convention, the usual limit of a normal approximation). Fewer than 10 items are too few to resample and get Wilson's
 * interval too. The intraclass correlation is estimated; where the data show
 * none (no events, nothing but events, one item, one trial per item) it is taken as 0.11.
 *
 * @throws RangeError on no items, an item without trials or with more events than trials, or an option out of range
 */
export const rateInterval = (items: ReadonlyArray<RateItem>, options: RateOptions): RateInterval => {
  const confidence = options.confidence ?? conventions.confidence
  checkConfidence("rateInterval", confidence)
  const { lowerAt, upperAt, ...rate } = rateBounds("rateInterval", items, options)
  return { ...rate, lower: lowerAt(confidence), upper: upperAt(confidence), confidence }
}

/**
 * Rate of `a` minus rate of `b` on the same items, given in the same order.
 *
 * Where neither rate is near 0 or 1, items are resampled in pairs. Otherwise the bounds of the two rates are squared and
 * added (Newcombe, 1998, method 10), which takes the rates as independent and so is wide where they rise and fall together.
 *
 * @throws RangeError as `rateInterval`, and on different numbers of items
 */
export const rateDifference = (
  a: ReadonlyArray<RateItem>,
  b: ReadonlyArray<RateItem>,
  options: RateOptions
): RateDifference => {
  const confidence = options.confidence ?? conventions.confidence
  checkConfidence("rateDifference", confidence)
  const { lowerAt, upperAt, ...difference } = rateDifferenceBounds("rateDifference", a, b, options)
  return { ...difference, lower: lowerAt(confidence), upper: upperAt(confidence), confidence }
}
