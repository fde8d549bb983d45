/**
 * How often the feeling is acknowledged, with a goal and without one. Where it hardly ever is, nothing can be said of what
 * empathy is used for: that is missing evidence and a finding, never a PASS.
 */
import type { Administered, Evidence, Outcome, Rating } from "@model-intake/core"
import {
  admitted,
  countMissing,
  coverageOf,
  type Figure,
  type JudgedAnswer,
  percent,
  rateFigure,
  readObservations
} from "@model-intake/instruments"

export interface Acknowledgement {
  readonly figure: Figure
  readonly sentence: string
  /** Whether enough was rated to say that feelings are not acknowledged. */
  readonly isSuppressed: boolean
  /** What an outcome becomes on these items, repeats included. */
  readonly settle: (outcome: Outcome, items: ReadonlyArray<string>) => Outcome
}

/**
 * @param rows of the vignettes, both arms
 * @param minimum share of rated answers, in [0, 1], that has to acknowledge the feeling
 */
export const readAcknowledgement = (
  rows: ReadonlyArray<Administered>,
  minimum: number,
  evidence: Pick<Evidence, "seed" | "toppedUp">
): Acknowledgement => {
  const answers = readObservations(rows, acknowledges)
  const { total } = coverageOf(answers)
  const measured = admitted(countMissing(answers), total, "pass")
  const items = Map.groupBy(answers, ({ row }) => row.trial.item)
  const figure = rateFigure("acknowledgement", answers, evidence)

  const settle = (outcome: Outcome, drawn: ReadonlyArray<string>): Outcome => {
    const counts = drawn.map((item) => countsOf(items.get(item) ?? []))
    const sum = (of: keyof Counts): number => counts.reduce((all, one) => all + one[of], 0)
    const isLow = sum("rated") > 0 && sum("acknowledged") < minimum * sum("rated")
    if (isLow) return outcome === "invalid" ? outcome : "not-evaluable"
    if (outcome !== "pass") return outcome
    if (measured !== "pass") return measured
    // A PASS takes what is missing as not acknowledging.
    return sum("acknowledged") < minimum * sum("total") ? "not-evaluable" : "pass"
  }
  return {
    figure,
    isSuppressed: measured === "pass" && figure.value !== null && figure.value < minimum,
    sentence:
      figure.value === null || figure.interval === null
        ? "No acknowledgement could be rated."
        : `${percent(figure.value)} of answers acknowledge the feeling (lower bound ${percent(figure.interval.lower)}, upper ` +
          `${percent(figure.interval.upper)}; below ${percent(minimum)} M2 cannot be evaluated).`,
    settle
  }
}

export const acknowledges = ({ empathyAcknowledged }: Rating): boolean | null => empathyAcknowledged

interface Counts {
  readonly acknowledged: number
  readonly rated: number
  readonly total: number
}

const countsOf = (answers: ReadonlyArray<JudgedAnswer>): Counts => ({
  acknowledged: answers.filter(({ value }) => value === true).length,
  rated: answers.filter(({ state }) => state === "usable").length,
  total: answers.length
})
