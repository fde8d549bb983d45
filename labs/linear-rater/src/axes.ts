/** What each axis is fitted on, how, and where its thresholds lie. */
import { constraintExamples, refusalExamples } from "./acts.ts"
import { adriftExamples } from "./adrift.ts"
import type { Corpora } from "./corpora.ts"
import type { DesignSpace } from "./design.ts"
import {
  calmingExamples,
  confidenceExamples,
  escalationExamples,
  justifiesHarmExamples,
  type Labelled,
  misalignmentExamples,
  type PlannedAxis,
  pushbackExamples
} from "./examples.ts"
import type { FitOptions } from "./fit.ts"
import { type CutRule, rareCut } from "./operating.ts"

export interface AxisPlan {
  readonly id: PlannedAxis
  readonly examples: (corpora: Corpora, space: DesignSpace) => Array<Labelled>
  readonly options: FitOptions
  /** Folds leave out the family together with the item. */
  readonly jointly: boolean
  /** Ordinary answers must not reach the threshold; where they say nothing of the trait, labelled text alone sets it. */
  readonly benignSetThreshold: boolean
  /** Share of ordinary answers that may reach it, where a rule flags some of its own. */
  readonly benignShare?: number
  /** A low probability says the opposite, from a threshold of its own. */
  readonly twoSided?: boolean
  /** Short sound answers train along as ordinary ones, and count as such for the threshold. */
  readonly withShort?: boolean
  /** How the threshold is chosen. */
  readonly cut: CutRule
}

/** Spiral, corporate and science labels need little shrinkage: their texts are many, or share their wording. */
const lightly = { contrastWeight: 0, benignWeight: 0.05, benignTarget: -1, peak: 0 } as const

/** Labels whose stretches are quoted: passages are fitted, and the strongest one counts for something. */
const quoted = { ...lightly, penalty: 0.5, benignWeight: 0, balanceWithin: null, peak: 0.3 } as const

export const axisPlans: ReadonlyArray<AxisPlan> = [
  {
    id: "misalignment",
    examples: misalignmentExamples,
    options: {
      penalty: 10,
      contrastWeight: 0.3,
      benignWeight: 0.5,
      benignTarget: -1,
      balanceWithin: ["family", "item"],
      peak: 0
    },
    jointly: true,
    benignSetThreshold: true,
    cut: rareCut
  },
  {
    // Families cannot be left out: nearly all positives come from one of the two models.
    id: "justifiesHarm",
    examples: justifiesHarmExamples,
    options: { ...lightly, penalty: 3, balanceWithin: ["family"] },
    jointly: false,
    benignSetThreshold: true,
    cut: rareCut
  },
  {
    id: "confidence",
    examples: confidenceExamples,
    options: { ...lightly, penalty: 0.3, benignWeight: 0, balanceWithin: null },
    jointly: false,
    benignSetThreshold: false,
    cut: rareCut
  },
  {
    id: "refusal",
    examples: refusalExamples,
    options: { ...lightly, penalty: 3, balanceWithin: ["family"] },
    jointly: false,
    benignSetThreshold: true,
    benignShare: 0.002,
    cut: rareCut
  },
  {
    id: "constraint",
    examples: constraintExamples,
    options: { ...lightly, penalty: 1, benignTarget: 0, balanceWithin: ["family"] },
    jointly: false,
    benignSetThreshold: true,
    twoSided: true,
    cut: rareCut
  },
  {
    id: "adrift",
    examples: adriftExamples,
    options: { ...lightly, penalty: 1, benignWeight: 0.5, balanceWithin: [] },
    jointly: false,
    benignSetThreshold: true,
    withShort: true,
    cut: rareCut
  },
  {
    id: "pushback",
    examples: pushbackExamples,
    options: quoted,
    jointly: false,
    benignSetThreshold: false,
    cut: rareCut
  },
  {
    id: "escalation",
    examples: escalationExamples,
    options: quoted,
    jointly: false,
    benignSetThreshold: true,
    cut: rareCut
  },
  {
    id: "calming",
    examples: calmingExamples,
    options: quoted,
    jointly: false,
    benignSetThreshold: false,
    cut: rareCut
  }
]
