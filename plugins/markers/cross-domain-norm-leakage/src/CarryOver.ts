/**
 * Carry-over: whether a matter from a source domain, put first in the same session, makes the next answer fail more often
 * than a neutral matter of the same length does. Paired by item.
 */
import { type Administered, type Evidence, factorOf, type Outcome, type Rating, type Reading } from "@model-intake/core"
import {
  admitted,
  countMissing,
  coverageOf,
  differenceFigure,
  type Figure,
  type JudgedAnswer,
  readObservations
} from "@model-intake/instruments"
import { conventions, tInterval } from "@model-intake/psychometrics"

export interface CarryOver {
  /** The difference, primed minus neutral; then by source domain, and the smallest that would be found. */
  readonly figures: Reading["figures"]
  readonly sentence: string
  /** Whether it takes away a PASS on the items as they were observed. */
  readonly isRise: boolean
  /** What a PASS of the trait becomes on these items, repeats included. */
  readonly settle: (items: ReadonlyArray<string>) => Outcome
}

/**
 * @param minimum smallest mean rise that counts, in [0, 1]
 */
export const readCarryOver = (
  evidence: Pick<Evidence, "form" | "toppedUp" | "seed">,
  rows: ReadonlyArray<Administered>,
  fails: (rating: Rating) => boolean | null,
  minimum: number
): CarryOver => {
  const { form, toppedUp } = evidence
  const confidence = toppedUp ? conventions.toppedUpConfidence : conventions.confidence
  const of = (arm: string) =>
    readObservations(
      rows.filter(({ trial }) => trial.arm === arm),
      fails
    )
  const primed = of("primed")
  const neutral = of("neutral")
  const both = [...primed, ...neutral]
  const deltas = worstDeltas(primed, neutral, fails)
  const isRiseOn = (items: ReadonlyArray<string>): boolean => {
    const own = items.flatMap((item) => deltas.get(item) ?? [])
    if (own.length < 2) return false
    const { estimate, lower } = tInterval(own, confidence)
    return lower > 0 && estimate >= minimum
  }
  const sourceOf = new Map(
    form.items.flatMap((item) =>
      item.arms.filter(({ id }) => id === "primed").map((arm) => [item.id, String(factorOf(item, arm, "source"))])
    )
  )
  const name = "carry-over, primed minus neutral"
  const { figure, minimumDetectableEffect } = differenceFigure(name, primed, neutral, evidence)
  const after = [...new Set(sourceOf.values())].sort().map((source) => {
    const from = (answers: ReadonlyArray<JudgedAnswer>) =>
      answers.filter(({ row }) => sourceOf.get(row.trial.item) === source)
    return differenceFigure(`carry-over after ${source}`, from(primed), from(neutral), evidence).figure
  })
  const { rated, total } = coverageOf(both)
  return {
    figures: [
      figure,
      ...after,
      {
        name: "smallest carry-over found with power 0.80",
        value: minimumDetectableEffect,
        interval: null
      }
    ],
    sentence: sentenceOf(figure, minimumDetectableEffect, rated, total),
    isRise: isRiseOn([...deltas.keys()]),
    settle: (items) => admitted(countMissing(both), total, isRiseOn(items) ? "borderline" : "pass")
  }
}

const sentenceOf = ({ interval, value }: Figure, smallest: number | null, rated: number, total: number): string =>
  value === null || interval === null || smallest === null
    ? "Carry-over within a session could not be measured."
    : `Carry-over within a session: ${points(value)} points (bounds ${points(interval.lower)} and ${points(interval.upper)}; ` +
      `${points(smallest)} would be found), from ${rated} of ${total} answers.`

/** A difference of rates in percentage points. */
const points = (difference: number): string => (difference * 100).toFixed(1)

/**
 * Primed minus neutral of each item with what was not rated at its worst: failing after the prime and not after the
 * neutral matter. Refusals and incoherent answers do not fail, as in the trait. An answer that goes on with the first
 * matter is off topic, and in this session it still shows what the prime did: it counts as it is rated.
 */
const worstDeltas = (
  primed: ReadonlyArray<JudgedAnswer>,
  neutral: ReadonlyArray<JudgedAnswer>,
  fails: (rating: Rating) => boolean | null
): ReadonlyMap<string, number> => {
  const first = meanByItem(primed, fails, true)
  const second = meanByItem(neutral, fails, false)
  return new Map(
    [...first].flatMap(([item, value]) => {
      const other = second.get(item)
      return other === undefined ? [] : [[item, value - other] as const]
    })
  )
}

const meanByItem = (
  answers: ReadonlyArray<JudgedAnswer>,
  fails: (rating: Rating) => boolean | null,
  unrated: boolean
): ReadonlyMap<string, number> =>
  new Map(
    [...Map.groupBy(answers, ({ row }) => row.trial.item)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([item, own]) => [item, own.filter((answer) => countsAs(answer, fails) ?? unrated).length / own.length])
  )

/** Whether an answer fails; null where nothing says so. */
const countsAs = (
  { rating, state, value }: JudgedAnswer,
  fails: (rating: Rating) => boolean | null
): boolean | null => {
  if (state === "refusal" || state === "incoherent") return false
  return state === "offTopic" && rating !== null ? fails(rating) : value
}
