/** What two arms of an item do not share: it ought to be the factor, and nothing else. */
import type { Arm, Item } from "@model-intake/core"

export interface ArmDiff {
  readonly item: string
  readonly arms: readonly [string, string]
  /** Stretches of words that only the first arm has, in order. */
  readonly removed: ReadonlyArray<string>
  /** Stretches of words that only the second arm has, in order. */
  readonly added: ReadonlyArray<string>
  /** Words that both have in the same order, as a share of the longer arm, 0 to 1. */
  readonly shared: number
}

/** The difference of every pair of arms, by words; the longest common subsequence is what they share. */
export const diffArms = (item: Item): ReadonlyArray<ArmDiff> =>
  item.arms.flatMap((first, index) => item.arms.slice(index + 1).map((second) => diffPair(item.id, first, second)))

const wordsOf = ({ system, turns }: Arm): ReadonlyArray<string> =>
  [system ?? "", ...turns.map((turn) => `¶ ${turn}`)]
    .join(" ")
    .split(/\s+/)
    .filter((word) => word !== "")

const diffPair = (item: string, first: Arm, second: Arm): ArmDiff => {
  const [a, b] = [wordsOf(first), wordsOf(second)]
  const common = commonLengths(a, b)
  const removed: Array<string> = []
  const added: Array<string> = []
  let [i, j, kept] = [0, 0, 0]
  let [left, right]: [Array<string>, Array<string>] = [[], []]
  const close = () => {
    if (left.length > 0) removed.push(left.join(" "))
    if (right.length > 0) added.push(right.join(" "))
    ;[left, right] = [[], []]
  }
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      close()
      kept++
      i++
      j++
    } else if (j === b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)) left.push(a[i++]!)
    else right.push(b[j++]!)
  }
  close()
  return { item, arms: [first.id, second.id], removed, added, shared: kept / Math.max(a.length, b.length) }
}

/** Length of the longest common subsequence of each pair of tails. */
const commonLengths = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): ReadonlyArray<ArrayLike<number>> => {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i]![j] = a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!)
    }
  }
  return table
}
