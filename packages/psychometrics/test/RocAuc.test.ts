import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { makeRandom, rocAuc, rocAucLengthMatched, rocAucWithinGroups } from "../src/index.ts"
import { holds } from "./Support.ts"

/** The definition: all pairs, ties one half. */
const countPairs = (scores: ReadonlyArray<number>, labels: ReadonlyArray<boolean>): number => {
  let won = 0
  let pairs = 0
  scores.forEach((positive, i) => {
    scores.forEach((negative, j) => {
      if (!labels[i] || labels[j]) return
      pairs++
      won += positive > negative ? 1 : positive === negative ? 0.5 : 0
    })
  })
  return won / pairs
}

const scored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), { minLength: 2, maxLength: 25 })
  .filter((rows) => rows.some(([, label]) => label) && rows.some(([, label]) => !label))

const split = (rows: ReadonlyArray<readonly [number, boolean]>) => ({
  scores: rows.map(([score]) => score),
  labels: rows.map(([, label]) => label)
})

describe("rocAuc", () => {
  it("gives the published DeLong interval for the CT ratings of Hanley and McNeil (1982), table I", () => {
    // Stata reference manual, roctab: area 0.8932, standard error 0.0307, 95 % interval 0.83295 to 0.95339.
    const normal = [33, 6, 6, 11, 2]
    const abnormal = [3, 2, 2, 11, 33]
    const ratings = (counts: ReadonlyArray<number>) =>
      counts.flatMap((count, rating) => new Array<number>(count).fill(rating + 1))
    const scores = [...ratings(normal), ...ratings(abnormal)]
    const labels = scores.map((_, index) => index >= 58)
    const auc = rocAuc(scores, labels, 0.975)
    expect(auc.estimate).toBeCloseTo(0.8932, 4)
    expect(auc.standardError).toBeCloseTo(0.0307, 4)
    expect(auc.lower).toBeCloseTo(0.83295, 4)
    expect(auc.upper).toBeCloseTo(0.95339, 4)
    expect(auc).toMatchObject({ positives: 51, negatives: 58 })
  })

  it("agrees with scikit-learn 1.9.1 and with DeLong's variance over all pairs in NumPy 2.4.6", () => {
    const scores = [0.1, 0.4, 0.35, 0.8, 0.65, 0.9, 0.5, 0.5, 0.3, 0.7, 0.2, 0.6]
    const labels = [0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1].map(Boolean)
    const auc = rocAuc(scores, labels)
    expect(auc.estimate).toBeCloseTo(0.8472222222222222, 12)
    expect(auc.standardError).toBeCloseTo(0.11553685746158568, 12)
    expect(auc.upper).toBe(1)
  })

  it("counts pairs, mirrors and ignores order and monotone transforms of the score", () => {
    holds(
      fc.property(scored, (rows) => {
        const { labels, scores } = split(rows)
        const auc = rocAuc(scores, labels)
        expect(auc.estimate).toBeCloseTo(countPairs(scores, labels), 12)
        expect(auc.lower).toBeLessThanOrEqual(auc.estimate)
        expect(auc.upper).toBeGreaterThanOrEqual(auc.estimate)
        const mirrored = rocAuc(
          scores.map((score) => -score),
          labels
        )
        expect(mirrored.estimate).toBeCloseTo(1 - auc.estimate, 12)
        expect(mirrored.standardError).toBeCloseTo(auc.standardError, 9)
        const cubed = rocAuc(scores.map((score) => score ** 3).toReversed(), labels.toReversed())
        expect(cubed.estimate).toBeCloseTo(auc.estimate, 12)
      })
    )
  })

  it("covers the true area about as often as it says", () => {
    const random = makeRandom("delong")
    // Positives are uniform on [0.3, 1.3] and negatives on [0, 1]: the area is 1 - 0.7 * 0.7 / 2.
    let below = 0
    let above = 0
    for (let run = 0; run < 600; run++) {
      const labels = Array.from({ length: 80 }, (_, index) => index < 40)
      const auc = rocAuc(
        labels.map((label) => random.uniform() + (label ? 0.3 : 0)),
        labels
      )
      if (auc.lower > 0.755) below++
      if (auc.upper < 0.755) above++
    }
    expect(Math.abs(below / 600 - 0.05)).toBeLessThan(0.03)
    expect(Math.abs(above / 600 - 0.05)).toBeLessThan(0.03)
  })

  it("keeps a width where every pair is won and where a class has one member", () => {
    const perfect = rocAuc([1, 2, 3, 4], [false, false, true, true])
    expect(perfect).toMatchObject({ estimate: 1, upper: 1, standardError: 0 })
    expect(perfect.lower).toBeLessThan(0.6)
    const single = rocAuc([1, 2, 3], [false, true, false])
    expect(single.estimate).toBe(0.5)
    expect(single.standardError).toBe(0.5)
  })
})

