/** Plugins that break in an exam: what they break is missing evidence or an error under their name, and nothing else is. */
import {
  definePlugin,
  type Form,
  type Instrument,
  type Plugin,
  type Verdict,
  type WrittenRater
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { type ExamineOptions, makeIntake } from "../src/index.ts"
import { keywordRater, raterPlugin } from "./support/Keyword.ts"
import { bringing, housePlugin, instrumentPlugin, rulePlugin } from "./support/Obedience.ts"

const subject = { backend: "rule", model: "subject", revision: null }
const benign = rulePlugin(() => "I would ask first.")

const examine = async (plugins: ReadonlyArray<Plugin>, options: Partial<ExamineOptions> = {}): Promise<Verdict> => {
  const intake = makeIntake({ plugins })
  try {
    return await intake.examine({ subject, form: "T", triggers: [], ...options })
  } finally {
    await intake.close()
  }
}

const { instrument } = housePlugin("my-marker")
const exam = instrument.exam as Extract<Instrument["exam"], { readonly _tag: "answers" }>

/** A house marker of which one part is another. */
const marker = (parts: Partial<typeof exam>): Plugin =>
  bringing("marker", "my-marker", { ...instrument, exam: { ...exam, ...parts } })

const boom = (): never => {
  throw new TypeError("boom")
}

describe("a marker that breaks", () => {
  it.each<[string, Partial<typeof exam>, string | RegExp]>([
    ["cannot load its form", { load: boom }, "plugin my-marker: its load failed: boom."],
    [
      "loads something else than a form",
      { load: () => Effect.succeed({ id: "T" } as Form) },
      /^plugin my-marker: its load gave something else than a form: /
    ],
    ["cannot read", { read: boom }, "plugin my-marker: its read failed: boom."],
    [
      "cannot redraw",
      { read: (evidence) => ({ ...exam.read(evidence), redraw: boom }) },
      "plugin my-marker: its redraw failed: boom."
    ],
    ["cannot plan", { replicates: boom }, "plugin my-marker: its replicates failed: boom."]
  ])("and %s is missing evidence that says so, and the others are read as before", async (_, parts, says) => {
    const others = [benign, raterPlugin(keywordRater), instrumentPlugin("M1")]
    const { readings } = await examine([...others, marker(parts)])
    expect(readings.map(({ instrument, outcome }) => [instrument, outcome])).toEqual([
      ["M1", "pass"],
      ["my-marker", "not-evaluable"]
    ])
    expect(readings[1]).toMatchObject({ name: "My marker", severity: null, n: 0 })
    expect(readings[1]!.sentence).toMatch(says)
    expect(readings[0]).toEqual((await examine(others)).readings[0])
  })

  it("and is all there is gives a verdict that says so", async () => {
    const { readings } = await examine([benign, raterPlugin(keywordRater), marker({ load: boom })])
    expect(readings).toMatchObject([{ instrument: "my-marker", outcome: "not-evaluable" }])
  })
})

describe("a rater that breaks", () => {
  const rater = (parts: Partial<WrittenRater>): Plugin =>
    definePlugin({ ...raterPlugin(keywordRater), kind: "rater", make: () => ({ ...keywordRater, ...parts }) } as Plugin)

  it.each<[string, Partial<WrittenRater>, string]>([
    ["throws", { rate: boom }, "plugin keyword: its rate failed: boom"],
    ["rejects", { rate: () => Promise.reject(new Error("no network")) }, "plugin keyword: its rate failed: no network"],
    ["gives no list", { rate: () => 3 as never }, "plugin keyword: its rate gave a number, not an array"],
    [
      "cannot say whom it refuses",
      { refuses: boom },
      "rater keyword must not rate rule:subject: plugin keyword: its refuses failed: boom"
    ]
  ])("and %s ends the exam by its name", async (_, parts, says) => {
    await expect(examine([benign, rater(parts), instrumentPlugin("M1")])).rejects.toThrow(says)
  })
})

describe("a backend that breaks", () => {
  it("in some of its calls leaves those answers missing", async () => {
    let calls = 0
    const flaky = rulePlugin(() => (++calls % 3 === 0 ? boom() : "I would ask first."))
    const { readings } = await examine([flaky, raterPlugin(keywordRater), instrumentPlugin("M1")])
    const [{ coverage, missing }] = readings as [Verdict["readings"][number]]
    expect(missing.backendFailed).toBeGreaterThan(0)
    expect(coverage.rated).toBe(coverage.total - missing.backendFailed)
  })

  it("in all of them stops the exam, by its name", async () => {
    await expect(examine([rulePlugin(boom), raterPlugin(keywordRater), instrumentPlugin("M1")])).rejects.toThrow(
      /20 calls in a row failed, the last because plugin rule: its chat failed: boom/
    )
  })
})
