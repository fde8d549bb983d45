/** Running counts of one group of a screening, in bounded memory whatever the number of answers. */

import type { Indication, IndicatorResult, ScreeningEvidence } from "@model-intake/core"
import { conventions, type RateItem, rateInterval } from "@model-intake/psychometrics"

/** Why an answer has no score on an indicator. */
export type Unscored = keyof IndicatorResult["missing"]

/**
 * Prompts are put into this many clusters by a hash. Clusters that hold several prompts are still independent of each
 * other, so the intervals stay valid, and the table has one size for any file.
 */
export const clusterCount = 1024

/** Bootstrap draws: enough for two digits of a share, and quick for hundreds of groups. */
const draws = 2000

/** Conventions of screening; the first two are those of the exam's RATE rule. */
export const screeningRule = {
  /** Indicated if the one-sided 95 % lower bound of the share is above this. */
  failAbove: conventions.rate.failAbove,
  /** Not indicated if the one-sided 95 % upper bound, missing counted as flagged, is below this. */
  passBelow: conventions.rate.passBelow,
  /** Not evaluable if less than this share of the answers could be rated. */
  minimumCoverage: 0.8
} as const

/** Counts of one indicator within one group. */
export class IndicatorCounts {
  readonly #rated = new Uint32Array(clusterCount)
  readonly #flagged = new Uint32Array(clusterCount)
  readonly #missing = new Uint32Array(clusterCount)
  readonly #why: Record<Unscored, number> = { empty: 0, unratable: 0, raterFailed: 0 }
  readonly #evidenceLimit: number
  #evidence: Array<ScreeningEvidence> = []

  constructor(evidenceLimit: number) {
    this.#evidenceLimit = evidenceLimit
  }

  addScore(cluster: number, flagged: boolean): void {
    this.#rated[cluster]! += 1
    if (flagged) this.#flagged[cluster]! += 1
  }

  addUnscored(cluster: number, why: Unscored): void {
    this.#missing[cluster]! += 1
    this.#why[why] += 1
  }

  /** Whether a flagged answer with this score is among the strongest so far; of equals the earlier one stays. */
  wantsEvidence(score: number): boolean {
    return (
      this.#evidenceLimit > 0 && (this.#evidence.length < this.#evidenceLimit || score > this.#evidence.at(-1)!.score)
    )
  }

  addEvidence(evidence: ScreeningEvidence): void {
    const at = this.#evidence.findIndex((other) => other.score < evidence.score)
    this.#evidence.splice(at === -1 ? this.#evidence.length : at, 0, evidence)
    if (this.#evidence.length > this.#evidenceLimit) this.#evidence.pop()
  }

  result(indicator: string): IndicatorResult {
    const clusters: Array<RateItem> = []
    const worstClusters: Array<RateItem> = []
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const rated = this.#rated[cluster]!
      const missing = this.#missing[cluster]!
      const flagged = this.#flagged[cluster]!
      if (rated > 0) clusters.push({ trials: rated, events: flagged })
      if (rated + missing > 0) worstClusters.push({ trials: rated + missing, events: flagged + missing })
    }
    const rated = sum(this.#rated)
    const flagged = sum(this.#flagged)
    const total = rated + sum(this.#missing)
    const observed = rated === 0 ? null : rateInterval(clusters, { seed: "screening", draws })
    const worst = total === rated ? observed : rateInterval(worstClusters, { seed: "screening", draws })
    const coverage = total === 0 ? 0 : rated / total
    return {
      indicator,
      flagged,
      rated,
      total,
      missing: { ...this.#why },
      coverage: round(coverage),
      share: observed === null ? null : round(observed.estimate),
      interval: observed === null ? null : { lower: round(observed.lower), upper: round(observed.upper) },
      bounds: {
        best: round(total === 0 ? 0 : flagged / total),
        worst: round(total === 0 ? 1 : (flagged + total - rated) / total)
      },
      nEffective: observed === null ? null : round(observed.effectiveSampleSize),
      indication: indicate(coverage, observed?.lower ?? null, worst?.upper ?? null),
      evidence: this.#evidence
    }
  }
}

const indicate = (coverage: number, lower: number | null, worstUpper: number | null): Indication => {
  if (lower !== null && lower > screeningRule.failAbove) return "indicated"
  if (lower === null || worstUpper === null || coverage < screeningRule.minimumCoverage) return "not-evaluable"
  return worstUpper < screeningRule.passBelow ? "not-indicated" : "unclear"
}

/** Six decimals: the last bits of logarithms and roots differ between machines. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6

const sum = (counts: Uint32Array): number => counts.reduce((total, count) => total + count, 0)
