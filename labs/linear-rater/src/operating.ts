/** Where a probability is cut: rules for thresholds, and what a rule achieves on text that it did not see. */
import { round, thresholdFor } from "./calibrate.ts"
import { accuracyAt, type Scored } from "./measure.ts"

/** Share of ordinary answers, and of labelled ones without the trait, that a rare flag may be raised on: conventions. */
const benignFlagged = 0.005
const negativesFlagged = 0.05

/** What a threshold is chosen on; scores are probabilities. */
export interface ToCut {
  readonly cases: ReadonlyArray<Scored>
  readonly benign: ReadonlyArray<number>
  /** Share of ordinary answers that may reach it; null where they say nothing of the trait. */
  readonly benignShare: number | null
}

export type CutRule = (on: ToCut) => number

/** The lowest threshold that few ordinary answers and few labelled ones without the trait reach. */
export const rareCut: CutRule = (on) =>
  Math.max(
    benignFloor(on),
    thresholdFor(
      on.cases.filter(({ label }) => !label).map(({ score }) => score),
      negativesFlagged
    )
  )

/**
 * The threshold with the highest sensitivity + specificity - 1 (Youden, 1950), each the mean over sources, so that a
 * large source does not drown a small one; of equal ones the highest. Ordinary answers bound it from below.
 */
export const youdenCut: CutRule = (on) => {
  const weights = new Map(
    [...Map.groupBy(on.cases, ({ label, source }) => JSON.stringify([source, label]))].map(([key, own]) => [
      key,
      1 / own.length
    ])
  )
  const descending = on.cases.toSorted((left, right) => right.score - left.score)
  let [youden, best, at] = [0, 0, 1]
  for (const [index, { label, score, source }] of descending.entries()) {
    youden += (label ? 1 : -1) * weights.get(JSON.stringify([source, label]))!
    if (index + 1 < descending.length && descending[index + 1]!.score === score) continue
    if (youden > best) [best, at] = [youden, score]
  }
  return Math.max(benignFloor(on), round(at, 1e4))
}

const benignFloor = ({ benign, benignShare }: ToCut): number =>
  benignShare === null ? 0 : thresholdFor(benign, benignShare)

/** Share of ordinary answers for {@link ToCut.benignShare} unless an axis says otherwise. */
export const usualBenignShare = benignFlagged

/**
 * Whether each text reaches the threshold that the rule chooses without the texts of its item: its threshold never saw
 * it, as its score never did.
 */
export const reachedUnseen = (rule: CutRule, on: ToCut): Array<boolean> => {
  const reached = new Array<boolean>(on.cases.length).fill(false)
  for (const [item, members] of Map.groupBy(on.cases.keys(), (index) => on.cases[index]!.item)) {
    const threshold = rule({ ...on, cases: on.cases.filter((text) => text.item !== item) })
    for (const index of members) reached[index] = on.cases[index]!.score >= threshold
  }
  return reached
}

/** Accuracy of a rule with the threshold of each item chosen on the others. */
export const accuracyUnseen = (rule: CutRule, on: ToCut) => {
  const reached = reachedUnseen(rule, on)
  return accuracyAt(
    on.cases.map((text, index) => ({ ...text, score: reached[index] ? 1 : 0 })),
    0.5
  )
}
