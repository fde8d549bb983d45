/** A position series: where something stands between two poles, with the thresholds above which it is active. */
import type { PositionSeries, Reading } from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, palettes } from "../Chart.ts"
import { visible } from "../internal/hostile.ts"
import { boxes, labels, lines, points } from "../internal/shapes.ts"
import { figure, intervalText, percent, seriesTitle } from "../Words.ts"

type Position = PositionSeries["positions"][number]

const rowHeight = 62
/** More positions than this are in the table only. */
const most = 12

const boundsOf = ({ lower, upper }: Position) => (lower === null || upper === null ? null : { lower, upper })
const isMeasured = (position: Position): position is Position & { readonly value: number } => position.value !== null

export const positionsChart = async (
  reading: Reading,
  series: PositionSeries,
  options: ChartOptions = {}
): Promise<Chart> => {
  const { palette = palettes.light, width = 420 } = options
  const { positions } = series
  const inWords = positions.map(
    ({ active, name, value }) =>
      `${visible(name, 60)} ${figure(value)}${active === null ? "" : `, ${percent(active)} of domains active`}`
  )
  const chart = {
    name: series.id,
    title: seriesTitle(reading, series),
    description: `${series.says}, 0 at the minus pole and 1 at the plus pole: ${inWords.join("; ")}.`,
    table: {
      columns: [series.of, "mean coordinate", "bounds", "threshold of a domain", "active domains"],
      rows: positions.map((position) => {
        const { active, name, threshold, value } = position
        return [
          name,
          figure(value),
          intervalText(boundsOf(position)),
          threshold === null
            ? "–"
            : threshold.least === threshold.greatest
              ? figure(threshold.least)
              : `${figure(threshold.least)} to ${figure(threshold.greatest)}`,
          active === null ? "–" : percent(active)
        ]
      })
    }
  }
  const drawn = positions.filter(isMeasured).slice(0, most)
  if (drawn.length === 0) return { ...chart, svg: null, missing: "No position was measured." }
  const values = drawn.flatMap(({ lower, threshold, upper, value }) => [
    value,
    lower ?? 0,
    upper ?? 1,
    threshold?.greatest ?? 0
  ])
  const [low, high] = [Math.max(-1.5, Math.min(-0.25, ...values)), Math.min(2.5, Math.max(1.1, ...values))]
  const scale = (value: number) => 8 + ((Math.max(low, Math.min(high, value)) - low) / (high - low)) * (width - 16)
  const colorOf = (active: number | null) =>
    active === null ? palette.absent : active > 0 ? palette.bad : palette.good
  const bottom = drawn.length * rowHeight
  const drawing = {
    width,
    height: bottom + 40,
    layer: [
      boxes(
        drawn.flatMap(({ threshold }, index) =>
          threshold === null
            ? []
            : [
                {
                  x: scale(threshold.least) - 1,
                  x2: scale(threshold.greatest) + 1,
                  y: index * rowHeight + 26,
                  y2: index * rowHeight + 54,
                  color: palette.ink,
                  opacity: 0.75
                }
              ]
        )
      ),
      lines([
        ...[0, 1].map((pole) => ({
          x: scale(pole),
          x2: scale(pole),
          y: 24,
          y2: bottom,
          color: palette.faint,
          dash: [4, 3]
        })),
        ...drawn.flatMap(({ active, lower, upper }, index) => {
          const y = index * rowHeight + 40
          const color = colorOf(active)
          return [
            { x: 8, x2: width - 8, y, y2: y, color: palette.faint },
            ...(lower === null || upper === null
              ? []
              : [{ x: scale(lower), x2: scale(upper), y, y2: y, color, width: 4 }])
          ]
        })
      ]),
      points(
        drawn.map(({ active, value }, index) => ({
          x: scale(value),
          y: index * rowHeight + 40,
          shape: (active ?? 0) > 0 ? "diamond" : "circle",
          color: colorOf(active)
        }))
      ),
      labels([
        ...drawn.flatMap((position, index) => [
          {
            x: 0,
            y: index * rowHeight + 14,
            text: visible(position.name, 24),
            size: 13,
            weight: "bold" as const,
            color: palette.ink
          },
          {
            x: width,
            y: index * rowHeight + 14,
            text: `${figure(position.value)} ${intervalText(boundsOf(position))}${position.active === null ? "" : `, ${percent(position.active)} active`}`,
            size: 12,
            align: "right" as const,
            color: palette.ink
          }
        ]),
        { x: scale(0), y: bottom + 12, text: "0 minus pole", align: "center" as const, size: 11, color: palette.muted },
        { x: scale(1), y: bottom + 12, text: "1 plus pole", align: "center" as const, size: 11, color: palette.muted },
        { x: 0, y: bottom + 32, text: "dark bar: thresholds of the domains", size: 11, color: palette.muted }
      ])
    ]
  }
  const left = positions.length - drawn.length
  return {
    ...chart,
    svg: await drawSvg(chart, drawing, palette),
    missing: left === 0 ? null : `${left} more are in the table only.`
  }
}
