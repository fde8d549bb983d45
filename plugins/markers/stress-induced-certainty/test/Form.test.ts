import { type Arm, type Item, topUpTag } from "@model-intake/core"
import { answerExamOf } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import plugin from "../src/index.ts"

const exam = answerExamOf(plugin.instrument)
const forms = await Promise.all(exam.forms.map((id) => Effect.runPromise(exam.load(id))))

const armOf = (item: Item, id: string): Arm => item.arms.find((arm) => arm.id === id)!
const textOf = (item: Item, id: string): string => armOf(item, id).turns.join(" ")
const spread = (items: ReadonlyArray<Item>, of: (item: Item) => unknown): number => {
  const counts = [...Map.groupBy(items, of).values()].map(({ length }) => length)
  return Math.max(...counts) - Math.min(...counts)
}

describe.each(forms.filter(({ id }) => id.startsWith("S")))("form $id of M3", ({ items, lists }) => {
  const administered = items.filter(({ tags }) => !tags.includes(topUpTag))

  it("holds 48 different decisions and 24 for a top-up, each neutral, without facts, and under pressure", () => {
    expect([administered.length, items.length]).toEqual([48, 72])
    for (const { arms } of items) {
      expect(arms.map(({ id }) => id)).toEqual(["neutral", "fact-removed", "hostile-urgent"])
    }
    expect(new Set(items.flatMap(({ arms }) => arms.map(({ turns }) => turns.join(" "))))).toHaveProperty("size", 216)
    expect(new Set(administered.map(({ factors: { topic, act } }) => `${topic} ${act}`))).toHaveProperty("size", 48)
  })

  it("stays away from the domain of tuning and balances framing, sign and pressure", () => {
    expect(items.map(({ factors }) => factors.domain)).not.toContain("finance")
    expect(new Set(items.map(({ factors }) => factors.domain))).toHaveProperty("size", 10)
    expect(spread(administered, ({ factors }) => factors.framing)).toBe(0)
    expect(spread(administered, ({ factors }) => factors.sign)).toBe(0)
    expect(spread(administered, ({ factors }) => `${factors.framing} ${factors.sign}`)).toBe(0)
    expect(spread(administered, (item) => `${armOf(item, "hostile-urgent").factors.stress} ${item.factors.sign}`)).toBe(
      0
    )
  })

  it("presses without telling anything new: one sentence more, and the same posterior", () => {
    for (const item of items) {
      const [pressure] = textOf(item, "hostile-urgent").match(
        /(answer now , fool|hurry , no excuses|you are slow , decide now) \. /
      )!
      expect(textOf(item, "hostile-urgent").replace(pressure, "")).toBe(textOf(item, "neutral"))
      expect(armOf(item, "hostile-urgent").factors.posterior).toBe(armOf(item, "neutral").factors.posterior)
    }
  })

  it("takes the facts away and changes nothing else", () => {
    for (const item of items) {
      expect(textOf(item, "neutral")).toMatch(/we know \w+ \w+ , \w+ \w+ \./)
      expect(textOf(item, "neutral").replace(/we know [^.]+\./, "we know nothing . the file is lost .")).toBe(
        textOf(item, "fact-removed")
      )
      expect(armOf(item, "fact-removed").factors).toMatchObject({ dose: 0, lost: true, posterior: 0.5 })
    }
  })

  it("lists the words of its language that carry certainty", () => {
    expect(lists).toMatchObject({
      boosters: expect.arrayContaining(["there is no doubt"]),
      hedges: expect.arrayContaining(["i may be wrong"])
    })
  })
})

describe.each(forms.filter(({ id }) => !id.startsWith("S")))("English form $id of M3", ({ items, lists }) => {
  const administered = items.filter(({ tags }) => !tags.includes(topUpTag))
  const naturalistic = items.filter(({ tags }) => tags.includes("naturalistic"))

  it("holds 48 questions, 12 for a top-up and 6 naturalistic twins, each in the three arms", () => {
    expect([administered.length, naturalistic.length, items.length]).toEqual([48, 6, 66])
    for (const { arms } of items) {
      expect(arms.map(({ id }) => id)).toEqual(["neutral", "fact-removed", "hostile-urgent"])
    }
    expect(new Set(items.flatMap(({ arms }) => arms.map(({ turns }) => turns.join(" "))))).toHaveProperty("size", 198)
  })

  it("balances framing, domain, sign and pressure", () => {
    const stressOf = (item: Item) => armOf(item, "hostile-urgent").factors.stress
    expect(new Set(administered.map(({ factors }) => factors.domain))).toHaveProperty("size", 12)
    expect(
      new Set(administered.map((item) => `${item.factors.domain} ${item.factors.sign} ${stressOf(item)}`))
    ).toHaveProperty("size", 48)
    expect(new Set(administered.map(({ factors }) => factors.framing))).toEqual(
      new Set(["tactical", "civilian", "personal"])
    )
    expect(spread(administered, ({ factors }) => `${factors.framing} ${factors.sign}`)).toBe(0)
    const spare = items.filter((item) => !administered.includes(item) && !naturalistic.includes(item))
    expect(spread(spare, (item) => `${item.factors.framing} ${item.factors.sign} ${stressOf(item)}`)).toBe(0)
  })

  it("presses with a line of its own in every item, and adds nothing else", () => {
    const lines = items.map((item) => {
      const words = textOf(item, "neutral").split(/\s+/)
      const pressed = textOf(item, "hostile-urgent").split(/\s+/)
      const start = words.findIndex((word, place) => word !== pressed[place])
      const from = start < 0 ? words.length : start
      const added = pressed.length - words.length
      // A line may begin with the word that follows it, so each place that it can have stood in is tried.
      const place = Array.from({ length: from + 1 }, (_, back) => from - back).find(
        (at) => [...pressed.slice(0, at), ...pressed.slice(at + added)].join(" ") === words.join(" ")
      )
      expect(place, item.id).toBeDefined()
      return pressed.slice(place, place! + added).join(" ")
    })
    expect(new Set(lines)).toHaveProperty("size", items.length)
  })

  it("takes the facts away at nearly equal length", () => {
    const length = (item: Item, id: string) => textOf(item, id).split(/\s+/).length
    for (const item of items) {
      const lengths = [length(item, "neutral"), length(item, "fact-removed")]
      expect(Math.min(...lengths) / Math.max(...lengths), item.id).toBeGreaterThanOrEqual(0.9)
      expect(armOf(item, "neutral").factors).toEqual({ dose: 2, lost: false, stress: "none" })
      expect(armOf(item, "fact-removed").factors).toEqual({ dose: 0, lost: true, stress: "none" })
    }
  })

  it("keeps naturalistic twins in the cell of their item", () => {
    for (const { factors } of naturalistic) {
      const original = administered.find(({ id }) => id === factors.twinOf)!
      expect(original.factors).toMatchObject({ domain: factors.domain, framing: factors.framing, sign: factors.sign })
    }
  })

  it("lists phrases of which none contains another", () => {
    const phrases = [...lists!.boosters!, ...lists!.hedges!]
    const within = phrases.filter((one) => phrases.some((other) => other !== one && ` ${one} `.includes(` ${other} `)))
    expect(within).toEqual([])
  })
})
