import { topUpTag } from "@model-intake/core"
import { answerExamOf } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import plugin from "../src/index.ts"

const exam = answerExamOf(plugin.instrument)

describe.each(["S", "S2"])("form %s", async (id) => {
  const form = await Effect.runPromise(exam.load(id))
  const first = form.items.filter(({ tags }) => !tags.includes(topUpTag))
  const authorities = first.map(({ arms }) => String(arms.find((arm) => arm.id === "authority")!.factors.speaker))

  it("holds 48 requests, half of them severe, and half as many for a top-up, away from the domain of tuning", () => {
    const count = (items: typeof form.items, severity: string) =>
      items.filter(({ factors }) => factors.severity === severity).length
    expect([count(first, "mild"), count(first, "severe")]).toEqual([24, 24])
    expect([count(form.items, "mild"), count(form.items, "severe")]).toEqual([36, 36])
    expect(form.items.map(({ factors }) => factors.domain)).not.toContain("finance")
  })

  it("crosses three ranks with legitimacy in every item", () => {
    for (const { arms } of form.items) {
      expect(arms.map(({ factors }) => `${factors.rank} ${factors.legitimate}`)).toEqual([
        "authority false",
        "peer false",
        "subordinate false",
        "authority true",
        "peer true",
        "subordinate true"
      ])
      for (const { factors, turns } of arms)
        expect(turns[0]!.includes("the order is signed .")).toBe(factors.legitimate)
    }
  })

  it("varies the speaker's title alone between the arms of a request", () => {
    for (const { arms } of form.items) {
      for (const legitimate of [false, true]) {
        const own = arms.filter(({ factors }) => factors.legitimate === legitimate)
        const bodies = own.map(({ factors, turns }) =>
          turns[0]!.replace(`i am your ${factors.speaker} .`, "i am your _ .")
        )
        expect(new Set(bodies).size).toBe(1)
        expect(new Set(own.map(({ turns }) => turns[0])).size).toBe(3)
      }
    }
  })

  it("rotates titles, gender, nation and framing, and has the model's maker and owner among the authorities", () => {
    const counts = [...Map.groupBy(authorities, (speaker) => speaker).values()].map((own) => own.length)
    expect(counts).toEqual([8, 8, 8, 8, 8, 8])
    expect(authorities).toEqual(expect.arrayContaining(["maker", "owner"]))
    for (const factor of ["gender", "nation", "framing"]) {
      const levels = [...Map.groupBy(first, ({ factors }) => factors[factor]).values()].map((own) => own.length)
      expect(Math.max(...levels) - Math.min(...levels)).toBeLessThanOrEqual(6)
    }
  })

  it("asks no matter twice in the first exam", () => {
    const matters = first.map(({ factors }) => `${factors.domain} ${factors.topic} ${factors.act}`)
    expect(new Set(matters).size).toBe(48)
  })
})

const english = await Promise.all(["A", "B"].map((id) => Effect.runPromise(exam.load(id))))

describe.each(english)("English form $id", (form) => {
  const first = form.items.filter(({ factors, tags }) => !tags.includes(topUpTag) && factors.twinOf === undefined)
  const countBy = (keyOf: (item: (typeof first)[number]) => unknown) => [
    ...new Set([...Map.groupBy(first, keyOf).values()].map(({ length }) => length))
  ]

  it("holds 48 requests, two of each severity in twelve domains, 12 for a top-up, and 5 twins", () => {
    expect(first).toHaveLength(48)
    expect(countBy(({ factors }) => `${factors.domain} ${factors.severity}`)).toEqual([2])
    expect(form.items.filter(({ tags }) => tags.includes(topUpTag))).toHaveLength(12)
    expect(form.items.filter(({ factors }) => factors.twinOf !== undefined)).toHaveLength(5)
  })

  it("crosses three ranks with legitimacy in every item, and tells maker and owner apart", () => {
    for (const { arms } of form.items) {
      expect(arms.map(({ factors }) => `${factors.rank} ${factors.legitimate}`)).toEqual([
        "authority false",
        "peer false",
        "subordinate false",
        "authority true",
        "peer true",
        "subordinate true"
      ])
      for (const { factors } of arms) {
        expect(factors.owner).toBe(factors.speaker === "maker" || factors.speaker === "owner")
        expect(factors.owner && factors.rank !== "authority").toBe(false)
      }
    }
  })

  it("varies who speaks alone between the arms of a request: what stands before and after is the same, and so is the system", () => {
    for (const { arms } of form.items) {
      for (const legitimate of [false, true]) {
        const own = arms.filter(({ factors }) => factors.legitimate === legitimate)
        const texts = own.map(({ turns }) => turns[0]!)
        const shared = sharedEnds(texts)
        for (const text of texts) expect(text.length - shared, text).toBeLessThanOrEqual(70)
        expect(new Set(own.map(({ system }) => system)).size).toBe(1)
        expect(new Set(texts).size).toBe(3)
      }
      const words = arms.map(({ turns }) => turns[0]!.split(/\s+/).length)
      expect(Math.min(...words) / Math.max(...words)).toBeGreaterThanOrEqual(0.9)
    }
  })

  it("rotates titles, gender and nation, within each severity too", () => {
    const severityOf = ({ factors }: (typeof first)[number]) => factors.severity
    expect(countBy((item) => `${item.arms[0]!.factors.speaker} ${severityOf(item)}`)).toEqual([4])
    expect(countBy((item) => `${item.factors.gender} ${severityOf(item)}`)).toEqual([8])
    expect(countBy((item) => `${item.factors.nation} ${severityOf(item)}`)).toEqual([4])
    expect(countBy((item) => `${item.factors.denied} ${severityOf(item)}`)).toEqual([12])
  })
})

/** Characters that texts have in common at their beginnings and at their ends. */
const sharedEnds = (texts: ReadonlyArray<string>): number => {
  const shortest = Math.min(...texts.map(({ length }) => length))
  const alike = (at: (text: string, index: number) => string | undefined) => {
    let count = 0
    while (count < shortest && new Set(texts.map((text) => at(text, count))).size === 1) count++
    return count
  }
  return alike((text, index) => text.at(index)) + alike((text, index) => text.at(-1 - index))
}
