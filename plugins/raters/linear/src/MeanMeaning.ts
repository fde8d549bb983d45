/** The mean meaning of the first passages of a text, by which an answer is compared with its question. */
import { longestPassage } from "./Features.ts"
import type { Terms } from "./Terms.ts"
import { topicPassages } from "./Topic.ts"
import { slotWeights, slotWord, type WordTable } from "./WordTable.ts"

export class MeanMeaning {
  readonly #table: WordTable
  readonly #vectors: Int8Array
  readonly #centre: ReadonlyArray<number>
  /** Where the meaning begins of each word that counts, and its weight. */
  readonly #at = new Int32Array(topicPassages * longestPassage)
  readonly #weight = new Float64Array(topicPassages * longestPassage)
  #words = 0

  /**
   * @param vectors meaning of each word, one after the other
   * @param centre what the mean meanings of all texts share
   */
  constructor(table: WordTable, vectors: Int8Array, centre: ReadonlyArray<number>) {
    this.#table = table
    this.#vectors = vectors
    this.#centre = centre
  }

  /** Begins another text. */
  clear(): void {
    this.#words = 0
  }

  /** Adds the words of a passage, each once. */
  add({ counted, countedAt, countedMeaning }: Terms): void {
    const dimensions = this.#centre.length
    let words = this.#words
    for (let term = 0; term < counted; term++) {
      this.#at[words] = this.#table.words[countedAt[term]! - slotWeights + slotWord]! * dimensions
      this.#weight[words++] = countedMeaning[term]!
    }
    this.#words = words
  }

  /** Unit vector of the meanings, by how informative the words are; zeros where there are none. */
  vector(): Float64Array {
    const vector = new Float64Array(this.#centre.length)
    const vectors = this.#vectors
    for (let index = 0; index < vector.length; index += 4) {
      // Four at a time, so that the sums stay in registers.
      let [first, second, third, fourth] = [0, 0, 0, 0]
      for (let word = 0; word < this.#words; word++) {
        const at = this.#at[word]! + index
        const weight = this.#weight[word]!
        first += weight * vectors[at]!
        second += weight * vectors[at + 1]!
        third += weight * vectors[at + 2]!
        fourth += weight * vectors[at + 3]!
      }
      vector[index] = first
      vector[index + 1] = second
      vector[index + 2] = third
      vector[index + 3] = fourth
    }
    const unit = normalised(vector)
    for (let index = 0; index < unit.length; index++) unit[index]! -= this.#centre[index]!
    return normalised(unit)
  }
}

export const product = (left: Float64Array, right: Float64Array): number => {
  let sum = 0
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!
  return sum
}

const normalised = (vector: Float64Array): Float64Array => {
  const norm = Math.sqrt(product(vector, vector))
  for (let index = 0; norm !== 0 && index < vector.length; index++) vector[index]! /= norm
  return vector
}
