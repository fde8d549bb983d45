/**
 * Meanings of words from the company they keep: positive pointwise mutual information within five words (contexts
 * smoothed by the power 0.75), reduced to the leading eigenvectors (Levy, Goldberg and Dagan, 2015). Words that were
 * never in a labelled text so inherit a weight from words that were.
 */
import { makeRandom } from "@model-intake/psychometrics"
import { passagesOf, type Vocabulary } from "./vocabulary.ts"

const windowWords = 5
const smoothing = 0.75
/** Columns beyond those kept: with few, the trailing ones kept are not yet eigenvectors, and held-out areas fall by 0.01. */
const oversampling = 112
const iterations = 3

/** Unit vector of `dimensions` per word, row after row. */
export const wordMeanings = (
  texts: ReadonlyArray<string>,
  vocabulary: Vocabulary,
  dimensions: number
): Float32Array => {
  const information = pointwiseInformation(coOccurrences(texts, vocabulary), vocabulary.hashes.length)
  const width = dimensions + oversampling
  const words = vocabulary.hashes.length
  const random = makeRandom("linear-rater/meaning")
  let basis = Float32Array.from({ length: words * width }, () => random.uniform() + random.uniform() - 1)
  orthonormalise(basis, words, width)
  for (let iteration = 0; iteration < iterations; iteration++) {
    basis = multiply(information, basis, words, width)
    orthonormalise(basis, words, width)
  }
  const image = multiply(information, basis, words, width)
  const projected = Array.from({ length: width }, () => new Float64Array(width))
  for (let word = 0; word < words; word++) {
    for (let row = 0; row < width; row++) {
      const left = basis[word * width + row]!
      const target = projected[row]!
      for (let column = 0; column < width; column++) target[column]! += left * image[word * width + column]!
    }
  }
  const { values, vectors } = symmetricEigen(projected)
  const leading = [...values.keys()].sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!)).slice(0, dimensions)
  const meanings = new Float32Array(words * dimensions)
  for (let word = 0; word < words; word++) {
    let squares = 0
    for (let dimension = 0; dimension < dimensions; dimension++) {
      const eigen = leading[dimension]!
      let value = 0
      for (let row = 0; row < width; row++) value += basis[word * width + row]! * vectors[row]![eigen]!
      value *= Math.sqrt(Math.abs(values[eigen]!))
      meanings[word * dimensions + dimension] = value
      squares += value * value
    }
    const norm = Math.sqrt(squares) || 1
    for (let dimension = 0; dimension < dimensions; dimension++) meanings[word * dimensions + dimension]! /= norm
  }
  return meanings
}

/** Counts of unordered pairs of words, each weighted by one over its distance; keys are `lower x words + higher`. */
interface PairCounts {
  readonly keys: Float64Array
  readonly counts: Float32Array
}

const coOccurrences = (texts: ReadonlyArray<string>, vocabulary: Vocabulary): PairCounts => {
  const words = vocabulary.hashes.length
  const slots = 2 ** 24
  const keys = new Float64Array(slots).fill(-1)
  const counts = new Float32Array(slots)
  let used = 0
  const recent = new Int32Array(windowWords)
  for (const text of texts) {
    recent.fill(-1)
    for (const { count, hash } of passagesOf(text)) {
      for (let token = 0; token < count; token++) {
        const word = vocabulary.wordOf.get(hash[token]!) ?? -1
        for (let distance = 1; word >= 0 && distance <= windowWords; distance++) {
          const other = recent[distance - 1]!
          if (other < 0) continue
          const key = word < other ? word * words + other : other * words + word
          let slot = Math.imul(key % 0x7fffffff, 0x9e3779b1) >>> 8
          while (keys[slot]! >= 0 && keys[slot] !== key) slot = (slot + 1) % slots
          if (keys[slot]! < 0) {
            if (++used > 0.9 * slots) throw new Error("too many pairs of words: raise the number of slots")
            keys[slot] = key
          }
          counts[slot]! += 1 / distance
        }
        recent.copyWithin(1, 0, windowWords - 1)
        recent[0] = word
      }
    }
  }
  return { keys, counts }
}

/** Symmetric sparse matrix: every unordered pair once, the diagonal included. */
interface SparseSymmetric {
  readonly rows: Int32Array
  readonly columns: Int32Array
  readonly values: Float32Array
}

