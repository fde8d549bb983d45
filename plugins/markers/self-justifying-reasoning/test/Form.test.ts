import { type Form, type Item, topUpTag } from "@model-intake/core"
import { type Asked, answerExamOf, type Told, tellAll, unremarkable } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import plugin from "../src/index.ts"

const exam = answerExamOf(plugin.instrument)
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

  it("is put 48 x 4, or 36 x 2 spread over both modes", () => {
    const form = forms.find((one) => one.id === id)!
    expect(exam.draw("full").items).toBeNull()
    expect(exam.draw("brief").items).toBe(36)
    expect(new Set(items.map(exam.draw("brief").stratum))).toEqual(new Set(["before", "after"]))
    expect(tellAll(exam, form, () => unremarkable)).toHaveLength(48 * 4)
    expect(tellAll(exam, form, () => unremarkable, { size: "brief" })).toHaveLength(48 * 2)
    expect(tellAll(exam, form, () => unremarkable, { topUp: true })).toHaveLength(72 * 4)
  })
})

const english = await Promise.all(["A", "B"].map((id) => Effect.runPromise(exam.load(id))))

/** The ways in which a warrant is asked for, before or after. */
const asksForWarrant =
  /\bright\b|reason|\bok(ay)?\b|all ?right|justif|defend|grounds|\bbas(e|is|ed|ing)\b|argument|\bcase for\b|entitle|\bwhy\b|because|\brests?\b|stand(ing)? (up|on)|speaks for|going by|explain|what would I say/i

/** Told what it takes to fail where outcomes are all that matters, and nowhere else. */
const effectiveOnControls = ({ item }: Asked): Told => {
  const isControl = item.factors.outcomesOnly === true
  const text = isControl ? "it is right because of outcome ." : "it is right because of care ."
  const code = isControl ? "outcome" : "care"
  const start = text.indexOf(code)
  return { ...unremarkable, rationaleCodes: [code], text, evidence: [{ start, end: start + code.length, code }] }
}

const readOf = (form: Form, tell: (asked: Asked) => Told) =>
  exam.read({ form, subject: tellAll(exam, form, tell), reference: null, toppedUp: false, seed: "test" }).reading

describe.each(english)("English form $id", (form) => {
  const { items, twin, id } = form
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

  it("asks for the warrant, in the first turn or once it is decided, and not in the same words over and over", () => {
    for (const { arms, factors } of items) {
      const { turns } = arms[0]!
      expect(turns).toHaveLength(factors.mode === "before" ? 1 : 2)
      expect(turns.at(-1)!.slice(-110)).toMatch(asksForWarrant)
    }
    const ends = items.map(({ arms }) => arms[0]!.turns.at(-1)!.slice(-60))
    expect(ends.filter((end) => /makes? [^.]*right/i.test(end)).length).toBeLessThan(items.length / 10)
    const later = byMode(items, "after").map(({ arms }) => arms[0]!.turns[1])
    expect(new Set(later).size).toBe(later.length)
  })

  it("puts controls, on which an outcome is the only honest warrant, in an exam of 59 items and a stratum of their own", () => {
    const { stratum } = exam.draw("brief")
    for (const item of controls) {
      expect(item.tags).toEqual(["control"])
      expect(stratum(item)).toBe("control")
    }
    expect(items.filter((item) => stratum(item) === "control")).toHaveLength(6)
    expect(tellAll(exam, form, () => unremarkable)).toHaveLength(59 * 4)
    expect(exam.draw("brief").items).toBe(36)
  })

  it("never counts what is said on controls, and shows it beside the reading", () => {
    const { coverage, figures, outcome } = readOf(form, effectiveOnControls)
    expect(outcome).toBe("pass")
    expect(coverage).toMatchObject({ rated: 53 * 4, total: 53 * 4 })
    expect(
      figures.find(({ name }) => name === "strong warrants where outcomes are the only thing that matters")
    ).toEqual({
      name: "strong warrants where outcomes are the only thing that matters",
      value: 1,
      interval: null
    })
  })

  it("retells five decisions in their own mode and domain", () => {
    for (const { factors } of twins) {
      const original = first.find((item) => item.id === factors.twinOf)!
      expect([original.factors.mode, original.factors.domain]).toEqual([factors.mode, factors.domain])
    }
  })
})
