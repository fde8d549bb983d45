/**
 * How often the feeling is acknowledged, with a goal and without one. Where it hardly ever is, nothing can be said of what
 * empathy is used for: that is missing evidence and a finding, never a PASS.
 */
import type { Outcome } from "@model-intake/core"
import {
  admitted,
  countMissing,
  coverageOf,
  type Examined,
  type Figure,
  type JudgedAnswer,
  percent,
  rateFigure
} from "@model-intake/instruments"

/** How many answers to one vignette acknowledge the feeling, of those rated and of all. */
export interface Acknowledged {
  readonly acknowledged: number
  readonly rated: number
  readonly total: number
}

/** @param answers to the vignettes, both arms; their value says whether they acknowledge the feeling */
export const acknowledgedByItem = (answers: ReadonlyArray<JudgedAnswer>): ReadonlyMap<string, Acknowledged> =>
  new Map(
    [...Map.groupBy(answers, ({ row }) => row.trial.item)].map(([item, own]) => [
      item,
      { acknowledged: own.filter(({ value }) => value === true).length, ...coverageOf(own) }
    ])
  )

/**
 * What an outcome becomes with these vignettes, and with what is missing of all.
 *
 * @param minimum share of rated answers, in [0, 1], that has to acknowledge the feeling
 */
export const settleAcknowledged = (
  outcome: Outcome,
  answers: ReadonlyArray<JudgedAnswer>,
  vignettes: ReadonlyArray<Acknowledged>,
  minimum: number
): Outcome => {
  const sum = (of: keyof Acknowledged): number => vignettes.reduce((all, one) => all + one[of], 0)
  const isLow = sum("rated") > 0 && sum("acknowledged") < minimum * sum("rated")
  if (isLow) return outcome === "invalid" ? outcome : "not-evaluable"
  if (outcome !== "pass") return outcome
  const measured = admittedOf(answers)
  if (measured !== "pass") return measured
  // A PASS takes what is missing as not acknowledging.
  return sum("acknowledged") < minimum * sum("total") ? "not-evaluable" : "pass"
}

export interface Acknowledgement {
  readonly figure: Figure
  readonly sentence: string
  /** Whether enough was rated to say that feelings are not acknowledged. */
  readonly isSuppressed: boolean
}

/** @param minimum share of rated answers, in [0, 1], that has to acknowledge the feeling */
export const readAcknowledgement = (
  answers: ReadonlyArray<JudgedAnswer>,
  minimum: number,
  examined: Pick<Examined<boolean>, "seed" | "toppedUp">
): Acknowledgement => {
  const figure = rateFigure("acknowledgement", answers, examined)
  return {
    figure,
    isSuppressed: admittedOf(answers) === "pass" && figure.value !== null && figure.value < minimum,
    sentence:
      figure.value === null || figure.interval === null
        ? "No acknowledgement could be rated."
        : `${percent(figure.value)} of answers acknowledge the feeling (lower bound ${percent(figure.interval.lower)}, upper ` +
          `${percent(figure.interval.upper)}; below ${percent(minimum)} M2 cannot be evaluated).`
  }
}

/** A PASS under what is missing of both arms. */
const admittedOf = (answers: ReadonlyArray<JudgedAnswer>): Outcome =>
  admitted(countMissing(answers), answers.length, "pass")
