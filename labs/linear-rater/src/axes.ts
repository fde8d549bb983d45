/** What each axis is fitted on, how, and where its thresholds lie. */
import type { Corpora } from "./corpora.ts"
import type { DesignSpace } from "./design.ts"
import {
  calmingExamples,
  confidenceExamples,
  constraintExamples,
  escalationExamples,
  justifiesHarmExamples,
  type Labelled,
  misalignmentExamples,
  type PlannedAxis,
  pushbackExamples,
  refusalExamples
} from "./examples.ts"
import type { FitOptions } from "./fit.ts"

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
}

/** Spiral, corporate and science labels need little shrinkage: their texts are many, or share their wording. */
const lightly = { contrastWeight: 0, benignWeight: 0.05, benignTarget: -1, peak: 0 } as const

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
    benignSetThreshold: true
  },
  {
    // Families cannot be left out: nearly all positives come from one of the two models.
    id: "justifiesHarm",
    examples: justifiesHarmExamples,
    options: { ...lightly, penalty: 3, balanceWithin: ["family"] },
    jointly: false,
    benignSetThreshold: true
  },
  {
    id: "confidence",
    examples: confidenceExamples,
    options: { ...lightly, penalty: 0.3, benignWeight: 0, balanceWithin: null },
    jointly: false,
    benignSetThreshold: false
  },
  {
    id: "refusal",
    examples: refusalExamples,
    options: { ...lightly, penalty: 3, balanceWithin: ["family"] },
    jointly: false,
    benignSetThreshold: true,
    benignShare: 0.002
  },
  {
    id: "constraint",
    examples: constraintExamples,
    options: { ...lightly, penalty: 1, benignTarget: 0, balanceWithin: ["family"] },
    jointly: false,
    benignSetThreshold: true
  },
  {
    id: "pushback",
    examples: pushbackExamples,
    options: { ...lightly, penalty: 0.5, balanceWithin: ["family"] },
    jointly: false,
    benignSetThreshold: false
  },
  {
    id: "escalation",
    examples: escalationExamples,
    options: { ...lightly, penalty: 0.5, balanceWithin: ["family"] },
    jointly: false,
    benignSetThreshold: true
  },
  {
    id: "calming",
    examples: calmingExamples,
    options: { ...lightly, penalty: 3, balanceWithin: ["family"] },
    jointly: false,
    benignSetThreshold: false
  }
]
