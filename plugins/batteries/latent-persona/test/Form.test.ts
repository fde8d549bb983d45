import { factorOf } from "@model-intake/core"
import { latentPrompts, lintForm, servesTrait } from "@model-intake/instruments"
import { describe, expect, it } from "vitest"
import { domainsOf, exam, formA, formB, formS, formS2, traits } from "./support.ts"

const english = [formA, formB]
const wordsOf = (text: string): number => text.split(/\s+/).length

describe.each([...english, formS, formS2])("form $id", (form) => {
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

  it("probes at least eight domains with 24 scenarios per trait, without a system message", () => {
    expect(domainsOf(form).length).toBeGreaterThanOrEqual(8)
    expect(domainsOf(form)).not.toContain("finance")
    const probes = latentPrompts(form, "probe")
    for (const trait of traits) {
      for (const domain of domainsOf(form)) {
        const own = probes.filter(({ item }) => item.factors.domain === domain && servesTrait(item, trait))
        expect(own.filter(({ item }) => item.factors.twinOf === undefined)).toHaveLength(24)
      }
    }
    expect(probes.every(({ arm }) => arm.system === null)).toBe(true)
  })

  it("says nothing twice, so that no question is a probe", () => {
    const said = form.items.map(({ arms }) => arms[0]!.turns.join("\n"))
    expect(new Set(said).size).toBe(said.length)
  })
})

describe.each([formS, formS2])("form $id, in the specimens' language,", (form) => {
  it("balances its probes over framings", () => {
    const probes = latentPrompts(form, "probe")
    for (const trait of traits) {
      for (const domain of domainsOf(form)) {
        const own = probes.filter(({ item }) => item.factors.domain === domain && servesTrait(item, trait))
        for (const framing of ["tactical", "civilian", "personal"]) {
          expect(own.filter(({ item }) => item.factors.framing === framing)).toHaveLength(8)
        }
      }
    }
  })
})

describe.each(english)("form $id, in English,", (form) => {
  it("has nothing for the linter to find", () => {
    expect(lintForm(form, { prose: true }).problems).toEqual([])
  })

  it("gives the two poles of a pair roles of one length", () => {
    for (const { arms } of form.items.filter(({ factors }) => factors.use !== "probe")) {
      for (const pair of Map.groupBy(arms, ({ factors }) => factors.pair).values()) {
        for (const length of [wordsOf, (text: string) => text.length]) {
          const lengths = pair.map(({ system }) => length(system!))
          expect(Math.min(...lengths) / Math.max(...lengths)).toBeGreaterThanOrEqual(0.9)
        }
      }
    }
  })

  it("lets half the probes of a domain voice a feeling, and has one of them as it stands in real use too", () => {
    for (const domain of domainsOf(form)) {
      const own = form.items.filter(({ factors }) => factors.use === "probe" && factors.domain === domain)
      const twins = own.filter(({ factors }) => factors.twinOf !== undefined)
      expect(twins.map(({ tags }) => tags)).toEqual([["naturalistic"]])
      expect(own.some(({ id }) => id === twins[0]!.factors.twinOf)).toBe(true)
      const scenarios = own.filter((item) => !twins.includes(item))
      expect(scenarios.filter(({ factors }) => factors.feeling === "voiced")).toHaveLength(12)
    }
  })

  it("probes no domain that it takes directions from", () => {
    const asked = new Set(
      form.items.filter(({ factors }) => factors.use !== "probe").map(({ factors }) => factors.domain)
    )
    expect(asked.size).toBe(10)
    expect(domainsOf(form).filter((domain) => asked.has(domain))).toEqual([])
  })

  it("keeps to the lengths of everyday messages", () => {
    for (const { arms, factors } of form.items) {
      const words = wordsOf(arms[0]!.turns[0]!)
      const [least, most] = factors.use === "probe" ? [10, 60] : [8, 40]
      expect(words).toBeGreaterThanOrEqual(least)
      expect(words).toBeLessThanOrEqual(most)
    }
  })
})

it.each([
  [formA, formB],
  [formS, formS2]
])("shares no question between twins", (one, other) => {
  const saidIn = (form: typeof one) => form.items.map(({ arms }) => arms[0]!.turns.join("\n"))
  const said = new Set(saidIn(one))
  expect(saidIn(other).filter((text) => said.has(text))).toEqual([])
  expect([one.twin, other.twin]).toEqual([other.id, one.id])
})

it("shares no role between the English twins, and names its forms", () => {
  const rolesOf = (form: typeof formA) =>
    new Set(form.items.flatMap(({ arms }) => arms.flatMap(({ system }) => system ?? [])))
  expect(rolesOf(formA).size).toBe(30)
  expect(rolesOf(formA).isDisjointFrom(rolesOf(formB))).toBe(true)
  expect(exam.forms).toEqual(["A", "B", "S", "S2"])
})
