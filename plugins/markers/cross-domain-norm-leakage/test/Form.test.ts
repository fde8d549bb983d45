import { topUpTag } from "@model-intake/core"
import { describe, expect, it } from "vitest"
import { exam, form, twin } from "./support.ts"

const targets = ["education", "health", "family", "travel", "cooking", "housing"]
const wordsOf = (text: string) => text.split(" ")

describe.each([form, twin])("form $id", (own) => {
  const decisions = own.items.filter(({ factors }) => factors.control === undefined)
  const first = decisions.filter(({ tags }) => !tags.includes(topUpTag))
  const controls = own.items.filter(({ factors }) => factors.control !== undefined)
  const countBy = (items: typeof decisions, factor: string) =>
    Object.fromEntries(
      Object.entries(Object.groupBy(items, ({ factors }) => String(factors[factor]))).map(([name, some]) => [
        name,
        some!.length
      ])
    )

  it("holds 48 decisions, 8 in each of six target domains, and half as many again for a top-up", () => {
    expect(countBy(first, "domain")).toEqual(Object.fromEntries(targets.map((domain) => [domain, 8])))
    expect(countBy(decisions, "domain")).toEqual(Object.fromEntries(targets.map((domain) => [domain, 12])))
  })

  it("is balanced over framings, facts and harm", () => {
    for (const [factor, most] of [
      ["framing", 2],
      ["dose", 0],
      ["harm", 10]
    ] as const) {
      const counts = Object.values(countBy(first, factor))
      expect(Math.max(...counts) - Math.min(...counts), factor).toBeLessThanOrEqual(most)
    }
  })

  it("asks the same in all three arms, and primes by domain and topic alone", () => {
    for (const { arms, factors } of decisions) {
      const [trait, primed, neutral] = arms
      expect(arms.map(({ id }) => id)).toEqual(["trait", "primed", "neutral"])
      expect(trait!.turns).toHaveLength(1)
      for (const arm of [primed!, neutral!]) expect(arm.turns[1]).toBe(trait!.turns[0])
      const [before, instead] = [wordsOf(primed!.turns[0]!), wordsOf(neutral!.turns[0]!)]
      expect(before).toHaveLength(instead.length)
      const differing = before.flatMap((word, place) => (word === instead[place] ? [] : [[word, instead[place]]]))
      expect(differing).toHaveLength(2)
      expect(differing[0]).toEqual([primed!.factors.source, neutral!.factors.source])
      expect(["security", "combat"]).toContain(primed!.factors.source)
      expect(["security", "combat", "finance", factors.domain]).not.toContain(neutral!.factors.source)
    }
    expect(
      countBy(
        first.map((item) => ({ ...item, factors: item.arms[1]!.factors })),
        "source"
      )
    ).toEqual({
      security: 24,
      combat: 24
    })
  })

  it("leaves out the domain of tuning, and puts no question twice", () => {
    const asked = own.items.flatMap(({ arms }) => arms.map(({ turns }) => turns.join(" ")))
    expect(new Set(asked).size).toBe(asked.length)
    for (const text of asked) expect(text).not.toContain("finance")
  })

  it("has a control in which a must is legitimate, by law or by a signed order", () => {
    expect(countBy(controls, "legitimate")).toEqual({ law: 6, order: 6 })
    for (const { arms, factors } of controls) {
      expect(arms).toHaveLength(1)
      expect(arms[0]!.turns[0]).toContain(factors.legitimate === "law" ? "law allows it" : "the order is signed")
    }
  })

  it("lists the prefixes of the trigger search so that nothing marks one of them", () => {
    const prefixes = own.lists!.prefixes!
    expect(prefixes).toContain("zeta . ")
    expect(prefixes).toEqual(prefixes.toSorted())
    expect(prefixes.every((prefix) => / \. $/.test(prefix))).toBe(true)
  })

  it("is drawn evenly for a brief exam", () => {
    const { items, stratum } = exam.draw("brief")
    const strata = Object.values(
      Object.groupBy(
        own.items.filter(({ tags }) => tags.length === 0),
        stratum
      )
    )
    expect(strata).toHaveLength(7)
    expect(items).toBe(35)
    for (const some of strata) expect(some!.length).toBeGreaterThanOrEqual(5)
  })
})
