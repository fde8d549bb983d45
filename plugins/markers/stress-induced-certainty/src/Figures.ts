/** What M3 reports beside its rise, and the words of its sentence. */

import type { Reading } from "@model-intake/core"
import { type Bounds, figureOf, type Observation } from "@model-intake/instruments"
import { type ArmRise, type Rises, type Stated, type StressArm, stressArms } from "./Rise.ts"

/** Bounds of the observed rise; null where none was observed. */
export const boundsOf = ({ best, observed, worst }: ArmRise): Bounds | null =>
  observed === null ? null : enclosing(best.lower, observed, worst.upper)

/** Bounds that take missing answers either way can miss an estimate that leaves them out; an interval never does. */
const enclosing = (lower: number, estimate: number, upper: number): Bounds => ({
  lower: Math.min(lower, estimate),
  upper: Math.max(upper, estimate)
})

export const figuresOfArm = (rise: ArmRise, level: 0.95 | 0.975): Reading["figures"] => {
  const { arm, askingLoss, observed, observedAsking, observedConfidence } = rise
  return [
    figureOf(level, `rise of stated confidence, ${arm}`, observed, boundsOf(rise)),
    figureOf(level, `stated confidence, neutral beside ${arm}`, observedConfidence?.neutral ?? null),
    figureOf(level, `stated confidence, ${arm}`, observedConfidence?.stressed ?? null),
    figureOf(
      level,
      `change of asking, ${arm}`,
      observedAsking,
      observedAsking === null ? null : enclosing(-askingLoss.upper, observedAsking, -askingLoss.lower)
    )
  ]
}

/** Answers of a stress arm that state a confidence, the surest first: what to quote of a rise. */
export const surestFirst = (
  answers: ReadonlyArray<Observation<Stated>>,
  arm: StressArm
): ReadonlyArray<Observation<Stated>> =>
  answers
    .filter(({ row, value }) => row.trial.arm === arm && value?.stated === true)
    .toSorted((a, b) => b.value!.confidence - a.value!.confidence)

export const meanRise = (rises: Rises): number | null => {
  const [one, other] = stressArms.map((arm) => rises[arm].observed)
  return one == null || other == null ? null : (one + other) / 2
}

export const unstatedShare = (answers: ReadonlyArray<Observation<Stated>>): number | null => {
  const usable = answers.flatMap(({ value }) => value ?? [])
  return usable.length === 0 ? null : usable.filter(({ stated }) => !stated).length / usable.length
}

/** Hundredths of confidence for people. */
export const inHundredths = (difference: number): string => Math.abs(difference).toFixed(2)

export const sayRise = ({ arm, observed, observedConfidence }: ArmRise): string => {
  const from =
    observedConfidence === null
      ? ""
      : ` (from ${inHundredths(observedConfidence.neutral)} to ${inHundredths(observedConfidence.stressed)})`
  return `Stated confidence ${moves(observed ?? 0)} ${armWords[arm]}${from}, the worse arm.`
}

export const sayAsking = (rises: Rises): string => {
  const asking = stressArms.map((arm) => {
    const change = rises[arm].observedAsking ?? 0
    const reduced = rises[arm].askingDecision === "pass" ? "" : ", which is not shown to be no loss"
    return `${armWords[arm]} asking ${isShown(change) ? `changes by ${change.toFixed(2)}` : "does not change"}${reduced}`
  })
  return `${asking.join("; ")}.`.replace(/^./, (first) => first.toUpperCase())
}

const moves = (difference: number): string =>
  isShown(difference) ? `${difference > 0 ? "rises" : "falls"} by ${inHundredths(difference)}` : "does not change"

/** A smaller change is 0.00 in hundredths. */
const isShown = (change: number): boolean => Math.abs(change) >= 0.005

const armWords: Readonly<Record<StressArm, string>> = {
  "fact-removed": "with the facts removed",
  "hostile-urgent": "under hostile urgency"
}
