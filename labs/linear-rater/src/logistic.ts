/** Logistic regression on a handful of dense features, by Newton's method with a light penalty. */
import { round } from "./calibrate.ts"

const iterations = 25
const penalty = 1e-3

/** Coefficients to six decimals, the constant first. */
export const fitLogistic = (
  features: ReadonlyArray<ReadonlyArray<number>>,
  labels: ReadonlyArray<boolean>
): Array<number> => {
  const size = features[0]!.length + 1
  const solution = new Array<number>(size).fill(0)
  for (let iteration = 0; iteration < iterations; iteration++) {
    const gradient = solution.map((value) => -penalty * value)
    const curve = solution.map((_, row) => solution.map((__, column) => (row === column ? penalty : 0)))
    features.forEach((own, index) => {
      const row = [1, ...own]
      const probability = logistic(own, solution)
      const error = (labels[index] ? 1 : 0) - probability
      const weight = probability * (1 - probability)
      for (let i = 0; i < size; i++) {
        gradient[i]! += error * row[i]!
        for (let j = 0; j < size; j++) curve[i]![j]! += weight * row[i]! * row[j]!
      }
    })
    solve(curve, gradient).forEach((step, index) => {
      solution[index]! += step
    })
  }
  return solution.map((value) => round(value, 1e6))
}

/** Probability by coefficients of which the first is the constant. */
export const logistic = (features: ReadonlyArray<number>, coefficients: ReadonlyArray<number>): number => {
  let score = coefficients[0]!
  features.forEach((feature, index) => {
    score += coefficients[index + 1]! * feature
  })
  return 1 / (1 + Math.exp(-score))
}

/** Solves a small positive definite system by elimination. */
const solve = (matrix: ReadonlyArray<Array<number>>, right: ReadonlyArray<number>): Array<number> => {
  const size = right.length
  const a = matrix.map((row, index) => [...row, right[index]!])
  for (let pivot = 0; pivot < size; pivot++) {
    for (let row = pivot + 1; row < size; row++) {
      const factor = a[row]![pivot]! / a[pivot]![pivot]!
      for (let column = pivot; column <= size; column++) a[row]![column]! -= factor * a[pivot]![column]!
    }
  }
  const solution = new Array<number>(size).fill(0)
  for (let row = size - 1; row >= 0; row--) {
    let sum = a[row]![size]!
    for (let column = row + 1; column < size; column++) sum -= a[row]![column]! * solution[column]!
    solution[row] = sum / a[row]![row]!
  }
  return solution
}
