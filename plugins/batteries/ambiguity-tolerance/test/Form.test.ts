import { type Arm, factorOf, type Item, topUpTag } from "@model-intake/core"
import { answerExamOf } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { containsPhrase } from "../src/Certainty.ts"
import plugin from "../src/index.ts"

const exam = answerExamOf(plugin.instrument)
const forms = await Promise.all(exam.forms.map((id) => Effect.runPromise(exam.load(id))))

const doses = ["dose-0", "dose-1", "dose-2", "dose-3"] as const
const armOf = (item: Item, id: string): Arm => item.arms.find((arm) => arm.id === id)!
const textOf = (item: Item, id: string): string => armOf(item, id).turns.join(" ")
const factsOf = (item: Item, id: string): ReadonlyArray<string> => {
  const known = /we know ([^.]+) \./.exec(textOf(item, id))![1]!
  return known === "nothing" ? [] : known.split(" , ")
}
const spread = (items: ReadonlyArray<Item>, factor: string): number => {
  const counts = [...Map.groupBy(items, ({ factors }) => factors[factor]).values()].map(({ length }) => length)
  return Math.max(...counts) - Math.min(...counts)
}

describe.each(forms.filter(({ id }) => id.startsWith("S")))("form $id of B2", ({ items }) => {
  const administered = items.filter(({ tags }) => !tags.includes(topUpTag))

  it("holds 40 different vignettes and 20 for a top-up, each in four doses and settled", () => {
    expect([administered.length, items.length]).toEqual([40, 60])
    for (const { arms } of items) expect(arms.map(({ id }) => id)).toEqual([...doses, "settled"])
    expect(new Set(items.flatMap(({ arms }) => arms.map(({ turns }) => turns.join(" "))))).toHaveProperty("size", 300)
    expect(new Set(administered.map(({ factors: { topic, act } }) => `${topic} ${act}`))).toHaveProperty("size", 40)
  })

  it("stays away from the domain of tuning and balances framing and sign", () => {
    expect(items.map(({ factors }) => factors.domain)).not.toContain("finance")
    expect(new Set(items.map(({ factors }) => factors.domain))).toHaveProperty("size", 10)
    expect(spread(administered, "framing")).toBeLessThanOrEqual(1)
    expect(spread(administered, "sign")).toBe(0)
  })

  it("adds one fact from dose to dose and changes nothing else", () => {
    const elsewhere = (item: Item, id: string) => textOf(item, id).replace(/we know [^.]+\. /, "")
    for (const item of items) {
      for (const [dose, id] of doses.entries()) {
        expect(factsOf(item, id)).toHaveLength(dose)
        if (dose > 0) expect(factsOf(item, id).slice(0, -1)).toEqual(factsOf(item, doses[dose - 1]!))
        expect(elsewhere(item, id)).toBe(elsewhere(item, "dose-0"))
      }
      expect(textOf(item, "settled").replace(/it is settled that law \w+ it \. /, "")).toBe(elsewhere(item, "dose-0"))
    }
  })

  it("carries the posterior of each dose: 7^k / (7^k + 3^k) for or against, and 0.99 once settled", () => {
    for (const item of items) {
      const isFor = item.factors.sign === "for"
      const posteriors = item.arms.map((arm) => factorOf(item, arm, "posterior") as number)
      const expected = [0.5, 0.7, 0.845, 0.927, 0.99].map((one) => (isFor ? one : 1 - one))
      for (const [index, posterior] of posteriors.entries()) expect(posterior).toBeCloseTo(expected[index]!, 3)
      expect(textOf(item, "settled")).toContain(isFor ? "law allows it" : "law forbids it")
    }
  })

  it("marks the twins, and only them", () => {
    for (const { arms } of items) {
      expect(arms.filter(({ factors }) => factors.twin === true).map(({ id }) => id)).toEqual(["settled"])
    }
  })
})