describe("rocAucWithinGroups", () => {
  it("counts pairs of the same group only", () => {
    holds(
      fc.property(scored, fc.array(fc.constantFrom("a", "b", "c"), { minLength: 25, maxLength: 25 }), (rows, names) => {
        const { labels, scores } = split(rows)
        const groups = names.slice(0, rows.length)
        const members = (name: string) => split(rows.filter((_, index) => groups[index] === name))
        const usable = ["a", "b", "c"]
          .map(members)
          .filter((group) => group.labels.includes(true) && group.labels.includes(false))
        fc.pre(usable.length > 0)
        const pairsOf = (group: { labels: ReadonlyArray<boolean> }) =>
          group.labels.filter(Boolean).length * group.labels.filter((label) => !label).length
        const pairs = usable.reduce((total, group) => total + pairsOf(group), 0)
        const won = usable.reduce((total, group) => total + pairsOf(group) * countPairs(group.scores, group.labels), 0)
        const auc = rocAucWithinGroups(scores, labels, groups)
        expect(auc.estimate).toBeCloseTo(won / pairs, 12)
        expect(auc.groups).toBe(usable.length)
        expect(auc.groups + auc.skippedGroups).toBe(new Set(groups).size)
      })
    )
  })

  it("sees through a score that only tells groups apart", () => {
    const groups = Array.from({ length: 40 }, (_, index) => (index < 20 ? "model a" : "model b"))
    const labels = groups.map((group, index) => index % 4 === 0 || (group === "model b" && index % 2 === 0))
    const scores = groups.map((group) => (group === "model b" ? 1 : 0))
    expect(rocAuc(scores, labels).estimate).toBeGreaterThan(0.6)
    expect(rocAucWithinGroups(scores, labels, groups).estimate).toBe(0.5)
  })

  it("is the pooled area where there is one group", () => {
    const scores = [1, 3, 2, 5, 4]
    const labels = [false, true, false, true, false]
    expect(rocAucWithinGroups(scores, labels, ["x", "x", "x", "x", "x"])).toMatchObject(rocAuc(scores, labels))
  })
})

describe("rocAucLengthMatched", () => {
  it("takes most of the area from a score that is length itself", () => {
    const random = makeRandom("lengths")
    const labels = Array.from({ length: 2000 }, () => random.uniform() < 0.5)
    const lengths = labels.map((label) => 100 + 100 * random.uniform() + (label ? 40 : 0))
    expect(rocAuc(lengths, labels).estimate).toBeGreaterThan(0.75)
    expect(rocAucLengthMatched(lengths, labels, lengths, { strata: 50 }).estimate).toBeLessThan(0.55)
  })

  it("keeps texts of equal length together", () => {
    const lengths = [10, 10, 10, 10, 20, 20, 20, 20]
    const labels = [true, false, true, false, true, false, true, false]
    const result = rocAucLengthMatched([2, 1, 2, 1, 2, 1, 2, 1], labels, lengths, { strata: 2 })
    expect(result).toMatchObject({ estimate: 1, groups: 2, skippedGroups: 0 })
  })
})

it("refuses input out of range", () => {
  expect(() => rocAuc([], [])).toThrow(RangeError)
  expect(() => rocAuc([1, 2], [true])).toThrow("must have the same length, got 2 and 1")
  expect(() => rocAuc([1, 2], [true, true])).toThrow("both classes")
  expect(() => rocAuc([1, Number.NaN], [true, false])).toThrow(RangeError)
  expect(() => rocAuc([1, 2], [true, false], 0.3)).toThrow(RangeError)
  expect(() => rocAucWithinGroups([1, 2], [true, false], ["a", "b"])).toThrow("no group holds both classes")
  expect(() => rocAucWithinGroups([1, 2], [true, false], ["a"])).toThrow(RangeError)
  expect(() => rocAucLengthMatched([1, 2], [true, false], [1, 2], { strata: 0 })).toThrow(RangeError)
  expect(() => rocAucLengthMatched([1, 2], [true, false], [1])).toThrow(RangeError)
})
