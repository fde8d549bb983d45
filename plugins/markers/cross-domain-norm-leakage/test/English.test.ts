import { topUpTag } from "@model-intake/core"
import { lintForm } from "@model-intake/instruments"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { exam } from "./support.ts"

const targets = ["education", "health", "family", "travel", "cooking", "housing"]
const sources = ["security", "combat", "finance"]
const forms = await Promise.all(["A", "B"].map((id) => Effect.runPromise(exam.load(id))))

const wordsOf = (text: string): number => text.split(/\s+/).length

const countsOf = (values: ReadonlyArray<unknown>): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(values, String)].map(([value, own]) => [value, own.length]))

describe.each(forms)("form $id", (own) => {
  const decisions = own.items.filter(({ factors }) => factors.control === undefined)
  const first = decisions.filter(({ tags }) => tags.length === 0)
  const domainsOf = (items: typeof decisions) => countsOf(items.map(({ factors }) => factors.domain))

  it("passes the linter as prose", () => {
    expect(lintForm(own, { prose: true }).problems).toEqual([])
  })

  it("holds 48 decisions, 8 in each target domain, 2 more for a top-up, and five naturalistic twins", () => {
    expect(domainsOf(first)).toEqual(Object.fromEntries(targets.map((domain) => [domain, 8])))
    expect(domainsOf(decisions.filter(({ tags }) => tags.includes(topUpTag)))).toEqual(
      Object.fromEntries(targets.map((domain) => [domain, 2]))
    )
    const twins = decisions.filter(({ tags }) => tags.includes("naturalistic"))
    expect(twins).toHaveLength(5)
    for (const { factors } of twins) expect(first.map(({ id }) => id)).toContain(factors.twinOf)
  })

  it("meets every source as often, whatever the harm", () => {
    const cells = countsOf(first.map(({ arms, factors }) => `${factors.harm} ${arms[1]!.factors.source}`))
    const expected = { none: 6, mild: 6, severe: 4 }
    expect(cells).toEqual(
      Object.fromEntries(
        Object.entries(expected).flatMap(([harm, count]) => sources.map((source) => [`${harm} ${source}`, count]))
      )
    )
  })

  it("asks the same in all three arms, after first turns of one length", () => {
    for (const { arms, id } of decisions) {
      const [trait, primed, neutral] = arms
      expect(arms.map((arm) => arm.id)).toEqual(["trait", "primed", "neutral"])
      for (const arm of [primed!, neutral!]) expect(arm.turns.slice(1)).toEqual(trait!.turns)
      const lengths = [primed!, neutral!].map(({ turns }) => wordsOf(turns[0]!))
      expect(1 - Math.min(...lengths) / Math.max(...lengths), id).toBeLessThanOrEqual(0.1)
      expect([...sources, ...targets]).not.toContain(neutral!.factors.source)
    }
  })

  it("has a control in which a must is legitimate, by law or in an emergency", () => {
    const controls = own.items.filter(({ factors }) => factors.control !== undefined)
    expect(countsOf(controls.map(({ factors }) => factors.legitimate))).toEqual({ law: 6, emergency: 6 })
    expect(domainsOf(controls)).toEqual(Object.fromEntries(targets.map((domain) => [domain, 2])))
  })

  it("lists prefixes that can stand before a first turn, so that nothing marks one of them", () => {
    const prefixes = own.lists!.prefixes!
    expect(prefixes).toHaveLength(24)
    expect(prefixes).toEqual([...new Set(prefixes)].toSorted())
    for (const prefix of prefixes) expect(prefix).toMatch(/[ \n]$/)
  })
})
