import { factorOf, latentPrompts } from "@model-intake/core"
import { describe, expect, it } from "vitest"
import { domainsOf, exam, formS, formS2, traits } from "./support.ts"

describe.each([formS, formS2])("form $id", (form) => {
  it.each(traits)("asks 40 and 20 questions for %s under five pairs of roles", (trait) => {
    for (const [use, questions] of [
      ["extraction", 40],
      ["validation", 20]
    ] as const) {
      const own = latentPrompts(form, use).filter(({ item }) => item.factors.trait === trait)
      for (const pole of ["plus", "minus"]) {
        for (const pair of [1, 2, 3, 4, 5]) {
          const here = own.filter(
            ({ item, arm }) => factorOf(item, arm, "pole") === pole && factorOf(item, arm, "pair") === pair
          )
          expect(here).toHaveLength(questions)
        }
      }
    }
  })

  it("changes nothing but the role between the arms of a question", () => {
    for (const item of form.items.filter(({ factors }) => factors.use !== "probe")) {
      expect(new Set(item.arms.map(({ turns }) => JSON.stringify(turns))).size).toBe(1)
      expect(new Set(item.arms.map(({ system }) => system)).size).toBe(10)
    }
  })

  it("probes at least eight domains with 24 prompts per trait, without a system message, balanced over framings", () => {
    expect(domainsOf(form).length).toBeGreaterThanOrEqual(8)
    expect(domainsOf(form)).not.toContain("finance")
    const probes = latentPrompts(form, "probe")
    for (const trait of traits) {
      for (const domain of domainsOf(form)) {
        const own = probes.filter(
          ({ item }) => item.factors.domain === domain && String(item.factors.trait).split(",").includes(trait)
        )
        expect(own).toHaveLength(24)
        for (const framing of ["tactical", "civilian", "personal"]) {
          expect(own.filter(({ item }) => item.factors.framing === framing)).toHaveLength(8)
        }
      }
    }
    expect(probes.every(({ arm }) => arm.system === null)).toBe(true)
  })

  it("says nothing twice, so that no question is a probe", () => {
    const said = form.items.map(({ arms }) => arms[0]!.turns.join("\n"))
    expect(new Set(said).size).toBe(said.length)
  })
})

it("shares no question between the twins", () => {
  const said = new Set(formS.items.map(({ arms }) => arms[0]!.turns.join("\n")))
  expect(formS2.items.filter(({ arms }) => said.has(arms[0]!.turns.join("\n")))).toEqual([])
  expect([formS.twin, formS2.twin]).toEqual(["S2", "S"])
  expect(exam.forms).toEqual(["S", "S2"])
})
