/** Weighted ridge regression by conjugate gradients, on rows of mostly sparse columns. */
import { pairBuckets } from "../../../plugins/raters/linear/src/Features.ts"
import { type Coefficients, type DesignSpace, type Row, scoreRow } from "./design.ts"

/** A row with its target (-1 to 1) and the weight with which its error counts. */
export interface Example {
  readonly row: Row
  readonly target: number
  readonly weight: number
}

const mostIterations = 120
const tolerance = 1e-3

/** Minimises `sum(weight x (score - target)^2) + penalty x |coefficients|^2`, the constant included. */
export const fitRidge = (examples: ReadonlyArray<Example>, space: DesignSpace, penalty: number): Coefficients => {
  const words = space.vocabulary.hashes.length
  const pairsFrom = words
  const meaningFrom = words + pairBuckets
  const size = meaningFrom + space.dimensions + 1
  const view = (vector: Float64Array): Coefficients => ({
    words: vector.subarray(0, words),
    pairs: vector.subarray(pairsFrom, meaningFrom),
    meaning: vector.subarray(meaningFrom, size - 1),
    bias: vector[size - 1]!
  })
  const addRow = (row: Row, factor: number, into: Float64Array): void => {
    for (let index = 0; index < row.words.length; index++) into[row.words[index]!]! += factor * row.wordValues[index]!
    for (let index = 0; index < row.pairs.length; index++) {
      into[pairsFrom + row.pairs[index]!]! += factor * row.pairValues[index]!
    }
    for (let index = 0; index < row.meaning.length; index++) into[meaningFrom + index]! += factor * row.meaning[index]!
    into[size - 1]! += factor
  }
  const solution = new Float64Array(size)
  const residual = new Float64Array(size)
  for (const { row, target, weight } of examples) addRow(row, weight * target, residual)
  const direction = residual.slice()
  let squares = dot(residual, residual)
  const enough = tolerance * tolerance * squares
  for (let iteration = 0; iteration < mostIterations && squares > enough; iteration++) {
    const image = direction.map((value) => penalty * value)
    const coefficients = view(direction)
    for (const { row, weight } of examples) addRow(row, weight * scoreRow(row, coefficients), image)
    const step = squares / dot(direction, image)
    for (let index = 0; index < size; index++) {
      solution[index]! += step * direction[index]!
      residual[index]! -= step * image[index]!
    }
    const next = dot(residual, residual)
    for (let index = 0; index < size; index++)
      direction[index] = residual[index]! + (next / squares) * direction[index]!
    squares = next
  }
  return view(solution)
}

const dot = (left: Float64Array, right: Float64Array): number => {
  let sum = 0
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!
  return sum
}
