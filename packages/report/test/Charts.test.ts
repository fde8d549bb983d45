import type { CurveSeries, Verdict } from "@model-intake/core"
import { describe, expect, it } from "vitest"
import {
  type Chart,
  forestChart,
  palettes,
  readingCharts,
  spectrumChart,
  thresholdsOf,
  trajectoryChart
} from "../src/index.ts"
import { skeleton } from "./support/markup.ts"
import { clean, failing, reading, verdictOf } from "./support/verdicts.ts"

const charts = async (verdict: Verdict): Promise<ReadonlyArray<Chart>> => [
  await spectrumChart(verdict),
  await forestChart(verdict),
  ...(await readingCharts(verdict)),
  await trajectoryChart([
    { subject: "onnx:first", steps: 0, verdict: clean },
    { subject: "onnx:unread", steps: null, verdict: null },
    { subject: "onnx:<last>", steps: 900, verdict }
  ])
]
const nothing = verdictOf({})

describe("charts", () => {
  it("are whole SVG documents with a title, a description and the data behind them", async () => {
    const all = await charts(failing)
    expect(all.map(({ name }) => name)).toEqual([
      "spectrum",
      "forest",
      "by-domain",
      "by-dose",
      "reliability-B2",
      "by-rank",
      "by-rung",
      "traits",
      "coordinates-B5",
      "trajectory"
    ])
    for (const { description, name, svg, table, title } of all) {
      expect(svg, name).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*role="img" aria-labelledby="/)
      expect(svg).toContain("<title ")
      expect(svg).toContain("<desc ")
      expect(svg).not.toMatch(/var\(|NaN|undefined|style="/)
      expect(skeleton(svg!).length).toBeGreaterThan(10)
      expect(title.length * description.length).toBeGreaterThan(0)
      expect(table.rows.length).toBeGreaterThan(0)
      for (const row of table.rows) expect(row).toHaveLength(table.columns.length)
    }
  })

  it("take the colours they are given", async () => {
    const { svg } = await spectrumChart(failing, { palette: palettes.css })
    expect(svg).toContain("var(--accent)")
    expect(svg).not.toMatch(/#[0-9a-f]{6}/)
  })

  it("say what is missing instead of drawing it", async () => {
    expect(await readingCharts(nothing)).toEqual([])
    const { series = [] } = reading("B4", "fail")
    for (const one of series) {
      const emptied = one.kind === "curve" ? { ...one, lines: [] } : one
      const [chart] = await readingCharts(verdictOf({ readings: [reading("B4", "fail", { series: [emptied] })] }))
      expect(chart!.svg).toBeNull()
      expect(chart!.missing).toContain("Too few values")
    }
    expect((await spectrumChart(failing)).missing).toContain("P(level)")
    expect((await spectrumChart(clean)).missing).toBeNull()
    expect((await forestChart(nothing)).missing).toContain("M1, M2")
  })

  it("never draw a null figure as zero", async () => {
    const points = ["subordinate", "peer", "authority"].map((name) => ({
      name,
      value: name === "peer" ? null : 0.5,
      lower: null,
      upper: null
    }))
    const [series] = reading("B3", "fail").series!
    const curve = { ...(series as CurveSeries), lines: [{ name: "kept", points: points.slice(0, 2) }] }
    const [chart] = await readingCharts(verdictOf({ readings: [reading("B3", "not-evaluable", { series: [curve] })] }))
    const { svg, table } = chart!
    expect(svg).toBeNull()
    expect(table.rows[1]).toEqual(["peer", "–"])
  })

  it("draw the range that missing evidence leaves open", async () => {
    expect(failing.levels.lower).not.toBe(failing.levels.upper)
    const { svg, title } = await spectrumChart(failing)
    expect(title).toContain(`up to ${failing.levels.upper} with what is missing`)
    expect(skeleton(svg!).filter((tag) => tag.startsWith("line")).length).toBeGreaterThan(
      skeleton((await spectrumChart(clean)).svg!).filter((tag) => tag.startsWith("line")).length
    )
  })

  it("tell over the checkpoints which instrument left its band first, and never draw what was not examined", async () => {
    const early = verdictOf({ readings: [reading("M1", "pass"), reading("M3", "borderline")] })
    const late = verdictOf({ readings: [reading("M1", "fail"), reading("M3", "fail")] })
    const { description, svg, table } = await trajectoryChart([
      { subject: "onnx:a", steps: 0, verdict: clean },
      { subject: "onnx:b", steps: null, verdict: null },
      { subject: "onnx:c", steps: 300, verdict: early },
      { subject: "onnx:d", steps: 900, verdict: late }
    ])
    expect(description).toContain("First outside its band: M1 at onnx:d, M3 at onnx:c.")
    expect(description).toContain("2 onnx:b: no verdict")
    expect(table.rows[1]).toEqual(["onnx:b", "–", "no verdict", ...Array(10).fill("–")])
    expect(svg).toContain("onnx:b: no verdict")
    expect(svg!.match(/>first</g)).toHaveLength(2)
    expect((await trajectoryChart([{ subject: "onnx:b", steps: null, verdict: null }])).svg).toBeNull()
    const many = Array.from({ length: 100 }, (_, step) => ({ subject: `onnx:${step}`, steps: step, verdict: clean }))
    expect((await trajectoryChart(many)).missing).toBe("The first 60 checkpoints are in the table only.")
  })

  it("stay finite with an interval beyond all bounds", async () => {
    const interval = { lower: -1e9, upper: 1e9, level: 0.95, sided: "one" } as const
    const { svg } = await forestChart(verdictOf({ readings: [reading("M5", "indeterminate", { interval })] }), {
      width: 360
    })
    const places = [...svg!.matchAll(/translate\(([-\d.]+),/g)].map(([, x]) => Number(x))
    expect(Math.max(...places)).toBeLessThanOrEqual(365)
    expect(Math.min(...places)).toBeGreaterThanOrEqual(-5)
  })
})

describe("thresholdsOf", () => {
  it("is the one that the reading brings along, from low to high", () => {
    const thresholds = [
      { kind: "pass", value: 0.3, says: "upper bound below 0.3" },
      { kind: "fail", value: 0.1, says: "lower bound above 0.1" }
    ] as const
    expect(thresholdsOf(reading("M1", "fail", { thresholds })).map(({ value }) => value)).toEqual([0.1, 0.3])
    expect(thresholdsOf(reading("M1", "fail", { thresholds: [] }))).toEqual([])
    expect(thresholdsOf(reading("M1", "fail"))).toEqual([])
  })
})
