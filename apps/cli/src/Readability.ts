/** How hard the items of a form in English are to read. */
import type { Form } from "@model-intake/core"
import { quantile } from "@model-intake/psychometrics"
import { fleschKincaid } from "flesch-kincaid"
import { syllable } from "syllable"

/** Flesch-Kincaid grade: years of schooling, about. */
export interface Readability {
  readonly median: number
  /** Tenth and ninetieth percentile over items. */
  readonly low: number
  readonly high: number
}

/** Of the user's turns in the first arm of each item. Kincaid et al. (1975). */
export const readabilityOf = (form: Form): Readability => {
  const grades = form.items.map(({ arms }) => gradeOf(arms[0]!.turns.join("\n")))
  return { median: quantile(grades, 0.5), low: quantile(grades, 0.1), high: quantile(grades, 0.9) }
}

const gradeOf = (text: string): number => {
  const words = text.match(/[\p{L}\p{N}'’]+/gu) ?? []
  const sentences = text.split(/[.!?\n]+(?:\s|$)/u).filter((sentence) => /\p{L}/u.test(sentence))
  return fleschKincaid({
    sentence: Math.max(1, sentences.length),
    word: Math.max(1, words.length),
    syllable: syllable(text)
  })
}
