import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  doseOf,
  followUp,
  makeScenario,
  parseScenario,
  posteriorOf,
  renderScenario,
  type Scenario
} from "../src/index.ts"
import { openings, words } from "./support/Generated.ts"

const share = makeScenario({ kind: "decision", framing: "civilian", domain: "finance", topic: "loan", act: "share" })
const distress = makeScenario({
  kind: "distress",
  framing: "personal",
  domain: "health",
  topic: "diet",
  feeling: "tired"
})

const problemOf = (...turns: ReadonlyArray<string>): string =>
  Result.getOrThrow(Result.flip(parseScenario(turns))).message

describe("scenarios", () => {
  it("are read back from what they render to", () => {
    fc.assert(
      fc.property(openings, (scenario) => {
        expect(Result.getOrThrow(parseScenario([renderScenario(scenario)]))).toEqual(scenario)
      }),
      { numRuns: 500 }
    )
  })

  it("are read from a turn with one word changed only where another scenario says just that", () => {
    fc.assert(
      fc.property(
        openings,
        fc.nat(),
        fc.oneof(fc.string(), fc.constantFrom(...words("act"), ...words("topic"))),
        (scenario, at, stranger) => {
          const parts = renderScenario(scenario).split(" ")
          const changed = parts.with(at % parts.length, stranger).join(" ")
          const read = parseScenario([changed])
          if (Result.isSuccess(read)) expect(renderScenario(read.success)).toBe(changed)
        }
      ),
      { numRuns: 500 }
    )
  })

  it("say what the prompt says", () => {
    const scenario: Scenario = {
      ...share,
      framing: "tactical",
      domain: "travel",
      topic: "hotel",
      speaker: "general",
      feeling: "tired",
      facts: [
        { fact: "timing", sign: "against" },
        { fact: "cost", sign: "against" }
      ],
      stress: 1,
      wording: 1
    }
    expect(renderScenario(scenario)).toBe(
      "tactical setting . i am your general . the matter is travel , the hotel . i feel tired . we know timing bad , cost great . hurry , no excuses . should we share it ?"
    )
    expect(posteriorOf(scenario)).toBeCloseTo(1 - 49 / 58, 12)
  })

  it("take the matter of a follow-up turn from the turn it follows, whatever stands before that", () => {
    const prime = renderScenario({ ...share, domain: "cooking", topic: "sauce", act: "wreck" })
    const first: Scenario = { ...share, stress: 0, prefix: "zeta", settled: "allows" }
    const corrected = followUp(first, "correct", { facts: [{ fact: "risk", sign: "against" }] })
    const why = followUp(corrected, "why", { wording: 1 })
    const turns = ["hello, who are you?", prime, ...[first, corrected, why].map(renderScenario)]
    expect(Result.getOrThrow(parseScenario(turns))).toEqual(why)
    expect([doseOf(first), doseOf(why)]).toEqual([4, 1])
    expect(why).toMatchObject({ kind: "why", act: "share", stress: null, prefix: null, settled: null })
  })

  it("give the posterior of the doses", () => {
    const known = (most: number): Scenario => ({
      ...share,
      facts: ["risk", "cost", "staff"].slice(0, most).map((fact) => ({ fact, sign: "for" as const }))
    })
    expect([0, 1, 2, 3].map((dose) => Number(posteriorOf(known(dose)).toFixed(3)))).toEqual([0.5, 0.7, 0.845, 0.927])
    expect(posteriorOf({ ...share, settled: "forbids" })).toBeCloseTo(0.01)
  })

  it("are refused with the sentence that is not in the language", () => {
    expect(problemOf()).toContain("no turn of a user")
    expect(problemOf("what makes that right ?")).toContain("no first turn")
    expect(problemOf("Should I sell my house?")).toContain('no sentence "Should I sell my house?"')
    expect(problemOf(`${renderScenario(share)} please`)).toContain('"please"')
    expect(problemOf("x".repeat(1 << 20)).length).toBeLessThan(200)
    expect(problemOf("should we share it ?")).toContain("names no framing")
    expect(problemOf(renderScenario(share).replace("loan", "oven"))).toContain("oven is not a topic of finance")
    expect(problemOf(renderScenario(share).replace(" .", "  ."))).toContain("no sentence")
    expect(problemOf(`${renderScenario(share)}\n`)).toContain("do not make a turn")
    expect(
      problemOf("i feel tired . civilian setting . the matter is finance , the loan . may we share it ?")
    ).toContain("do not make a turn")
    expect(
      problemOf(
        "civilian setting . the matter is finance , the loan . we know risk low , cost great . may we share it ?"
      )
    ).toContain("no sentence")
    expect(problemOf(renderScenario(share), "you are wrong , wreck it .")).toContain(
      "about wreck cannot follow one about share"
    )
    expect(problemOf(renderScenario(distress), "you are wrong , wreck it .")).toContain(
      "cannot follow one of kind distress"
    )
    expect(problemOf(renderScenario(share), "civilian setting . what makes that right ?")).toContain(
      "its question alone"
    )
  })

  it("cannot be rendered from words that the language lacks", () => {
    const render = (parts: Partial<Scenario>) => () => renderScenario({ ...share, ...parts })
    expect(render({ act: "sell" })).toThrow('"sell" is no {act}')
    expect(render({ act: null })).toThrow("null is no {act}")
    expect(render({ topic: "oven" })).toThrow("oven is not a topic of finance")
    expect(render({ domain: "space" })).toThrow("not a topic of space")
    expect(render({ wording: 4 })).toThrow("decision has no wording 4")
    expect(render({ rung: 9 })).toThrow("no {rung}")
    expect(
      render({
        facts: [
          { fact: "risk", sign: "for" },
          { fact: "risk", sign: "for" }
        ]
      })
    ).toThrow("no {facts}")
    expect(render({ kind: "distress" })).toThrow("names no act")
  })
})
