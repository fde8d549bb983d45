import { type TInterval, tInterval } from "./ClusteredT.ts"
import { conventions } from "./Conventions.ts"
import { checkNotNegative, invalid } from "./internal/Check.ts"
import { mean } from "./internal/Moments.ts"

/** Mean distances of one item. */
export interface ItemDistances {
  /** Over pairs from different groups. */
  readonly between: number
  /** Over pairs from the same group. */
  readonly within: number
}

export interface DistanceTest extends TInterval {
  readonly items: ReadonlyArray<ItemDistances>
}

/**
 * Share of the codes of two sets that only one of them has (Jaccard, 1901): 0 for equal sets, two empty ones included, 1
 * for disjoint ones.
 */
export const jaccardDistance = <A>(a: ReadonlySet<A>, b: ReadonlySet<A>): number => {
  let shared = 0
  for (const code of a) if (b.has(code)) shared++
  const union = a.size + b.size - shared
  return union === 0 ? 0 : 1 - shared / union
}

/**
 * How much further apart answers lie between groups than within them: per item the mean distance over pairs from
 * different groups minus the mean over pairs from the same group, with Student's interval over items. It is 0 on average
 * where groups make no difference, since both means then estimate the same noise.
 *
 * @param items items x groups x answers; at least two items, two groups, and one group with two answers in each item
 * @param distance symmetric, at least 0
 * @throws RangeError where an item has no pair of either kind, or a distance is negative or not finite
 */
export const distanceTest = <A>(
  items: ReadonlyArray<ReadonlyArray<ReadonlyArray<A>>>,
  distance: (a: A, b: A) => number,
  confidence: number = conventions.confidence
): DistanceTest => {
  const distances = items.map((groups, item) => itemDistances(item, groups, distance))
  if (distances.length === 0) throw invalid("distanceTest", "items must not be empty")
  const interval = tInterval(
    distances.map(({ between, within }) => between - within),
    confidence
  )
  return { ...interval, items: distances }
}

const itemDistances = <A>(
  item: number,
  groups: ReadonlyArray<ReadonlyArray<A>>,
  distance: (a: A, b: A) => number
): ItemDistances => {
  const between: Array<number> = []
  const within: Array<number> = []
  const answers = groups.flatMap((group, index) => group.map((answer) => ({ answer, group: index })))
  answers.forEach((a, position) => {
    for (const b of answers.slice(position + 1)) {
      const value = distance(a.answer, b.answer)
      checkNotNegative("distanceTest", `a distance in items[${item}]`, value)
      const pairs = a.group === b.group ? within : between
      pairs.push(value)
    }
  })
  if (between.length === 0) throw invalid("distanceTest", `items[${item}] needs answers in at least two groups`)
  if (within.length === 0) throw invalid("distanceTest", `items[${item}] needs a group with two answers`)
  return { between: mean(between), within: mean(within) }
}
