/** From fitted coefficients to the tables that ship. */

import { pairBuckets } from "../../../plugins/raters/linear/src/Features.ts"
import { topicDimensions } from "../../../plugins/raters/linear/src/Topic.ts"
import type { Lexicon } from "../../../plugins/raters/linear/src/Weights.ts"
import type { Coefficients, DesignSpace } from "./design.ts"

export interface Quantised {
  readonly lexicon: Lexicon
  /** Scale of each table, axis by axis. */
  readonly scales: ReadonlyArray<{ readonly own: number; readonly meaning: number; readonly pairs: number }>
}

/**
 * Eight-bit tables. The meaning of a word is folded into one number an axis: its vector times the axis's direction.
 * A table's scale maps its largest weight to 127.
 */
export const quantise = (fits: ReadonlyArray<Coefficients>, space: DesignSpace): Quantised => {
  const { hashes, rarities } = space.vocabulary
  const axes = fits.length
  const own = new Int8Array(hashes.length * axes)
  const meaning = new Int8Array(hashes.length * axes)
  const pairs = new Int8Array(pairBuckets * axes)
  const scales = fits.map((fit, axis) => {
    const meanings = Float64Array.from(hashes, (_, word) => meaningWeight(fit, space, word))
    return {
      own: fill(own, fit.words, axis, axes),
      meaning: fill(meaning, meanings, axis, axes),
      pairs: fill(pairs, fit.pairs, axis, axes)
    }
  })
  return { lexicon: { hashes, rarities, own, meaning, pairs, vectors: topicVectors(space) }, scales }
}

/** The leading numbers of each word's meaning, in eight bits. */
export const topicVectors = ({ vocabulary, meanings, dimensions }: DesignSpace): Int8Array<ArrayBuffer> => {
  const words = vocabulary.hashes.length
  const vectors = new Int8Array(words * topicDimensions)
  for (let word = 0; word < words; word++) {
    for (let index = 0; index < topicDimensions; index++) {
      const value = Math.round(127 * meanings[word * dimensions + index]!)
      vectors[word * topicDimensions + index] = Math.max(-127, Math.min(127, value))
    }
  }
  return vectors
}

const meaningWeight = (
  fit: Coefficients,
  { meanings, dimensions, meaningScale }: DesignSpace,
  word: number
): number => {
  let sum = 0
  for (let index = 0; index < dimensions; index++) sum += meanings[word * dimensions + index]! * fit.meaning[index]!
  return meaningScale * sum
}

/** Writes rounded values of one axis into an interleaved table; returns their scale, to six significant digits. */
const fill = (table: Int8Array, values: Float64Array, axis: number, axes: number): number => {
  const scale = Number((values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9) / 127).toPrecision(6))
  values.forEach((value, index) => {
    table[index * axes + axis] = Math.max(-127, Math.min(127, Math.round(value / scale)))
  })
  return scale
}
