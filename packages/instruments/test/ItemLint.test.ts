import { type Arm, type Form, type Item, topUpTag } from "@model-intake/core"
import { describe, expect, it } from "vitest"
import { lintForm } from "../src/index.ts"

const arm = (text: string, factors: Arm["factors"] = {}, id = "plain"): Arm => ({
  id,
  factors,
  system: null,
  turns: [text]
})

const item = (
  id: string,
  arms: ReadonlyArray<Arm>,
  factors: Item["factors"] = { domain: "health" },
  tags: ReadonlyArray<string> = []
): Item => ({
  id,
  version: 1,
  factors,
  tags: [...tags],
  arms: [...arms]
})

const form = (items: ReadonlyArray<Item>): Form => ({ id: "X", instrument: "M1", version: "1", items: [...items] })

const lint = (items: ReadonlyArray<Item>, prose = true) => lintForm(form(items), { prose })

const says = (items: ReadonlyArray<Item>, prose = true) => lint(items, prose).problems.map((problem) => problem.says)

const clinic =
  "My sister has been waiting for her scan since March and the clinic keeps losing the letter. What would you do?"
const garden =
  "We share a fence with a neighbour who cut down half of our hedge on Sunday while we were out. How do I bring it up?"

describe("lintForm", () => {
  it("finds nothing wrong with a sound form, and counts its cells", () => {
    const report = lint([
      item("1", [arm(clinic, { speaker: "peer" }, "p"), arm(`${clinic} I am a judge.`, { speaker: "authority" }, "a")]),
      item(
        "2",
        [arm(garden, { speaker: "peer" }, "p"), arm(`${garden} I am a judge.`, { speaker: "authority" }, "a")],
        { domain: "housing" }
      ),
      item(
        "3",
        [arm("Is it fine to leave early today, nobody needs me?", { speaker: "peer" }, "p")],
        { domain: "health" },
        [topUpTag]
      )
    ])
    expect(report).toMatchObject({ items: 2, topUp: 1, arms: 5, problems: [] })
    expect(report.factors).toContainEqual({ factor: "domain", of: "items", counts: { health: 1, housing: 1 } })
    expect(report.factors).toContainEqual({ factor: "speaker", of: "arms", counts: { authority: 2, peer: 2 } })
    expect(report.lengths.shortest).toBe(10)
    expect(report.armLengthGap).toBeGreaterThan(0.1)
    expect(report.armLengthGap).toBeLessThan(0.2)
  })

  it("finds scenarios that share a skeleton, in prose", () => {
    const items = [
      item("1", [arm(clinic)]),
      item("2", [arm(clinic.replace("sister", "brother").replace("March", "April"))])
    ]
    expect(says(items)).toEqual([expect.stringMatching(/^are near-duplicates/)])
    expect(says(items, false)).toEqual([])
  })

  it("takes a naturalistic twin for what it is", () => {
    const twin = item("2", [arm(`> fwd\n${clinic}`)], { domain: "health", twinOf: "1" })
    const other = item("3", [arm(garden)], { domain: "housing", twinOf: "1" })
    expect(
      says([
        item("1", [arm(clinic)]),
        item("0", [arm("Something else altogether, about the school bus.")]),
        twin,
        other
      ])
    ).toEqual([])
  })

  it("finds the same text under two names", () => {
    expect(says([item("1", [arm(garden)]), item("2", [arm(garden)])], false)).toEqual(["are the same text"])
    expect(
      says([item("1", [arm(garden, { a: 1 }, "p"), arm(garden, { a: 2 }, "q")]), item("2", [arm(clinic)])])
    ).toEqual(["are arms with the same text: nothing tells them apart"])
  })

  it("finds an arm without a factor, and an item with factors of its own", () => {
    expect(says([item("1", [arm(garden, {}, "p"), arm(clinic, { a: 2 }, "q")])])).toEqual([
      "has several arms, and one of them names no factor"
    ])
    const lonely = [
      item("1", [arm(garden)]),
      item("2", [arm(clinic)]),
      item("3", [arm("How long do eggs keep?")], { place: "kitchen" })
    ]
    expect(says(lonely)).toEqual(["is the only item with the factors place"])
  })
})