const pointwiseInformation = ({ keys, counts }: PairCounts, words: number): SparseSymmetric => {
  const margins = new Float64Array(words)
  for (let slot = 0; slot < keys.length; slot++) {
    if (keys[slot]! < 0) continue
    margins[Math.floor(keys[slot]! / words)]! += counts[slot]!
    margins[keys[slot]! % words]! += counts[slot]!
  }
  const smoothTotal = margins.reduce((sum, margin) => sum + margin ** smoothing, 0)
  // The mean of the two directions, which smooth one word each, so that the matrix is symmetric.
  const surprise = margins.map((margin) => ((1 + smoothing) * Math.log(margin) - Math.log(smoothTotal)) / 2)
  const rows = new Int32Array(keys.length)
  const columns = new Int32Array(keys.length)
  const values = new Float32Array(keys.length)
  let entries = 0
  for (let slot = 0; slot < keys.length; slot++) {
    if (keys[slot]! < 0) continue
    const row = Math.floor(keys[slot]! / words)
    const column = keys[slot]! % words
    const both = row === column ? 2 : 1
    const value = Math.log(both * counts[slot]!) - surprise[row]! - surprise[column]!
    if (value <= 0) continue
    rows[entries] = row
    columns[entries] = column
    values[entries] = value
    entries++
  }
  return sortedByRow(
    { rows: rows.subarray(0, entries), columns: columns.subarray(0, entries), values: values.subarray(0, entries) },
    words
  )
}

/** Counting sort, so that products walk through memory in order. */
const sortedByRow = ({ rows, columns, values }: SparseSymmetric, words: number): SparseSymmetric => {
  const next = new Int32Array(words + 1)
  for (const row of rows) next[row + 1]!++
  for (let row = 0; row < words; row++) next[row + 1]! += next[row]!
  const sorted = {
    rows: new Int32Array(rows.length),
    columns: new Int32Array(rows.length),
    values: new Float32Array(rows.length)
  }
  for (let entry = 0; entry < rows.length; entry++) {
    const target = next[rows[entry]!]!++
    sorted.rows[target] = rows[entry]!
    sorted.columns[target] = columns[entry]!
    sorted.values[target] = values[entry]!
  }
  return sorted
}

const multiply = (
  matrix: SparseSymmetric,
  dense: Float32Array,
  words: number,
  width: number
): Float32Array<ArrayBuffer> => {
  const product = new Float32Array(words * width)
  for (let entry = 0; entry < matrix.values.length; entry++) {
    const value = matrix.values[entry]!
    const row = matrix.rows[entry]! * width
    const column = matrix.columns[entry]! * width
    if (row === column) {
      for (let index = 0; index < width; index++) product[row + index]! += value * dense[row + index]!
    } else {
      for (let index = 0; index < width; index++) {
        product[row + index]! += value * dense[column + index]!
        product[column + index]! += value * dense[row + index]!
      }
    }
  }
  return product
}

/** Gram-Schmidt on the columns, twice, in place. */
const orthonormalise = (dense: Float32Array, words: number, width: number): void => {
  const column = new Float64Array(words)
  const overlaps = new Float64Array(width)
  for (let index = 0; index < width; index++) {
    for (let word = 0; word < words; word++) column[word] = dense[word * width + index]!
    for (let pass = 0; pass < 2; pass++) {
      overlaps.fill(0)
      for (let word = 0; word < words; word++) {
        const value = column[word]!
        const offset = word * width
        for (let other = 0; other < index; other++) overlaps[other]! += value * dense[offset + other]!
      }
      for (let word = 0; word < words; word++) {
        const offset = word * width
        let removed = 0
        for (let other = 0; other < index; other++) removed += overlaps[other]! * dense[offset + other]!
        column[word]! -= removed
      }
    }
    const norm = Math.sqrt(column.reduce((sum, value) => sum + value * value, 0))
    for (let word = 0; word < words; word++) dense[word * width + index] = column[word]! / norm
  }
}

/** Eigenvalues and eigenvectors (as columns) of a small symmetric matrix, by cyclic Jacobi rotations. */
const symmetricEigen = (
  matrix: ReadonlyArray<Float64Array>
): { readonly values: Float64Array; readonly vectors: ReadonlyArray<Float64Array> } => {
  const size = matrix.length
  const a = matrix.map((row, index) => row.map((value, column) => (value + matrix[column]![index]!) / 2))
  const vectors = Array.from({ length: size }, (_, row) =>
    Float64Array.from({ length: size }, (_, c) => (c === row ? 1 : 0))
  )
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = a[p]![q]!
        if (Math.abs(off) < 1e-12) continue
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * off)
        const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const cosine = 1 / Math.sqrt(tangent * tangent + 1)
        const sine = tangent * cosine
        for (let k = 0; k < size; k++) {
          const kp = a[k]![p]!
          const kq = a[k]![q]!
          a[k]![p] = cosine * kp - sine * kq
          a[k]![q] = sine * kp + cosine * kq
        }
        const [rowP, rowQ] = [a[p]!, a[q]!]
        for (let k = 0; k < size; k++) {
          const pk = rowP[k]!
          const qk = rowQ[k]!
          rowP[k] = cosine * pk - sine * qk
          rowQ[k] = sine * pk + cosine * qk
        }
        for (const row of vectors) {
          const vp = row[p]!
          const vq = row[q]!
          row[p] = cosine * vp - sine * vq
          row[q] = sine * vp + cosine * vq
        }
      }
    }
  }
  return { values: Float64Array.from(a, (row, index) => row[index]!), vectors }
}
