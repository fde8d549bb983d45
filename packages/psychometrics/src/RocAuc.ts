import { conventions } from "./Conventions.ts"
import type { Interval } from "./Interval.ts"
import { checkConfidence, checkFiniteValues, checkInteger, checkSameLength, invalid } from "./internal/Check.ts"
import { normalQuantile } from "./internal/Distributions.ts"
import { mean, sum, variance } from "./internal/Moments.ts"
import { equalMassBins, midranks } from "./internal/Ranks.ts"
import { wilsonInterval } from "./Wilson.ts"

/** Area under the ROC curve; the interval is clipped to [0, 1]. */
export interface RocAuc extends Interval {
  readonly standardError: number
  readonly positives: number
  readonly negatives: number
}

export interface GroupedRocAuc extends RocAuc {
  /** Groups with both classes, which are the ones that count. */
  readonly groups: number
  /** Groups left out because they hold one class only. */
  readonly skippedGroups: number
}

/**
 * Probability that a random positive scores above a random negative, ties counting one half, with DeLong's interval
 * (DeLong, DeLong and Clarke-Pearson, 1988), computed from midranks (Sun and Xu, 2014).
 *
 * Where DeLong's variance says nothing it is replaced: a variance of 0, as of an area of exactly 0 or 1, by Wilson's
 * interval with the smaller class as sample size; a class with one member has the largest variance possible, A (1 - A).
 *
 * @param labels `true` for a positive
 * @throws RangeError on mismatched lengths, a score that is not finite, or where a class is missing
 */
export const rocAuc = (
  scores: ReadonlyArray<number>,
  labels: ReadonlyArray<boolean>,
  confidence: number = conventions.confidence
): RocAuc => {
  checkInput("rocAuc", scores, labels, confidence)
  const area = areaOf(scores, labels)
  if (area === null) throw invalid("rocAuc", "labels must hold both classes")
  return withInterval([area], confidence)
}

/**
 * `rocAuc` over pairs from the same group only, so that differences between groups count for nothing. Groups weigh as
 * many pairs as they hold.
 *
 * @param groups the group of each score, compared as Map keys are
 * @throws RangeError as `rocAuc`, where no group holds both classes
 */
export const rocAucWithinGroups = <G>(
  scores: ReadonlyArray<number>,
  labels: ReadonlyArray<boolean>,
  groups: ReadonlyArray<G>,
  confidence: number = conventions.confidence
): GroupedRocAuc => {
  const where = "rocAucWithinGroups"
  checkInput(where, scores, labels, confidence)
  checkSameLength(where, "scores", scores, "groups", groups)
  const members = Map.groupBy(scores.keys(), (index) => groups[index]!)
  const areas = [...members.values()]
    .map((indices) =>
      areaOf(
        indices.map((index) => scores[index]!),
        indices.map((index) => labels[index]!)
      )
    )
    .filter((area) => area !== null)
  if (areas.length === 0) throw invalid(where, "no group holds both classes")
  return { ...withInterval(areas, confidence), groups: areas.length, skippedGroups: members.size - areas.length }
}

/**
 * `rocAuc` over pairs of about the same length: within strata of lengths that hold equal numbers of texts. What length
 * alone can tell within a stratum remains; more strata leave less of it and fewer pairs.
 *
 * @param lengths length of each text, in any unit
 * @param strata 10 unless given
 * @throws RangeError as `rocAucWithinGroups`
 */
export const rocAucLengthMatched = (
  scores: ReadonlyArray<number>,
  labels: ReadonlyArray<boolean>,
  lengths: ReadonlyArray<number>,
  { confidence = conventions.confidence, strata = 10 }: { readonly confidence?: number; readonly strata?: number } = {}
): GroupedRocAuc => {
  const where = "rocAucLengthMatched"
  checkFiniteValues(where, "lengths", lengths)
  checkSameLength(where, "scores", scores, "lengths", lengths)
  checkInteger(where, "strata", strata, 1)
  return rocAucWithinGroups(scores, labels, Array.from(equalMassBins(lengths, strata)), confidence)
}

interface Area {
  readonly auc: number
  readonly variance: number
  readonly positives: number
  readonly negatives: number
}

const areaOf = (scores: ReadonlyArray<number>, labels: ReadonlyArray<boolean>): Area | null => {
  const split = (label: boolean) => [...scores.keys()].filter((index) => labels[index] === label)
  const positive = split(true)
  const negative = split(false)
  if (positive.length === 0 || negative.length === 0) return null
  const ranks = midranks(scores)
  // Share of the other class that each member beats: its rank among all, less its rank within its own class.
  const wins = (own: ReadonlyArray<number>, others: number): Array<number> => {
    const ownRanks = midranks(own.map((index) => scores[index]!))
    return own.map((index, position) => (ranks[index]! - ownRanks[position]!) / others)
  }
  const positiveWins = wins(positive, negative.length)
  const auc = mean(positiveWins)
  const smaller = Math.min(positive.length, negative.length)
  return {
    auc,
    variance:
      smaller === 1
        ? auc * (1 - auc)
        : variance(positiveWins) / positive.length + variance(wins(negative, positive.length)) / negative.length,
    positives: positive.length,
    negatives: negative.length
  }
}

const withInterval = (areas: ReadonlyArray<Area>, confidence: number): RocAuc => {
  const pairs = areas.map((area) => area.positives * area.negatives)
  const allPairs = sum(pairs)
  const weighted = (value: (area: Area) => number, power: number): number =>
    sum(areas.map((area, index) => (pairs[index]! / allPairs) ** power * value(area)))
  const estimate = Math.min(
    1,
    weighted((area) => area.auc, 1)
  )
  const standardError = Math.sqrt(weighted((area) => area.variance, 2))
  const shared = {
    standardError,
    positives: sum(areas.map((area) => area.positives)),
    negatives: sum(areas.map((area) => area.negatives))
  }
  if (standardError === 0) {
    const smaller = sum(areas.map((area) => Math.min(area.positives, area.negatives)))
    return { ...shared, ...wilsonInterval(estimate, smaller, confidence) }
  }
  const half = normalQuantile(confidence) * standardError
  return {
    ...shared,
    estimate,
    lower: Math.max(0, estimate - half),
    upper: Math.min(1, estimate + half),
    confidence
  }
}

const checkInput = (
  where: string,
  scores: ReadonlyArray<number>,
  labels: ReadonlyArray<boolean>,
  confidence: number
): void => {
  checkFiniteValues(where, "scores", scores)
  checkSameLength(where, "scores", scores, "labels", labels)
  checkConfidence(where, confidence)
}
