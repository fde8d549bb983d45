/** Curves over an ordered axis, told apart by colour, dash and shape. */
import type { Palette } from "../Chart.ts"
import { visible } from "./hostile.ts"

export interface CurvePoint {
  readonly x: string
  readonly series: string
  readonly value: number
  readonly lower?: number | undefined
  readonly upper?: number | undefined
}

interface CurveOptions {
  readonly points: ReadonlyArray<CurvePoint>
  /** Places on the x axis in order. */
  readonly places: ReadonlyArray<string>
  readonly xTitle: string
  readonly yTitle: string
  readonly palette: Palette
  readonly width: number
  /** Greatest value on the y axis. */
  readonly top: number
}

const shapes = ["circle", "square", "triangle-up", "diamond"]
const dashes = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 2, 2, 2]
]

/** At most four series. */
export const curves = ({ palette, places, points, top, width, xTitle, yTitle }: CurveOptions) => {
  const series = [...new Set(points.map((point) => point.series))]
  const colors = [palette.accent, palette.bad, palette.good, palette.caution]
  const scaleOf = (range: ReadonlyArray<unknown>) => ({ domain: series, range: range.slice(0, series.length) })
  const x = {
    field: "x",
    type: "ordinal",
    sort: places,
    scale: { type: "point", padding: 0.35, domain: places },
    axis: { title: xTitle, labelAngle: 0, grid: false, titlePadding: 10 }
  }
  const y = {
    field: "value",
    type: "quantitative",
    scale: { domain: [0, top] },
    axis: { title: yTitle, tickCount: 5, domain: false, ticks: false, titlePadding: 10, format: "%" }
  }
  const values = points.map((point) => ({ ...point, x: visible(point.x, 40) }))
  const bounded = values.filter(({ lower }) => lower !== undefined)
  // A line through two points would claim what lies between them.
  const drawn = values.filter(({ series: name }) => values.filter((point) => point.series === name).length > 2)
  const legend = { symbolOpacity: 1, symbolStrokeWidth: 0 }
  const color = { field: "series", type: "nominal", scale: scaleOf(colors), legend }
  const dash = { field: "series", type: "nominal", scale: scaleOf(dashes), legend }
  return {
    width: width - 72,
    height: 200,
    layer: [
      {
        data: { values: bounded },
        mark: { type: "rule", strokeWidth: 1.5, opacity: 0.55 },
        encoding: { x, y: { ...y, field: "lower" }, y2: { field: "upper" }, color }
      },
      {
        data: { values: drawn },
        mark: { type: "line", strokeWidth: 2 },
        encoding: { x, y, color, strokeDash: dash }
      },
      {
        data: { values },
        mark: { type: "point", filled: true, size: 64, opacity: 1 },
        encoding: { x, y, color, shape: { field: "series", type: "nominal", scale: scaleOf(shapes), legend } }
      }
    ]
  }
}
