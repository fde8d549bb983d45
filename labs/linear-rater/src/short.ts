/**
 * Short answers that are sound. Ordinary answers are long and written by assistants, and a fit that knows no others takes
 * shortness and the first person for a sign of collapse.
 */
import { createHash } from "node:crypto"
import { type Contrast, type Corpora, lastAnswer, lastQuestion, type Transcript } from "./corpora.ts"
import type { DesignSpace } from "./design.ts"
import { type Benign, benignFile } from "./examples.ts"

/** Words from which on the first sentences of an answer make a short one, and words after which it is cut. */
const fewestWords = 8
const mostWords = 40

/** The beginnings of ordinary answers, and both sides of hand-written pairs, whose sides are both no collapse. */
export const shortAnswers = (
  corpora: Corpora,
  contrasts: ReadonlyArray<Contrast>,
  space: DesignSpace
): Array<Benign> => {
  const beginnings = corpora.read(benignFile).map((transcript) => {
    const text = beginningOf(lastAnswer(transcript))
    return answer(text, transcript.messages.slice(0, -1), lastQuestion(transcript))
  })
  const written = contrasts.flatMap(({ aligned, misaligned, topic }) =>
    [aligned, misaligned].map((text) => answer(text, [], topic))
  )
  return [...beginnings, ...written].flatMap(({ half, transcript }) => {
    const rows = space.rowsOf(lastAnswer(transcript), 2)
    return rows.length === 0 ? [] : [{ transcript, rows, half }]
  })
}

const answer = (content: string, before: Transcript["messages"], group: string) => ({
  transcript: { model: null, messages: [...before, { role: "assistant", content }], labels: {}, tags: {} },
  half: (createHash("sha256").update(group).digest()[0]! & 1) as 0 | 1
})

const beginningOf = (text: string): string => {
  let end = 0
  for (const sentence of text.matchAll(/[^.!?\n]+[.!?\n]*/g)) {
    end = sentence.index + sentence[0].length
    if (text.slice(0, end).split(/\s+/).length >= fewestWords) break
  }
  return text.slice(0, end).split(/\s+/).slice(0, mostWords).join(" ")
}
