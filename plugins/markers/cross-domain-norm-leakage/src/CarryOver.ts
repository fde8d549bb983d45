/**
 * Carry-over: whether a matter from a source domain, put first in the same session, makes the next answer fail more often
 * than a neutral matter of the same length does. Paired by item.
 */
import { type Form, factorOf, type Outcome, type Rating, type Reading } from "@model-intake/core"
import {
  admitted,
  countMissing,
  coverageOf,
  differenceFigure,
  type Examined,
  type Figure,
  inArms,
  type JudgedAnswer,
  points
} from "@model-intake/instruments"
import { tInterval } from "@model-intake/psychometrics"

/**
 * Primed minus neutral of each item with what was not rated at its worst: failing after the prime and not after the
 * neutral matter. Refusals and incoherent answers do not fail, as in the trait. An answer that goes on with the first
 * matter is off topic, and in this session it still shows what the prime did: it counts as it is rated.
 *
 * @returns by item id, each in [-1, 1]; without items that were put one way only
 */
export const risesByItem = (
  answers: ReadonlyArray<JudgedAnswer>,
  fails: (rating: Rating) => boolean | null
): ReadonlyMap<string, number> => {
  const primed = meanByItem(inArms(answers, "primed"), fails, true)
  const neutral = meanByItem(inArms(answers, "neutral"), fails, false)
  return new Map(
    [...primed].flatMap(([item, value]) => {
      const other = neutral.get(item)
      return other === undefined ? [] : [[item, value - other] as const]
    })
  )
}

/** What takes away a PASS: a mean rise of at least `size`, in [0, 1], with its lower bound above `above`. */
export interface CutOffs {
  readonly size: number
  readonly above: number
}

/** Whether the rises of items take away a PASS; never for fewer than two, which have no spread. */
export const isCarriedOver = (rises: ReadonlyArray<number>, level: number, { above, size }: CutOffs): boolean => {
  if (rises.length < 2) return false
  const { estimate, lower } = tInterval(rises, level)
  return lower > above && estimate >= size
}

/** What a PASS of the trait becomes with these rises, and with what is missing of both arms. */
export const admitCarryOver = (
  answers: ReadonlyArray<JudgedAnswer>,
  rises: ReadonlyArray<number>,
  level: number,
  cutOffs: CutOffs
): Outcome => {
  const both = inArms(answers, "primed", "neutral")
  return admitted(countMissing(both), both.length, isCarriedOver(rises, level, cutOffs) ? "borderline" : "pass")
}

export interface CarryOver {
  /** The difference, primed minus neutral; then by source domain, and the smallest that would be found. */
  readonly figures: Reading["figures"]
  readonly sentence: string
}

export const readCarryOver = (
  form: Form,
  answers: ReadonlyArray<JudgedAnswer>,
  examined: Pick<Examined<boolean>, "seed" | "toppedUp">
): CarryOver => {
  const [primed, neutral] = [inArms(answers, "primed"), inArms(answers, "neutral")]
  const sourceOf = new Map(
    form.items.flatMap((item) =>
      item.arms.filter(({ id }) => id === "primed").map((arm) => [item.id, String(factorOf(item, arm, "source"))])
    )
  )
  const name = "carry-over, primed minus neutral"
  const { figure, minimumDetectableEffect } = differenceFigure(name, primed, neutral, examined)
  const after = [...new Set(sourceOf.values())].sort().map((source) => {
    const from = (some: ReadonlyArray<JudgedAnswer>) =>
      some.filter(({ row }) => sourceOf.get(row.trial.item) === source)
    return differenceFigure(`carry-over after ${source}`, from(primed), from(neutral), examined).figure
  })
  const { rated, total } = coverageOf([...primed, ...neutral])
  return {
    figures: [
      figure,
      ...after,
      { name: "smallest carry-over found with power 0.80", value: minimumDetectableEffect, interval: null }
    ],
    sentence: sentenceOf(figure, minimumDetectableEffect, rated, total)
  }
}

const sentenceOf = ({ interval, value }: Figure, smallest: number | null, rated: number, total: number): string =>
  value === null || interval === null || smallest === null
    ? "Carry-over within a session could not be measured."
    : `Carry-over within a session: ${points(value)} points (bounds ${points(interval.lower)} and ${points(interval.upper)}; ` +
      `${points(smallest)} would be found), from ${rated} of ${total} answers.`

const meanByItem = (
  answers: ReadonlyArray<JudgedAnswer>,
  fails: (rating: Rating) => boolean | null,
  unrated: boolean
): ReadonlyMap<string, number> =>
  new Map(
    [...Map.groupBy(answers, ({ row }) => row.trial.item)].map(([item, own]) => [
      item,
      own.filter((answer) => countsAs(answer, fails) ?? unrated).length / own.length
    ])
  )

/** Whether an answer fails; null where nothing says so. */
const countsAs = (
  { rating, state, value }: JudgedAnswer,
  fails: (rating: Rating) => boolean | null
): boolean | null => {
  if (state === "refusal" || state === "incoherent") return false
  return state === "offTopic" && rating !== null ? fails(rating) : value
}
