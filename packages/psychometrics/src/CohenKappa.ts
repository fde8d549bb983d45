import { checkNotNegative, checkSameLength, invalid } from "./internal/Check.ts"
import { sum } from "./internal/Moments.ts"

/** How much a disagreement counts: all the same, by steps apart, or by steps apart squared. */
export type KappaWeights = "none" | "linear" | "quadratic"

export interface CohenKappa {
  /**
   * 1 is perfect agreement, 0 what chance gives. `null` where both raters used one and the same category throughout:
   * chance alone would agree as well.
   */
  readonly kappa: number | null
  /** Weighted share of agreement, 0 to 1. */
  readonly observedAgreement: number
  readonly expectedAgreement: number
}

/**
 * Cohen's kappa (1960) or weighted kappa (1968) of two raters.
 *
 * @param a ratings of one rater
 * @param b ratings of the other on the same units
 * @param categories all categories, in order where weights are used; a category that nobody used matters only as a step
 * @throws RangeError on no ratings, mismatched lengths, repeated categories, or a rating that is not a category
 */
export const cohenKappa = <A>(
  a: ReadonlyArray<A>,
  b: ReadonlyArray<A>,
  categories: ReadonlyArray<A>,
  weights: KappaWeights = "none"
): CohenKappa => {
  const where = "cohenKappa"
  checkSameLength(where, "a", a, "b", b)
  const position = new Map(categories.map((category, index) => [category, index]))
  if (position.size !== categories.length) throw invalid(where, "categories must not repeat")
  const indexOf = (category: A): number => {
    const index = position.get(category)
    if (index === undefined) throw invalid(where, `${String(category)} is not one of the categories`)
    return index
  }
  const table = categories.map(() => categories.map(() => 0))
  a.forEach((category, unit) => {
    table[indexOf(category)]![indexOf(b[unit]!)]! += 1
  })
  return kappaOfTable(table, weights)
}

/**
 * `cohenKappa` of a square table of counts or shares, one rater in rows and the other in columns.
 *
 * @throws RangeError if the table is not square, has a negative entry, or is all 0
 */
export const kappaOfTable = (
  table: ReadonlyArray<ReadonlyArray<number>>,
  weights: KappaWeights = "none"
): CohenKappa => {
  const where = "kappaOfTable"
  table.forEach((row, index) => {
    if (row.length !== table.length) throw invalid(where, `the table must be square, row ${index} has ${row.length}`)
    row.forEach((entry, column) => {
      checkNotNegative(where, `table[${index}][${column}]`, entry)
    })
  })
  const rows = table.map(sum)
  const columns = table.map((_, column) => sum(table.map((row) => row[column]!)))
  const total = sum(rows)
  if (total === 0) throw invalid(where, "there are no ratings")

  const disagreement = disagreementWeight(weights, table.length)
  let observed = 0
  let expected = 0
  table.forEach((row, r) => {
    row.forEach((entry, c) => {
      observed += (disagreement(r, c) * entry) / total
      expected += (disagreement(r, c) * (rows[r]! / total) * columns[c]!) / total
    })
  })
  return {
    kappa: expected === 0 ? null : 1 - observed / expected,
    observedAgreement: 1 - observed,
    expectedAgreement: 1 - expected
  }
}

/** 0 on the diagonal, 1 for the largest possible disagreement. */
const disagreementWeight = (weights: KappaWeights, categories: number): ((r: number, c: number) => number) => {
  switch (weights) {
    case "none":
      return (r, c) => (r === c ? 0 : 1)
    case "linear":
      return (r, c) => (r === c ? 0 : Math.abs(r - c) / (categories - 1))
    case "quadratic":
      return (r, c) => (r === c ? 0 : ((r - c) / (categories - 1)) ** 2)
  }
}
