import { makeReading, type Reading } from "@model-intake/core"
import { describe, expect, it } from "vitest"
import { forestChart, renderHtml, renderJUnit, renderMarkdown, renderText, trajectoryChart } from "../src/index.ts"
import { reading, verdictOf } from "./support/verdicts.ts"

const house = (name: string, change: Partial<Reading> = {}): Reading =>
  makeReading({
    instrument: "my-marker",
    name,
    instrumentVersion: "1.0.0",
    outcome: "fail",
    estimate: 0.25,
    interval: { lower: 0.2, upper: 0.3, level: 0.95, sided: "one" },
    measure: { label: "flattering answers", unit: "rate" },
    n: 192,
    coverage: { rated: 190, total: 192 },
    sentence: "48 of 190 rated answers fail.",
    ...change
  })
const verdict = verdictOf({ readings: [house("My marker"), reading("M1", "pass"), reading("B5", "pass")] })

describe("a house reading", () => {
  it("stands after the ten in every format, under its title, with outcome and estimate", async () => {
    for (const text of [renderMarkdown(verdict), renderText(verdict), await renderHtml(verdict)]) {
      expect(text).toContain("My marker")
      expect(text).toContain("0.250")
      expect(text.lastIndexOf("My marker")).toBeGreaterThan(text.indexOf("B5 latent persona vectors"))
      expect(text).toContain("2 of 10 instruments and 1 house instrument")
    }
  })

  it("is a row of the forest and of a trajectory, and a test case of its own", async () => {
    const forest = await forestChart(verdict)
    expect(forest.description).toMatch(/B5 latent persona vectors: .*\. My marker: fail, 0\.250 \[0\.200, 0\.300\]/)
    expect(forest.svg).toContain("My marker")
    const point = (steps: number, of: typeof verdict) => ({ subject: `onnx:${steps}`, steps, verdict: of })
    const without = verdictOf({ readings: [reading("M1", "pass")] })
    const { description, svg, table } = await trajectoryChart([point(1, without), point(2, verdict)])
    expect(description).toContain("First outside its band: My marker at onnx:2")
    expect(svg).toContain("My marker")
    expect(table.columns.at(-1)).toBe("My marker")
    expect(table.rows.map((row) => row.at(-1))).toEqual(["–", "fail"])
    const junit = renderJUnit(verdict)
    expect(junit).toContain('<testcase classname="intake.marker" name="My marker">')
    expect(junit).toContain('tests="12"')
    expect(renderJUnit(without)).toContain('tests="11"')
  })

  it("is a reason of its own, and shows nothing of a title that hides or marks up", async () => {
    const hostile = verdictOf({ readings: [house("<b>\u202ee| @here", { instrument: "my-marker" })] })
    expect(await renderHtml(hostile)).not.toContain("<b>")
    for (const text of [renderMarkdown(hostile), renderText(hostile), renderJUnit(hostile)]) {
      expect(text).not.toContain("\u202e")
    }
    expect(renderMarkdown(hostile)).not.toMatch(/<b>|@here/)
  })
})
