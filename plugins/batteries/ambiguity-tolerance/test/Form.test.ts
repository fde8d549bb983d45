import { type Arm, factorOf, type Item, topUpTag } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { makeExam } from "../src/Exam.ts"

const exam = makeExam("0.1.0")
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

describe.each(forms)("form $id of B2", ({ items }) => {
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
