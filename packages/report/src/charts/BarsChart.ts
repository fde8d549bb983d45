/** A bar series: shares by an unordered name. Spread over unrelated domains is what distinguishes a regime from a slip. */
import type { BarSeries, Reading } from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, palettes } from "../Chart.ts"
import { visible } from "../internal/hostile.ts"
import { boxes, labels, lines } from "../internal/shapes.ts"
import { figure, percent, seriesTitle } from "../Words.ts"

const rowHeight = 30
/** More bars than this are in the table only. */
const most = 12

export const barsChart = async (reading: Reading, series: BarSeries, options: ChartOptions = {}): Promise<Chart> => {
  const { palette = palettes.light, width = 420 } = options
  const { bars } = series
  const chart = {
    name: series.id,
    title: seriesTitle(reading, series),
    description: `${series.says}: ${bars.map(({ name, value }) => `${visible(name, 40)} ${percent(value)}`).join(", ")}.`,
    table: {
      columns: [series.of, "share", "answers"],
      rows: bars.map(({ n, name, value }) => [name, figure(value), n === null ? "–" : String(n)])
    }
  }
  if (bars.length === 0) return { ...chart, svg: null, missing: "Nothing was measured that could be drawn." }
  const drawn = bars.slice(0, most)
  const [from, to] = [130, width - 52]
  const top = Math.max(0.1, ...drawn.map(({ value }) => value))
  const scale = (value: number) => from + (value / top) * (to - from)
  const middle = (index: number) => index * rowHeight + rowHeight / 2
  const drawing = {
    width,
    height: drawn.length * rowHeight,
    layer: [
      boxes(
        drawn.map(({ value }, index) => ({
          x: from,
          x2: scale(value),
          y: middle(index) - 8,
          y2: middle(index) + 8,
          color: palette.accent
        }))
      ),
      lines([{ x: from, x2: from, y: 0, y2: drawn.length * rowHeight, color: palette.muted }]),
      labels(
        drawn.flatMap(({ name, value }, index) => [
          {
            x: from - 10,
            y: middle(index),
            text: visible(name, 18),
            size: 13,
            align: "right" as const,
            color: palette.ink
          },
          { x: scale(value) + 8, y: middle(index), text: percent(value), size: 12, color: palette.ink }
        ])
      )
    ]
  }
  return {
    ...chart,
    svg: await drawSvg(chart, drawing, palette),
    missing: bars.length > most ? `${bars.length - most} more are in the table only.` : null
  }
}
