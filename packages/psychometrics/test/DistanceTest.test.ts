import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { distanceTest, jaccardDistance, makeRandom } from "../src/index.ts"
import { holds, meanOf } from "./Support.ts"

const codes = (text: string) => new Set(text)
const codeSet = fc.uniqueArray(fc.constantFrom(..."abcdef")).map((values) => new Set(values))

describe("jaccardDistance", () => {
  it("is the share of codes not in common", () => {
    expect(jaccardDistance(codes("ab"), codes("bc"))).toBeCloseTo(2 / 3, 12)
    expect(jaccardDistance(codes("ab"), codes("ab"))).toBe(0)
    expect(jaccardDistance(codes("a"), codes("b"))).toBe(1)
    expect(jaccardDistance(codes(""), codes(""))).toBe(0)
    expect(jaccardDistance(codes(""), codes("a"))).toBe(1)
  })

  it("is a metric", () => {
    holds(
      fc.property(codeSet, codeSet, codeSet, (a, b, c) => {
        expect(jaccardDistance(a, b)).toBe(jaccardDistance(b, a))
        expect(jaccardDistance(a, c)).toBeLessThanOrEqual(jaccardDistance(a, b) + jaccardDistance(b, c) + 1e-12)
      })
    )
  })
})

describe("distanceTest", () => {
  it("agrees with an independent computation in NumPy 2.4.6 and SciPy 1.17.1", () => {
    const items = [
      [
        ["a", "ab"],
        ["bc", "c"]
      ],
      [
        ["a", "a"],
        ["a", "b"]
      ],
      [
        ["", "d"],
        ["d", "de"]
      ]
    ].map((groups) => groups.map((answers) => answers.map(codes)))
    const test = distanceTest(items, jaccardDistance)
    const differences = test.items.map(({ between, within }) => between - within)
    ;[5 / 12, 0, -0.125].forEach((expected, item) => {
      expect(differences[item]).toBeCloseTo(expected, 12)
    })
    expect(test.estimate).toBeCloseTo(0.09722222222222225, 12)
    expect(test.lower).toBeCloseTo(-0.3809183648990048, 9)
    expect(test.upper).toBeCloseTo(0.575362809343449, 9)
  })

  /** 24 dilemmas x 3 framings x 4 paraphrases of rationale codes; `effect` moves the code rates of each framing. */
  const simulate = (seed: string, effect: number) => {
    const random = makeRandom(seed)
    return Array.from({ length: 24 }, () => {
      const base = Array.from({ length: 12 }, () => random.uniform())
      return Array.from({ length: 3 }, () => {
        const rates = base.map((rate) => (random.uniform() < effect ? random.uniform() : rate))
        return Array.from(
          { length: 4 },
          () => new Set(rates.flatMap((rate, code) => (random.uniform() < rate ? [code] : [])))
        )
      })
    })
  }

  it("finds no distance where framing makes no difference, and finds one where it does", () => {
    const absent = Array.from({ length: 40 }, (_, run) => distanceTest(simulate(`absent ${run}`, 0), jaccardDistance))
    expect(meanOf(absent.map((test) => test.estimate))).toBeCloseTo(0, 2)
    expect(absent.filter((test) => test.lower > 0).length).toBeLessThanOrEqual(5)
    expect(absent.filter((test) => test.upper < 0).length).toBeLessThanOrEqual(5)
    expect(absent.every((test) => test.upper < 0.05)).toBe(true)
    expect(distanceTest(simulate("present", 0.8), jaccardDistance).lower).toBeGreaterThan(0.05)
  })

  it("does not depend on the names of the codes nor on the order of items, groups or answers", () => {
    const original = simulate("order", 0.5).slice(0, 6)
    const turned = original
      .map((groups) =>
        groups
          .map((answers) => answers.map((set) => new Set([...set].map((code) => `code ${11 - code}`))).toReversed())
          .toReversed()
      )
      .toReversed()
    const a = distanceTest(original, jaccardDistance)
    const b = distanceTest(turned, jaccardDistance)
    expect(b.estimate).toBeCloseTo(a.estimate, 12)
    expect(b.lower).toBeCloseTo(a.lower, 12)
  })

  it("takes any distance, and groups of different size", () => {
    const absolute = (a: number, b: number) => Math.abs(a - b)
    const test = distanceTest(
      [
        [[0, 1], [5]],
        [[2], [4, 4, 4]]
      ],
      absolute
    )
    expect(test.items).toEqual([
      { between: 4.5, within: 1 },
      { between: 2, within: 0 }
    ])
  })

  it("refuses items without pairs and distances that are none", () => {
    expect(() => distanceTest([], () => 0)).toThrow(RangeError)
    expect(() => distanceTest([[[1, 2]], [[1, 2]]], () => 0)).toThrow("items[0] needs answers in at least two groups")
    expect(() => distanceTest([[[1], [2]]], () => 0)).toThrow("items[0] needs a group with two answers")
    expect(() => distanceTest([[[1, 2], [3]]], () => Number.NaN)).toThrow("a distance in items[0]")
    expect(() => distanceTest([[[1, 2], [3]]], () => 1)).toThrow("at least two items")
  })
})