const english = forms.filter(({ id }) => !id.startsWith("S"))

describe.each(english)("English form $id of B2", ({ items, lists }) => {
  const administered = items.filter(({ tags }) => !tags.includes(topUpTag))
  const naturalistic = items.filter(({ tags }) => tags.includes("naturalistic"))
  const likelier = (item: Item, id: string) => {
    const posterior = armOf(item, id).factors.posterior as number
    return Math.max(posterior, 1 - posterior)
  }

  it("holds 40 vignettes, 12 for a top-up and 4 naturalistic twins, each in four doses and settled", () => {
    expect([administered.length, naturalistic.length, items.length]).toEqual([40, 4, 56])
    for (const { arms } of items) {
      expect(arms.map(({ id }) => id)).toEqual([...doses, "settled"])
      expect(arms.map(({ factors }) => factors.dose)).toEqual([0, 1, 2, 3, 4])
      expect(arms.map(({ factors }) => factors.twin)).toEqual([false, false, false, false, true])
    }
    expect(new Set(items.flatMap(({ arms }) => arms.map(({ turns }) => turns.join(" "))))).toHaveProperty("size", 280)
  })

  it("balances framing and sign over twelve domains", () => {
    expect(new Set(administered.map(({ factors }) => factors.domain))).toHaveProperty("size", 12)
    expect(spread(administered, "framing")).toBeLessThanOrEqual(1)
    expect(spread(administered, "sign")).toBe(0)
  })

  it("gives little information at most 0.76, and more with every sign", () => {
    for (const item of items) {
      const certain = doses.map((id) => likelier(item, id))
      expect(certain, item.id).toEqual(certain.toSorted((a, b) => a - b))
      expect(certain[0], item.id).toBeLessThanOrEqual(0.6)
      expect(certain[1], item.id).toBeLessThanOrEqual(0.76)
      expect(certain[3], item.id).toBeGreaterThanOrEqual(0.9)
      const isFor = item.factors.sign === "for"
      expect((armOf(item, "dose-3").factors.posterior as number) > 0.5).toBe(isFor)
      expect(armOf(item, "settled").factors.posterior).toBe(isFor ? 0.99 : 0.01)
    }
  })

  it("adds to the text from dose to dose and leaves no slot in it", () => {
    for (const item of items) {
      const texts = item.arms.map(({ id }) => textOf(item, id))
      for (const text of texts) expect(text, item.id).not.toMatch(/[{}]/)
      for (const text of texts) expect(text, item.id).toMatch(/\d|\b(half|thirds?|quarters?|fifths?|ten|twenty)\b/)
      const lengths = texts.slice(0, 4).map(({ length }) => length)
      expect(lengths).toEqual(lengths.toSorted((a, b) => a - b))
    }
  })

  it("lists hedges that its own plain prose does not trip", () => {
    const told = items.flatMap(({ arms }) => arms.map(({ turns }) => turns.join(" ")))
    expect(told.filter((text) => containsPhrase(text, lists!.hedges!))).toEqual([])
    expect(containsPhrase("Yes, 90 percent, though I could be wrong.", lists!.hedges!)).toBe(true)
    expect(
      containsPhrase("Yes: perhaps ask her too. It depends on the sign, and is probably so.", lists!.hedges!)
    ).toBe(false)
  })
})

it("computes the posterior from the numbers of the text", () => {
  const item = english.find(({ id }) => id === "A")!.items[0]!
  expect(textOf(item, "dose-3")).toMatch(/45 percent.*7 in 10.*3 in 10.*60 percent.*20 percent.*8 of 10.*3 of 10/)
  const odds = [1, 7 / 3, 7, (7 * 8) / 3].map((ratio) => (0.45 / 0.55) * ratio)
  for (const [dose, id] of doses.entries()) {
    expect(armOf(item, id).factors.posterior).toBeCloseTo(odds[dose]! / (1 + odds[dose]!), 5)
  }
})
