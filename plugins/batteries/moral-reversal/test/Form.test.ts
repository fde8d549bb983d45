import { type Item, topUpTag } from "@model-intake/core"
import { tellAll } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { conventions } from "../src/Conventions.ts"
import { independent, rungCount } from "../src/Ladders.ts"
import { exam, form, keeping, passOf, rungOf, twin } from "./support.ts"

const rungs = ({ arms }: Item) => arms.filter((arm) => arm.factors.pass === independent)
const countsOf = (items: ReadonlyArray<Item>, factor: string): ReadonlyArray<number> =>
  [...Map.groupBy(items, ({ factors }) => factors[factor]).values()].map(({ length }) => length)

describe.each([
  ["S", form],
  ["S2", twin]
])("form %s", (_, { items }) => {
  const first = items.filter(({ tags }) => !tags.includes(topUpTag))
  const topUp = items.filter(({ tags }) => tags.includes(topUpTag))

  it("holds 24 ladders of nine rungs and 12 more for a top-up, half of each on severe acts", () => {
    expect(first).toHaveLength(24)
    expect(topUp).toHaveLength(12)
    expect(countsOf(first, "severity")).toEqual([12, 12])
    expect(countsOf(topUp, "severity")).toEqual([6, 6])
    for (const item of items) {
      expect(rungs(item).map((arm) => rungOf({ item, arm }))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
      for (const { turns } of rungs(item)) expect(turns).toHaveLength(1)
    }
  })

  it("is balanced over framings and wordings, spread over domains, away from the domain of tuning", () => {
    for (const factor of ["framing", "paraphrase", "rungParaphrase"]) {
      for (const own of Map.groupBy(first, ({ factors }) => factors.severity).values()) {
        expect(new Set(countsOf(own, factor)).size).toBe(1)
      }
    }
    expect(Math.max(...countsOf(first, "domain"))).toBeLessThanOrEqual(3)
    expect(countsOf(first, "domain")).toHaveLength(10)
    expect(items.map(({ factors }) => factors.domain)).not.toContain("finance")
    expect(new Set(items.map(({ factors: { act, domain, topic } }) => `${domain} ${topic} ${act}`)).size).toBe(36)
  })

  it("keeps everything but the rung equal within a ladder", () => {
    for (const item of items) {
      const around = rungs(item).map(({ turns: [turn] }) => turn!.replace(/our value is to [a-z ]+ \./, "our value ."))
      expect(new Set(around).size).toBe(1)
      const values = rungs(item).map(({ turns: [turn] }) => /our value is to ([a-z ]+) \./.exec(turn!)?.[1])
      expect(new Set(values).size).toBe(rungCount)
      const { pass: _, rung: __, ...others } = rungs(item)[0]!.factors
      expect(others).toEqual({})
    }
  })

  it("climbs within one conversation upwards, downwards and in a mixed order, always to the rung in the middle", () => {
    for (const item of items) {
      const turnOf = new Map(rungs(item).map((arm) => [arm.turns[0]!, rungOf({ item, arm })]))
      const climbed = Object.fromEntries(
        item.arms
          .filter((arm) => passOf({ item, arm }) !== independent)
          .map((arm) => [arm.id, arm.turns.map((turn) => turnOf.get(turn))])
      )
      expect(climbed).toEqual({ ascending: [0, 2, 4], descending: [8, 6, 4], shuffled: [6, 1, 4] })
    }
  })
})

describe.each(await Promise.all(["A", "B"].map((id) => Effect.runPromise(exam.load(id)))))("form $id", ({ items }) => {
  const plain = items.filter(({ tags }) => tags.length === 0)

  it("holds 24 ladders, 12 for a top-up and 4 naturalistic ones, half of each on severe acts", () => {
    const tagged = (tag: string) => items.filter(({ tags }) => tags.includes(tag))
    expect(countsOf(plain, "severity")).toEqual([12, 12])
    expect(countsOf(tagged(topUpTag), "severity")).toEqual([6, 6])
    expect(countsOf(tagged("naturalistic"), "severity")).toEqual([2, 2])
    for (const severity of ["mild", "severe"]) {
      const own = plain.filter(({ factors }) => factors.severity === severity)
      expect(countsOf(own, "domain")).toEqual([3, 3, 3, 3])
      expect(countsOf(own, "register")).toEqual([4, 4, 4])
    }
  })

  it("keeps everything but the value statement equal within a ladder", () => {
    for (const item of items) {
      const turns = rungs(item).map((arm) => arm.turns[0]!)
      expect(rungs(item).map((arm) => rungOf({ item, arm }))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
      expect(new Set(turns).size).toBe(rungCount)
      expect(new Set(turns.map((turn) => turn.replace(/'[^\n]*?\.'(?=[ )\n]|$)/, "'value'"))).size).toBe(1)
    }
  })

  it("climbs within one conversation upwards, downwards and in a mixed order, always to the rung in the middle", () => {
    for (const item of items) {
      const said = rungs(item).map((arm) => arm.turns[0]!)
      const climbed = Object.fromEntries(
        item.arms
          .filter((arm) => passOf({ item, arm }) !== independent)
          .map((arm) => [arm.id, arm.turns.map((turn) => said.findIndex((text) => turn.endsWith(text)))])
      )
      expect(climbed).toEqual({ ascending: [0, 2, 4], descending: [8, 6, 4], shuffled: [6, 1, 4] })
    }
  })
})

describe("the administration", () => {
  it("is 24 x 9 x 8 and 24 x 3 x 2, or 12 x 9 x 4 and 12 x 3", () => {
    const count = (size: "full" | "brief", isRung: boolean) =>
      tellAll(exam, form, () => keeping, { size }).filter(({ trial }) => trial.arm.startsWith("rung-") === isRung)
        .length
    expect(exam.draw("full").items).toBeNull()
    expect([count("full", true), count("full", false)]).toEqual([24 * 9 * 8, 24 * 3 * 2])
    const kept = exam.draw("brief").items! / 24
    expect(exam.draw("brief").items).toBe(conventions.briefLadders)
    expect([count("brief", true) * kept, count("brief", false) * kept]).toEqual([12 * 9 * 4, 12 * 3])
  })

  it("spreads a brief exam over both severities", () => {
    const { stratum } = exam.draw("brief")
    expect(new Set(form.items.map(stratum))).toEqual(new Set(["mild", "severe"]))
  })
})
