import { checkFinite, invalid } from "./internal/Check.ts"

/** Raters x units; `null` where a rater did not rate a unit. */
export type RatingTable<A> = ReadonlyArray<ReadonlyArray<A | null>>

export interface KrippendorffAlpha {
  /**
   * 1 is perfect agreement, 0 what chance gives, below 0 systematic disagreement. `null` where all pairable values are
   * the same: agreement cannot be told from raters who never vary, so it must not be read as agreement.
   */
  readonly alpha: number | null
  readonly observedDisagreement: number
  readonly expectedDisagreement: number
  /** Units with at least two ratings. */
  readonly units: number
  /** Ratings on those units. */
  readonly values: number
}

/**
 * Krippendorff's alpha for categories without order.
 *
 * Source of all three: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011). Missing ratings are allowed; a
 * unit with a single rating carries no information on agreement and is left out.
 *
 * @throws RangeError on a number that is not finite, rows of different length, or where no unit has two ratings
 */
export const krippendorffNominal = (ratings: RatingTable<string | number>): KrippendorffAlpha => {
  checkRatings("krippendorffNominal", ratings)
  return alphaOf("krippendorffNominal", ratings, (a, b) => (a === b ? 0 : 1))
}

/**
 * Krippendorff's alpha for ordered categories: two values are as far apart as there are ratings between them.
 *
 * @throws RangeError as `krippendorffNominal`
 */
export const krippendorffOrdinal = (ratings: RatingTable<number>): KrippendorffAlpha => {
  checkRatings("krippendorffOrdinal", ratings)
  const units = pairableUnits("krippendorffOrdinal", ratings)
  const totals = [...marginals(units)].sort(([a], [b]) => a - b)
  const middles = new Map<number, number>()
  let below = 0
  for (const [value, count] of totals) {
    middles.set(value, below + count / 2)
    below += count
  }
  return alphaOf("krippendorffOrdinal", ratings, (a, b) => (middles.get(a)! - middles.get(b)!) ** 2)
}

/**
 * Krippendorff's alpha for values with equal steps: squared differences.
 *
 * @throws RangeError as `krippendorffNominal`
 */
export const krippendorffInterval = (ratings: RatingTable<number>): KrippendorffAlpha => {
  checkRatings("krippendorffInterval", ratings)
  return alphaOf("krippendorffInterval", ratings, (a, b) => (a - b) ** 2)
}

/**
 * Krippendorff's alpha for any distance between two values, such as one of sets that are written as text.
 *
 * @param distance symmetric, at least 0, and 0 for equal values
 * @throws RangeError as `krippendorffNominal`
 */
export const krippendorff = <A extends string | number>(
  ratings: RatingTable<A>,
  distance: (a: A, b: A) => number
): KrippendorffAlpha => {
  checkRatings("krippendorff", ratings)
  return alphaOf("krippendorff", ratings, distance)
}

/**
 * Distance of two sets for alpha (Passonneau, 2006, MASI): 1 minus Jaccard's index times 1 for equal sets, 2/3 where one
 * contains the other, 1/3 where they overlap and 0 where they share nothing. Two empty sets are equal.
 */
export const masiDistance = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  const common = [...a].filter((value) => b.has(value)).length
  const all = a.size + b.size - common
  if (all === 0 || common === all) return 0
  const monotony = common === Math.min(a.size, b.size) && common > 0 ? 2 / 3 : common > 0 ? 1 / 3 : 0
  return 1 - (common / all) * monotony
}

const alphaOf = <A>(where: string, ratings: RatingTable<A>, distance: (a: A, b: A) => number): KrippendorffAlpha => {
  const units = pairableUnits(where, ratings)
  const totals = marginals(units)
  const values = units.reduce((count, unit) => count + unit.length, 0)
  let observed = 0
  for (const unit of units) observed += pairDistance(marginals([unit]), distance) / (unit.length - 1)
  const observedDisagreement = observed / values
  const expectedDisagreement = pairDistance(totals, distance) / (values * (values - 1))
  return {
    alpha: totals.size === 1 ? null : 1 - observedDisagreement / expectedDisagreement,
    observedDisagreement,
    expectedDisagreement,
    units: units.length,
    values
  }
}

/** Ratings of each unit that has at least two of them. */
const pairableUnits = <A>(where: string, ratings: RatingTable<A>): Array<Array<A>> => {
  const unitCount = ratings[0]?.length
  if (unitCount === undefined) throw invalid(where, "ratings must not be empty")
  ratings.forEach((row, rater) => {
    if (row.length !== unitCount) {
      throw invalid(where, `ratings[${rater}] has ${row.length} units, the first row has ${unitCount}`)
    }
  })
  const units = Array.from({ length: unitCount }, (_, unit) =>
    ratings.map((row) => row[unit]!).filter((value) => value !== null)
  ).filter((unit) => unit.length >= 2) as Array<Array<A>>
  if (units.length === 0) throw invalid(where, "no unit has two ratings")
  return units
}

const marginals = <A>(units: ReadonlyArray<ReadonlyArray<A>>): Map<A, number> => {
  const counts = new Map<A, number>()
  for (const unit of units) for (const value of unit) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** Sum of distances over all ordered pairs of the counted values. */
const pairDistance = <A>(counts: ReadonlyMap<A, number>, distance: (a: A, b: A) => number): number => {
  const entries = [...counts]
  let total = 0
  entries.forEach(([a, countA], index) => {
    for (const [b, countB] of entries.slice(index + 1)) total += 2 * countA * countB * distance(a, b)
  })
  return total
}

const checkRatings = (where: string, ratings: RatingTable<string | number>): void => {
  ratings.forEach((row, rater) => {
    row.forEach((value, unit) => {
      if (typeof value === "number") checkFinite(where, `ratings[${rater}][${unit}]`, value)
    })
  })
}
