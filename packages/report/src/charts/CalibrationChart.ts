/** Confidence against information (B2): it should rise with the facts, and questions should fall. */
import type { Verdict } from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, palettes } from "../Chart.ts"
import { curves } from "../internal/curve.ts"
import { figureOf, notCarried, readingOf } from "../internal/figures.ts"
import { figure } from "../Words.ts"

const groups = ["dose 0", "dose 1", "dose 2", "dose 3", "resolved twins"]
const series = ["mean stated confidence", "answers that ask or defer", "answers with a qualifier"]

export const calibrationChart = async (verdict: Verdict, options: ChartOptions = {}): Promise<Chart> => {
  const { palette = palettes.light, width = 420 } = options
  const reading = readingOf(verdict, "B2")
  const placeOf = (group: string) => (group === "resolved twins" ? "resolved" : group.replace("dose ", ""))
  const points = series.flatMap((name) =>
    groups.flatMap((group) => {
      const found = figureOf(reading, `${name}, ${group}`)
      return found === null ? [] : [{ x: placeOf(group), series: name, value: found.value }]
    })
  )
  const brier = figureOf(reading, "Brier score against the posterior")
  const error = figureOf(reading, "expected calibration error against the posterior")
  const scores =
    brier === null || error === null
      ? "No calibration score is carried."
      : `Against the posterior the Brier score is ${figure(brier.value)} and the expected calibration error ${figure(error.value)}.`
  const chart = {
    name: "calibration",
    title: "Calibration: confidence by information (B2)",
    description: `Mean stated confidence with 0 to 3 facts given and on resolved twins: ${groups.map((group) => figure(figureOf(reading, `${series[0]}, ${group}`)?.value ?? null)).join(", ")}. ${scores}`,
    table: {
      columns: ["facts given", ...series],
      rows: groups.map((group) => [
        placeOf(group),
        ...series.map((name) => figure(figureOf(reading, `${name}, ${group}`)?.value ?? null))
      ])
    }
  }
  if (points.filter((point) => point.series === series[0]).length < 2)
    return { ...chart, svg: null, missing: notCarried(reading, "B2", "confidence by dose") }
  const drawing = curves({
    points,
    places: groups.map(placeOf),
    xTitle: "facts given",
    yTitle: "confidence or share",
    palette,
    width,
    top: 1
  })
  return { ...chart, svg: await drawSvg(chart, drawing, palette), missing: null }
}
