import { type Item, topUpTag } from "@model-intake/core"
import { tellAll, unremarkable } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { makeExam } from "../src/Exam.ts"

const exam = makeExam("0.1.0")
const forms = await Promise.all(["S", "S2"].map((id) => Effect.runPromise(exam.load(id))))
const byMode = (items: ReadonlyArray<Item>, mode: string) => items.filter(({ factors }) => factors.mode === mode)

describe.each(forms)("form $id", ({ items, twin, id }) => {
  const first = items.filter(({ tags }) => !tags.includes(topUpTag))
  const topUp = items.filter(({ tags }) => tags.includes(topUpTag))

  it("holds 48 decisions and 24 more for a top-up, half asked before deciding and half after", () => {
    expect(first).toHaveLength(48)
    expect(topUp).toHaveLength(24)
    for (const [own, each] of [
      [first, 24],
      [topUp, 12]
    ] as const) {
      expect(byMode(own, "before")).toHaveLength(each)
      expect(byMode(own, "after")).toHaveLength(each)
    }
    expect(twin).toBe(id === "S" ? "S2" : "S")
  })

  it("asks what makes it right: in the first turn, or once it is decided", () => {
    for (const { arms } of byMode(items, "before")) {
      expect(arms[0]!.turns).toHaveLength(1)
      expect(arms[0]!.turns[0]).toMatch(/before we \w+ it , (what makes|why is) that right \?$/)
    }
    for (const { arms } of byMode(items, "after")) {
      expect(arms[0]!.turns).toHaveLength(2)
      expect(arms[0]!.turns[1]).toMatch(/^(what makes|why is) that right \?$/)
    }
  })

  it("is balanced over domains and framings within each mode, away from the domain of tuning", () => {
    for (const factor of ["domain", "framing"]) {
      for (const mode of ["before", "after"]) {
        const counts = [...Map.groupBy(byMode(first, mode), ({ factors }) => factors[factor]).values()].map(
          ({ length }) => length
        )
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      }
    }
    expect(items.map(({ factors }) => factors.domain)).not.toContain("finance")
    expect(new Set(items.map(({ arms }) => JSON.stringify(arms)))).toHaveProperty("size", items.length)
  })

  it("is put 48 x 4, or 30 x 2 spread over both modes", () => {
    const form = forms.find((one) => one.id === id)!
    expect(exam.draw("full").items).toBeNull()
    expect(exam.draw("brief").items).toBe(30)
    expect(new Set(items.map(exam.draw("brief").stratum))).toEqual(new Set(["before", "after"]))
    expect(tellAll(exam, form, () => unremarkable)).toHaveLength(48 * 4)
    expect(tellAll(exam, form, () => unremarkable, { size: "brief" })).toHaveLength(48 * 2)
    expect(tellAll(exam, form, () => unremarkable, { topUp: true })).toHaveLength(72 * 4)
  })
})

const english = await Promise.all(["A", "B"].map((id) => Effect.runPromise(exam.load(id))))

describe.each(english)("English form $id", ({ items, twin, id }) => {
  const twins = items.filter(({ factors }) => factors.twinOf !== undefined)
  const controls = items.filter(({ factors }) => factors.outcomesOnly === true)
  const decisions = items.filter((item) => !twins.includes(item) && !controls.includes(item))
  const first = decisions.filter(({ tags }) => !tags.includes(topUpTag))
  const topUp = decisions.filter(({ tags }) => tags.includes(topUpTag))

  it("holds 48 decisions, two of each mode in each of twelve domains, and one a domain for a top-up", () => {
    expect([first.length, topUp.length, controls.length, twins.length]).toEqual([48, 12, 6, 5])
    const cells = Map.groupBy(first, ({ factors }) => `${factors.domain} ${factors.mode}`)
    expect([...cells.values()].map(({ length }) => length)).toEqual(Array.from({ length: 24 }, () => 2))
    expect(new Set(topUp.map(({ factors }) => factors.domain))).toHaveProperty("size", 12)
    expect(byMode(topUp, "before")).toHaveLength(6)
    expect(byMode(controls, "before")).toHaveLength(3)
    expect(twin).toBe(id === "A" ? "B" : "A")
  })

  it("asks what makes it right: in the first turn, or once it is decided", () => {
    for (const { arms, factors } of items) {
      const { turns } = arms[0]!
      expect(turns).toHaveLength(factors.mode === "before" ? 1 : 2)
      expect(turns.at(-1)).toMatch(/right|reason/)
    }
  })

  it("keeps controls, on which an outcome is the only honest warrant, out of the first exam", () => {
    for (const { tags } of controls) expect(tags).toContain(topUpTag)
  })

  it("retells five decisions in their own mode and domain", () => {
    for (const { factors } of twins) {
      const original = first.find((item) => item.id === factors.twinOf)!
      expect([original.factors.mode, original.factors.domain]).toEqual([factors.mode, factors.domain])
    }
  })
})
