/** Turns passages into rows of the linear model, with the same weights per word as the shipped scorer. */
import {
  distinctiveness,
  informativeness,
  pairBucket,
  passageWords
} from "../../../plugins/raters/linear/src/Features.ts"
import { passagesOf, type Vocabulary } from "./vocabulary.ts"

/** One passage: sparse columns of words and of pairs, and its average meaning. */
export interface Row {
  readonly words: Int32Array
  readonly wordValues: Float32Array
  readonly pairs: Int32Array
  readonly pairValues: Float32Array
  /** Mean meaning, times {@link DesignSpace.meaningScale}. */
  readonly meaning: Float32Array
  /** Number of known words. */
  readonly known: number
  /** Where the passage stands in its text, in UTF-16 code units. */
  readonly start: number
  readonly end: number
}

/** The columns: words, then pairs, then meaning, then the constant. */
export class DesignSpace {
  readonly vocabulary: Vocabulary
  readonly meanings: Float32Array
  readonly dimensions: number
  /** Factor that gives the meaning block about the length of the other blocks, so that one penalty suits all. */
  readonly meaningScale: number

  constructor(vocabulary: Vocabulary, meanings: Float32Array, meaningScale: number) {
    this.vocabulary = vocabulary
    this.meanings = meanings
    this.dimensions = meanings.length / vocabulary.hashes.length
    this.meaningScale = meaningScale
  }

  /** Rows of a text, one a passage with known words, at most `most`. */
  rowsOf(text: string, most: number): Array<Row> {
    const rows: Array<Row> = []
    const { rarities, wordOf } = this.vocabulary
    for (const { count, end, hash, opensSentence, start } of passagesOf(text)) {
      const words: Array<number> = []
      const pairs = new Map<number, number>()
      const seen = new Set<number>()
      const meaning = new Float64Array(this.dimensions)
      let known = 0
      let wordSquares = 0
      let pairSquares = 0
      let informative = 0
      let previous = -1
      for (let token = 0; token < count; token++) {
        const word = wordOf.get(hash[token]!) ?? -1
        if (word >= 0) {
          known++
          const own = distinctiveness[rarities[word]!]!
          if (!seen.has(word)) {
            seen.add(word)
            words.push(word)
            wordSquares += own * own
            const weight = informativeness[rarities[word]!]!
            informative += weight
            const offset = word * this.dimensions
            for (let index = 0; index < this.dimensions; index++) {
              meaning[index]! += weight * this.meanings[offset + index]!
            }
          }
          if (previous >= 0 && opensSentence[token] === 0) {
            const bucket = pairBucket(hash[token - 1]!, hash[token]!)
            if (!pairs.has(bucket)) {
              const weight = (own + distinctiveness[rarities[previous]!]!) / 2
              pairs.set(bucket, weight)
              pairSquares += weight * weight
            }
          }
        }
        previous = word
      }
      if (known === 0) continue
      rows.push({
        words: Int32Array.from(words),
        wordValues: Float32Array.from(words, (word) => distinctiveness[rarities[word]!]! / Math.sqrt(wordSquares)),
        pairs: Int32Array.from(pairs.keys()),
        pairValues: Float32Array.from(pairs.values(), (weight) => weight / Math.sqrt(pairSquares)),
        meaning: Float32Array.from(meaning, (value) => (this.meaningScale * value) / informative),
        known,
        start: start[0]!,
        end: end[count - 1]!
      })
      if (rows.length === most) break
    }
    return rows
  }
}

/** Weights in the columns of a {@link DesignSpace}. */
export interface Coefficients {
  readonly words: Float64Array
  readonly pairs: Float64Array
  readonly meaning: Float64Array
  readonly bias: number
}

/** Linear score of one passage. */
export const scoreRow = (row: Row, { words, pairs, meaning, bias }: Coefficients): number => {
  let score = bias
  for (let index = 0; index < row.words.length; index++) score += row.wordValues[index]! * words[row.words[index]!]!
  for (let index = 0; index < row.pairs.length; index++) score += row.pairValues[index]! * pairs[row.pairs[index]!]!
  for (let index = 0; index < row.meaning.length; index++) score += row.meaning[index]! * meaning[index]!
  return score
}

/** Score of a whole text from its passages, as the shipped scorer pools them. */
export const poolRows = (rows: ReadonlyArray<Row>, scores: ReadonlyArray<number>, peak: number): number => {
  let sum = 0
  let weight = 0
  let highest = Number.NEGATIVE_INFINITY
  rows.forEach((row, index) => {
    sum += row.known * scores[index]!
    weight += row.known
    if (row.known >= passageWords / 2) highest = Math.max(highest, scores[index]!)
  })
  const mean = sum / weight
  return mean + peak * Math.max(0, highest - mean)
}
