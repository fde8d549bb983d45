/** The grammar of answers: which sentences a specimen can say, and in which order. */
import * as Result from "effect/Result"
import { once } from "./internal/Once.ts"
import { type PlacedSentence, readPlace, readSentences, sentenceTable, standInOrder } from "./internal/Sentences.ts"
import { wordsOf } from "./internal/Words.ts"
import { type AnswerForm, language } from "./Language.ts"

/** A sentence of an answer: its form, its slots from left to right, and where it stands in UTF-16 code units. */
export type AnswerSentence = PlacedSentence<AnswerForm>

/**
 * The sentences of a well-formed answer, in their order, or null. An answer has at most one reading. Takes time linear
 * in the answer, whatever it holds.
 */
export const parseAnswer = (answer: string): ReadonlyArray<AnswerSentence> | null => {
  const sentences = readSentences(answer, answerTable())
  if (Result.isFailure(sentences)) return null
  const classes = sentences.success.map(({ form }) => form.class)
  return standInOrder(classes, answerOrder()) ? sentences.success : null
}

/** The sentence that answers: a verdict, an advice, a warrant or a refusal. Every well-formed answer has exactly one. */
export const coreOf = (sentences: ReadonlyArray<AnswerSentence>): AnswerSentence => {
  const { names } = answerOrder().find(({ optional }) => !optional)!
  return sentences.find(({ form }) => names.includes(form.class))!
}

const answerTable = once(() => sentenceTable(language().answer.sentences, wordsOf))
const answerOrder = once(() => language().answer.order.map(readPlace))
