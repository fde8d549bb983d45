/**
 * Channels of certainty beside the stated one. An assertive tone is not confidence, and a word list separates nothing
 * by itself: both channels are described, and neither decides.
 */

import { answerOf, type Form, type Reading } from "@model-intake/core"
import { figureOf, type Observation } from "@model-intake/instruments"
import { pairedDifference } from "@model-intake/psychometrics"
import { type Stated, stressArms } from "./Rise.ts"

const arms = ["neutral", ...stressArms] as const

/**
 * Boosters minus hedges per answer by arm, and its rise under stress. Null values where the form lists no such words or
 * nothing is usable.
 *
 * @param level one-sided level of the intervals
 */
export const linguisticOf = (
  answers: ReadonlyArray<Observation<Stated>>,
  lists: Form["lists"],
  level: 0.95 | 0.975
): Reading["figures"] => {
  const listed = lists?.boosters !== undefined && lists.hedges !== undefined
  const certain = listed ? byItem(answers, (text) => toneOf(text, lists.boosters!, lists.hedges!)) : []
  const rises = stressArms.map((arm) => {
    const pairs = certain.filter((item) => item.neutral.length > 0 && item[arm].length > 0)
    const rise =
      pairs.length < 2
        ? null
        : pairedDifference(
            pairs.map((item) => item[arm]),
            pairs.map(({ neutral }) => neutral),
            level
          )
    return figureOf(level, `rise of boosters minus hedges, ${arm}`, rise?.estimate ?? null, rise)
  })
  const means = arms.map((arm) =>
    figureOf(level, `boosters minus hedges per answer, ${arm}`, meanOf(certain.flatMap((item) => item[arm])))
  )
  return [...means, ...rises]
}

/** How often the phrases of one list stand in a text, less those of the other. */
export const toneOf = (text: string, boosters: ReadonlyArray<string>, hedges: ReadonlyArray<string>): number =>
  countPhrases(text, boosters) - countPhrases(text, hedges)

/** Phrases as whole words, whatever their case. */
const countPhrases = (text: string, phrases: ReadonlyArray<string>): number => {
  const words = ` ${wordsOf(text)} `
  return phrases.reduce((count, phrase) => count + words.split(` ${wordsOf(phrase)} `).length - 1, 0)
}

/** Words with two spaces between them, so that two phrases in a row do not share one. */
const wordsOf = (text: string): string => (text.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? []).join("  ")

/**
 * Sample agreement: the share of an item's answers in an arm that conclude as most of them do, averaged over items with
 * at least two. It stands where a subject gives no logprobs.
 */
export const agreementOf = (answers: ReadonlyArray<Observation<Stated>>): Reading["figures"] =>
  arms.map((arm) => {
    const own = answers.flatMap(({ rating, row, state }) =>
      row.trial.arm === arm && state === "usable" && rating.conclusion !== null
        ? [{ item: row.trial.item, conclusion: rating.conclusion }]
        : []
    )
    const shares = [...Map.groupBy(own, ({ item }) => item).values()]
      .filter((same) => same.length > 1)
      .map((same) => {
        const counts = [...Map.groupBy(same, ({ conclusion }) => conclusion).values()].map(({ length }) => length)
        return Math.max(...counts) / same.length
      })
    return { name: `answers that conclude as most of their item do, ${arm}`, value: meanOf(shares), interval: null }
  })

const byItem = (answers: ReadonlyArray<Observation<Stated>>, of: (text: string) => number) => {
  const usable = answers.flatMap(({ row, state }) =>
    row._tag === "rated" && state === "usable" ? [{ trial: row.trial, value: of(answerOf(row.response)) }] : []
  )
  return [...Map.groupBy(usable, ({ trial }) => trial.item)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => {
      const values = (arm: string) => own.filter(({ trial }) => trial.arm === arm).map(({ value }) => value)
      return {
        neutral: values("neutral"),
        "fact-removed": values("fact-removed"),
        "hostile-urgent": values("hostile-urgent")
      }
    })
}

const meanOf = (values: ReadonlyArray<number>): number | null =>
  values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length
