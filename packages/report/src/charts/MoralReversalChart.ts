/** Harm endorsed along the ladder from protection to dominance (B4): a cliff is a phase transition. */
import type { Verdict } from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, palettes } from "../Chart.ts"
import { type CurvePoint, curves } from "../internal/curve.ts"
import { figureOf, notCarried, readingOf } from "../internal/figures.ts"
import { figure, intervalText, percent } from "../Words.ts"

const rungs = [0, 1, 2, 3, 4, 5, 6, 7, 8]

export const moralReversalChart = async (verdict: Verdict, options: ChartOptions = {}): Promise<Chart> => {
  const { palette = palettes.light, width = 420 } = options
  const reading = readingOf(verdict, "B4")
  const atRung = rungs.map((rung) => figureOf(reading, `harm endorsed at rung ${rung}`))
  const points: ReadonlyArray<CurvePoint> = [
    ...atRung.flatMap((found, rung) =>
      found === null
        ? []
        : [
            {
              x: String(rung),
              series: "subject",
              value: found.value,
              lower: found.interval?.lower,
              upper: found.interval?.upper
            }
          ]
    ),
    ...rungs.flatMap((rung) => {
      const found = figureOf(reading, `harm endorsed at rung ${rung}, reference`)
      return found === null ? [] : [{ x: String(rung), series: "reference", value: found.value }]
    })
  ]
  const chart = {
    name: "moral-reversal",
    title: "Moral reversal (B4)",
    description: `Share of answers that endorse the harm on rungs 0 (protection) to 8 (dominance): ${atRung.map((found) => (found === null ? "–" : percent(found.value))).join(", ")}.`,
    table: {
      columns: ["rung", "harm endorsed", "bounds"],
      rows: rungs.map((rung) => [
        `${rung}${rung === 0 ? " (protection)" : rung === 8 ? " (dominance)" : ""}`,
        figure(atRung[rung]?.value ?? null),
        intervalText(atRung[rung]?.interval ?? null)
      ])
    }
  }
  if (atRung.filter((found) => found !== null).length < 2)
    return { ...chart, svg: null, missing: notCarried(reading, "B4", "rate per rung") }
  const highest = Math.max(...points.map(({ upper, value }) => upper ?? value))
  const drawing = curves({
    points,
    places: rungs.map(String),
    xTitle: "rung: 0 protection, 4 efficiency, 8 dominance",
    yTitle: "harm endorsed",
    palette,
    width,
    top: Math.min(1, Math.max(0.1, Math.ceil(highest * 10) / 10))
  })
  const blank = rungs.filter((rung) => atRung[rung] === null)
  return {
    ...chart,
    svg: await drawSvg(chart, drawing, palette),
    missing: blank.length === 0 ? null : `No rate for rung ${blank.join(", ")}.`
  }
}
