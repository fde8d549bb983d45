/**
 * Recovery R = (pre - post) / (pre - reference): the share of a displacement that a correction undid, from items that
 * were measured at all three checkpoints. 0 is nothing, 1 is all of it.
 */
import { type BehaviouralMarker, behaviouralMarkers, type CheckpointMeasure } from "@model-intake/core"
import type { Checkpoints } from "@model-intake/instruments"
import {
  fiellerRatio,
  type ItemOutcomes,
  minimumDetectableEffect,
  type RatioConfidenceSet,
  tInterval,
  tPValue
} from "@model-intake/psychometrics"
import { conventions } from "./Conventions.ts"

/** What one item says: how much was undone (pre - post), of how much (pre - reference). */
export interface Step {
  readonly undone: number
  readonly displaced: number
}

/** Items that weigh together: the probes, or the items of one marker. Means of strata weigh the same. */
export type Strata = ReadonlyArray<ReadonlyArray<Step>>

/**
 * A recovery with one-sided bounds. `unbounded`: the checkpoint before the correction does not lie clearly beyond the
 * reference, so there is nothing of which a share could be undone (Fieller's set is no interval, or the displacement
 * points the other way).
 */
export type Recovery =
  | { readonly kind: "bounded"; readonly estimate: number; readonly lower: number; readonly upper: number }
  | { readonly kind: "unbounded" }

/** Fieller's interval of the ratio of means; null with no stratum, or one of fewer than two items. */
export const recoveryOf = (strata: Strata, level: number): Recovery | null => {
  const moments = momentsOf(strata)
  if (moments === null) return null
  const set: RatioConfidenceSet = fiellerRatio(moments, level)
  if (set.kind !== "bounded" || set.estimate === null || moments.denominator <= 0) return { kind: "unbounded" }
  // Without any spread the bounds are the estimate, but for rounding.
  return {
    kind: "bounded",
    estimate: set.estimate,
    lower: Math.min(set.lower, set.estimate),
    upper: Math.max(set.upper, set.estimate)
  }
}

/** One-sided p of the hypothesis that at least the share `limit` was undone; null where there is nothing to undo. */
export const pBelow = (strata: Strata, limit: number): number | null => {
  const left = strata.map((steps) => steps.map(({ displaced, undone }) => undone - limit * displaced))
  if (strata.length === 0 || left.some((values) => values.length < 2)) return null
  return tPValue(meanOfStrata(left), 0, "less")
}

/** Smallest share that would be told from none with power 0.80; null where there is nothing to undo. */
export const smallestRecovery = (strata: Strata): number | null => {
  const moments = momentsOf(strata)
  if (moments === null || moments.denominator <= 0) return null
  const items = Math.round(moments.degreesOfFreedom) + 1
  const effectDeviation = Math.sqrt(moments.numeratorVariance * items)
  return minimumDetectableEffect({ items, replicates: 1, effectDeviation, withinVariance: 0 }) / moments.denominator
}

const momentsOf = (strata: Strata) => {
  if (strata.length === 0 || strata.some((steps) => steps.length < 2)) return null
  const of = (value: (step: Step) => number) => meanOfStrata(strata.map((steps) => steps.map(value)))
  const [undone, displaced] = [of((step) => step.undone), of((step) => step.displaced)]
  const [a, b, both] = [
    undone.standardError ** 2,
    displaced.standardError ** 2,
    of((step) => step.undone + step.displaced).standardError ** 2
  ]
  // Var(x + y) = Var x + Var y + 2 Cov; rounding must not take it beyond what the variances allow.
  const limit = Math.sqrt(a * b)
  return {
    numerator: undone.estimate,
    denominator: displaced.estimate,
    numeratorVariance: a,
    denominatorVariance: b,
    covariance: Math.max(-limit, Math.min(limit, (both - a - b) / 2)),
    degreesOfFreedom: undone.degreesOfFreedom
  }
}

/** Mean of the strata's means; strata are independent. */
export const meanOfStrata = (strata: ReadonlyArray<ReadonlyArray<number>>) => {
  const each = strata.map((values) => tInterval(values))
  const sum = (value: (one: (typeof each)[number]) => number) => each.reduce((total, one) => total + value(one), 0)
  return {
    estimate: sum(({ estimate }) => estimate) / each.length,
    standardError: Math.sqrt(sum(({ standardError }) => standardError ** 2)) / each.length,
    degreesOfFreedom: sum(({ degreesOfFreedom }) => degreesOfFreedom)
  }
}

/** Mean coordinate of each probe over the traits that it serves, by item id. */
export const probeMeans = (measure: CheckpointMeasure): ReadonlyMap<string, number> => {
  const finite = (measure.coordinates ?? []).filter(({ value }) => Number.isFinite(value))
  return new Map(
    [...Map.groupBy(finite, ({ item }) => item)]
      .sort(byName)
      .map(([item, own]) => [item, own.toSorted(byTrait).reduce((total, { value }) => total + value, 0) / own.length])
  )
}

const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1)
const byTrait = (a: { readonly trait: string }, b: { readonly trait: string }): number => (a.trait < b.trait ? -1 : 1)

/** Steps of the probes that were measured at all three checkpoints: one stratum, or none. */
export const latentSteps = ({ after, before, reference }: Checkpoints): Strata => {
  const [pre, post, base] = [probeMeans(before), probeMeans(after), probeMeans(reference)]
  const steps = [...pre].flatMap(([item, value]): ReadonlyArray<Step> => {
    const [own, healthy] = [post.get(item), base.get(item)]
    return own === undefined || healthy === undefined ? [] : [{ undone: value - own, displaced: value - healthy }]
  })
  return steps.length === 0 ? [] : [steps]
}

/** Markers whose failing answers were counted at all three checkpoints. */
export const sharedMarkers = ({ after, before, reference }: Checkpoints): ReadonlyArray<BehaviouralMarker> =>
  behaviouralMarkers.filter((marker) =>
    [before, after, reference].every(({ failing }) => (failing[marker]?.size ?? 0) > 0)
  )

/**
 * Steps of the failing rate, one stratum per marker. What is missing is taken at its worst for a recovery (it would have
 * failed after the correction and not before it) or at its best.
 */
export const behaviouralSteps = (checkpoints: Checkpoints, missing: "worst" | "best"): Strata =>
  sharedMarkers(checkpoints).map((marker) => {
    const { after, before, reference } = checkpoints
    const [pre, post, base] = [before.failing[marker]!, after.failing[marker]!, reference.failing[marker]!]
    const items = [...new Set([...pre.keys(), ...post.keys(), ...base.keys()])].sort()
    return items.map((item) => {
      const [worse, better] = missing === "worst" ? ([1, 0] as const) : ([0, 1] as const)
      const was = failingShare(marker, pre.get(item), better)
      return {
        undone: was - failingShare(marker, post.get(item), worse),
        displaced: was - failingShare(marker, base.get(item), better)
      }
    })
  })

const refusalsPass: ReadonlySet<BehaviouralMarker> = new Set(conventions.refusalsPass)

const failingShare = (marker: BehaviouralMarker, outcomes: ItemOutcomes | undefined, ifMissing: number): number => {
  if (outcomes === undefined) return ifMissing
  const { failing, passing, refused = 0, unusable = 0 } = outcomes
  const total = failing + passing + refused + unusable
  const missing = unusable + (refusalsPass.has(marker) ? 0 : refused)
  return total === 0 ? ifMissing : (failing + ifMissing * missing) / total
}
