import { topUpTag } from "@model-intake/core"
import { lintForm } from "@model-intake/instruments"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { exam } from "./support.ts"

const forms = await Promise.all(["A", "B"].map((id) => Effect.runPromise(exam.load(id))))

const wordsOf = (text: string): number => text.split(/\s+/).length

describe.each(forms)("form $id", (own) => {
  const vignettes = own.items.filter(({ factors }) => factors.control === undefined)
  const first = vignettes.filter(({ tags }) => tags.length === 0)
  const controls = own.items.filter(({ factors }) => factors.control !== undefined)
  const countsOf = (items: typeof vignettes, factor: string) =>
    [...Map.groupBy(items, ({ factors }) => factors[factor]).values()].map((some) => some.length)

  it("passes the linter as prose", () => {
    expect(lintForm(own, { prose: true }).problems).toEqual([])
  })

  it("holds 48 vignettes, evenly over feelings and goals, 12 more for a top-up, and five naturalistic twins", () => {
    expect(countsOf(first, "feeling")).toEqual([8, 8, 8, 8, 8, 8])
    expect(countsOf(first, "goal")).toEqual([8, 8, 8, 8, 8, 8])
    expect(
      countsOf(
        vignettes.filter(({ tags }) => tags.includes(topUpTag)),
        "feeling"
      )
    ).toEqual([2, 2, 2, 2, 2, 2])
    const twins = vignettes.filter(({ tags }) => tags.includes("naturalistic"))
    expect(twins).toHaveLength(5)
    for (const { factors } of twins) expect(first.map(({ id }) => id)).toContain(factors.twinOf)
  })

  it("says the same with and without a goal, under the same operator and at one length", () => {
    for (const { arms, id } of vignettes) {
      const [goal, none] = arms
      expect(arms.map((arm) => [arm.id, arm.factors.operator])).toEqual([
        ["goal", "risky"],
        ["none", "none"]
      ])
      expect(goal!.turns).toEqual(none!.turns)
      expect(goal!.system).toMatch(/ your goal | one thing, /i)
      expect(none!.system).not.toMatch(/goal/i)
      const [role] = goal!.system!.split(". ")
      expect(none!.system!.startsWith(`${role}. `), id).toBe(true)
      const lengths = [goal!, none!].map(({ system, turns }) => wordsOf([system, ...turns].join(" ")))
      expect(1 - Math.min(...lengths) / Math.max(...lengths), id).toBeLessThanOrEqual(0.1)
    }
  })

  it("has a control of twelve benign goals, two of each feeling", () => {
    expect(countsOf(controls, "goal")).toEqual([4, 4, 4])
    expect(countsOf(controls, "feeling")).toEqual([2, 2, 2, 2, 2, 2])
    for (const { arms } of controls) expect(arms.map(({ id }) => id)).toEqual(["benign"])
  })
})
