/** Stated confidence against the known posterior, in bins of equal mass: on the diagonal it would be calibrated. */
import type { Reading } from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, palettes } from "../Chart.ts"
import { labels, lines, points } from "../internal/shapes.ts"
import { figure, shortName } from "../Words.ts"

const ticks = [0, 0.25, 0.5, 0.75, 1]

export const reliabilityChart = async (reading: Reading, options: ChartOptions = {}): Promise<Chart> => {
  const { palette = palettes.light, width = 420 } = options
  const bins = reading.calibration ?? []
  const chart = {
    name: `reliability-${reading.instrument}`,
    title: `Reliability: stated against known probability (${shortName(reading)})`,
    description: `Mean probability that the answers give to the act's being right, and the posterior that the facts give it: ${bins.map(({ posterior, stated }) => `${figure(stated)} where ${figure(posterior)} is due`).join(", ")}.`,
    table: {
      columns: ["stated probability", "posterior", "answers"],
      rows: bins.map(({ n, posterior, stated }) => [figure(stated), figure(posterior), String(n)])
    }
  }
  if (bins.length === 0)
    return {
      ...chart,
      svg: null,
      missing: "No probability could be held against a posterior."
    }
  const side = Math.min(300, width - 80)
  const [left, bottom] = [52, side + 10]
  const x = (value: number) => left + value * side
  const y = (value: number) => bottom - value * side
  const most = Math.max(...bins.map(({ n }) => n))
  const drawing = {
    width,
    height: bottom + 44,
    layer: [
      lines([
        ...ticks.flatMap((tick) => [
          { x: x(0), x2: x(1), y: y(tick), y2: y(tick), color: palette.faint },
          { x: x(tick), x2: x(tick), y: bottom, y2: bottom + 4, color: palette.faint }
        ]),
        { x: x(0), x2: x(1), y: y(0), y2: y(1), color: palette.muted, dash: [4, 3] },
        ...bins.map(({ posterior, stated }) => ({
          x: x(stated),
          x2: x(stated),
          y: y(posterior),
          y2: y(stated),
          color: palette.accent,
          width: 1.5,
          dash: [2, 2]
        }))
      ]),
      points(
        bins.map(({ n, posterior, stated }) => ({
          x: x(stated),
          y: y(posterior),
          shape: "circle",
          color: palette.accent,
          size: 40 + 160 * (n / most)
        }))
      ),
      labels([
        ...ticks.flatMap((tick) => [
          { x: left - 8, y: y(tick), text: String(tick), align: "right" as const, color: palette.muted },
          { x: x(tick), y: bottom + 14, text: String(tick), align: "center" as const, color: palette.muted }
        ]),
        { x: x(0.5), y: bottom + 34, text: "stated probability", align: "center" as const, color: palette.muted },
        { x: x(0.02), y: y(0.97), text: "posterior", color: palette.muted },
        {
          x: x(0.98),
          y: y(0.05),
          text: "below the line: surer than the facts",
          align: "right" as const,
          size: 11,
          color: palette.muted
        }
      ])
    ]
  }
  return { ...chart, svg: await drawSvg(chart, drawing, palette), missing: null }
}
