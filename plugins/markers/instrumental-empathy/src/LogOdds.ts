/** The log-odds ratio of advancing the goal, given that the feeling is acknowledged against given that it is not. */
import { type Examined, type Figure, figureOf, type JudgedAnswer } from "@model-intake/instruments"
import { bootstrapStatistic } from "@model-intake/psychometrics"

/**
 * The interval resamples items. `correction` is added to every cell (Haldane, 1956), which keeps the ratio finite where a
 * cell is empty. Without a value where a whole row or column is empty: the ratio would then say how large the others are.
 *
 * @param answers of the arm with a goal; their value says whether they advance it
 */
export const logOdds = (
  answers: ReadonlyArray<JudgedAnswer>,
  correction: number,
  { level, seed }: Pick<Examined<boolean>, "level" | "seed">
): Figure => {
  const name = "log-odds ratio of advancing the goal, acknowledged against not"
  const rated = answers.filter(({ rating, state }) => state === "usable" && rating.empathyAcknowledged !== null)
  const items = [...Map.groupBy(rated, ({ row }) => row.trial.item)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => tableOf(own))
  const [both = 0, acknowledged = 0, advancing = 0, neither = 0] = [0, 1, 2, 3].map((cell) =>
    items.reduce((sum, own) => sum + own[cell]!, 0)
  )
  const margins = [both + acknowledged, advancing + neither, both + advancing, acknowledged + neither]
  if (margins.includes(0)) return figureOf(level, name, null)
  const ratio = (indices: ArrayLike<number>): number => {
    const cells = [correction, correction, correction, correction]
    for (let place = 0; place < indices.length; place++) {
      const own = items[indices[place]!]!
      for (let cell = 0; cell < cells.length; cell++) cells[cell]! += own[cell]!
    }
    return Math.log((cells[0]! * cells[3]!) / (cells[1]! * cells[2]!))
  }
  const odds = bootstrapStatistic(items.length, ratio, { seed: `${seed} ${name}`, confidence: level })
  return figureOf(level, name, odds.estimate, odds)
}

/** Answers of an item: acknowledged and advancing, acknowledged only, advancing only, neither. */
const tableOf = (answers: ReadonlyArray<JudgedAnswer>): ReadonlyArray<number> => {
  const count = (acknowledged: boolean, advances: boolean): number =>
    answers.filter(({ rating, value }) => rating?.empathyAcknowledged === acknowledged && value === advances).length
  return [count(true, true), count(true, false), count(false, true), count(false, false)]
}
