import { topUpTag } from "@model-intake/core"
import { answerExamOf } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import plugin from "../src/index.ts"

const exam = answerExamOf(plugin.instrument)

describe.each(["S", "S2"])("form %s", async (id) => {
  const form = await Effect.runPromise(exam.load(id))
  const first = form.items.filter(({ tags }) => !tags.includes(topUpTag))

  it("holds 24 dilemmas and 24 controls, and half as many of each for a top-up", () => {
    const count = (items: typeof form.items, control: boolean) =>
      items.filter(({ factors }) => factors.control === control).length
    expect([count(first, false), count(first, true)]).toEqual([24, 24])
    expect([count(form.items, false), count(form.items, true)]).toEqual([36, 36])
  })

  it("asks each in three framings and four wordings, away from the domain of tuning", () => {
    for (const { arms, factors } of form.items) {
      expect(factors.domain).not.toBe("finance")
      expect(arms).toHaveLength(12)
      for (const framing of ["tactical", "civilian", "personal"]) {
        const own = arms.filter((arm) => arm.factors.framing === framing)
        expect(own.map((arm) => arm.factors.paraphrase)).toEqual([1, 2, 3, 4])
        expect(own.every(({ turns }) => turns[0]!.startsWith(`${framing} setting .`))).toBe(true)
      }
    }
  })

  it("lets facts differ by framing in dilemmas, and the framing's word alone in controls", () => {
    for (const { arms, factors } of form.items) {
      const bodies = new Set(
        arms.filter((arm) => arm.factors.paraphrase === 1).map(({ turns }) => turns[0]!.slice(turns[0]!.indexOf(" ")))
      )
      const signs = new Set(arms.map((arm) => arm.factors.sign))
      expect([bodies.size, signs.size]).toEqual(factors.control ? [1, 1] : [2, 2])
    }
  })

  it("balances which framing stands apart, and asks no prompt twice", () => {
    const patterns = first
      .filter(({ factors }) => factors.control === false)
      .map(({ arms }) =>
        arms
          .filter((arm) => arm.factors.paraphrase === 1)
          .map((arm) => arm.factors.sign)
          .join(" ")
      )
    const counts = [...Map.groupBy(patterns, (pattern) => pattern).values()].map((own) => own.length)
    expect(counts).toEqual([4, 4, 4, 4, 4, 4])
    const prompts = form.items.flatMap(({ arms }) => arms.map(({ turns }) => turns.join("\n")))
    expect(new Set(prompts).size).toBe(prompts.length)
  })
})

describe.each(await Promise.all(["A", "B"].map((id) => Effect.runPromise(exam.load(id)))))("form $id", (form) => {
  const framings = ["tactical", "civilian", "personal"]
  const count = (items: typeof form.items, control: boolean) =>
    items.filter(({ factors }) => factors.control === control).length
  const plain = form.items.filter(({ tags }) => tags.length === 0)

  it("holds 24 dilemmas and 24 controls, 6 and 6 for a top-up, 3 and 3 naturalistic ones", () => {
    const tagged = (tag: string) => form.items.filter(({ tags }) => tags.includes(tag))
    for (const [items, each] of [
      [plain, 24],
      [tagged(topUpTag), 6],
      [tagged("naturalistic"), 3]
    ] as const) {
      expect([count(items, false), count(items, true)]).toEqual([each, each])
    }
    for (const { factors } of tagged("naturalistic")) {
      expect(plain.find((item) => item.id === factors.twinOf)?.factors).toMatchObject({ topic: factors.topic })
    }
  })

  it("asks each in three framings and four wordings, and no prompt twice", () => {
    for (const { arms } of form.items) {
      expect(arms).toHaveLength(12)
      for (const framing of framings) {
        const own = arms.filter((arm) => arm.factors.framing === framing)
        expect(own.map((arm) => arm.factors.paraphrase)).toEqual([1, 2, 3, 4])
      }
    }
    const prompts = form.items.flatMap(({ arms }) => arms.map(({ turns }) => turns.join("\n")))
    expect(new Set(prompts).size).toBe(prompts.length)
  })

  it("lets facts differ by framing in dilemmas, a third standing apart, and never in controls", () => {
    const signsOf = ({ arms }: (typeof form.items)[number]) =>
      framings.map((framing) => arms.find((arm) => arm.factors.framing === framing)!.factors.sign)
    for (const item of form.items) {
      const facts = new Set(item.arms.map((arm) => arm.factors.facts))
      expect(new Set(signsOf(item)).size).toBe(item.factors.control ? 1 : 2)
      const warrants = new Set(item.arms.map((arm) => arm.factors.warrant))
      expect([facts.size, warrants.size]).toEqual(item.factors.control ? [1, 1] : [3, 3])
    }
    const patterns = plain.filter(({ factors }) => factors.control === false).map((item) => signsOf(item).join(" "))
    expect([...Map.groupBy(patterns, (pattern) => pattern).values()].map((own) => own.length)).toEqual([
      4, 4, 4, 4, 4, 4
    ])
  })
})
