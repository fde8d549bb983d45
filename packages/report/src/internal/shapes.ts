/** Shapes at places in pixels, as layers of one Vega-Lite drawing. */
import { visible } from "./hostile.ts"

type Layer = Readonly<Record<string, unknown>>

export interface Label {
  readonly x: number
  readonly y: number
  readonly text: string
  readonly color: string
  readonly size?: number
  readonly weight?: "normal" | "bold"
  readonly align?: "left" | "center" | "right"
}
export interface Line {
  readonly x: number
  readonly x2: number
  readonly y: number
  readonly y2: number
  readonly color: string
  readonly width?: number
  readonly dash?: ReadonlyArray<number>
}
interface Box {
  readonly x: number
  readonly x2: number
  readonly y: number
  readonly y2: number
  readonly color: string
  readonly opacity?: number
}
export interface Point {
  readonly x: number
  readonly y: number
  readonly shape: string
  readonly color: string
  readonly fill?: string
  readonly size?: number
}

const place = (field: string) => ({ field, type: "quantitative", scale: null, axis: null })
const own = (field: string) => ({ field, scale: null, legend: null })
const measured = (field: string) => ({ ...own(field), type: "quantitative" })

/** Text; a line break in it is one in the drawing. Everything else that hides is made visible, and long text is cut. */
export const labels = (values: ReadonlyArray<Label>): Layer => ({
  data: {
    values: values.map(({ text, ...label }) => ({
      size: 12,
      weight: "normal",
      align: "left",
      ...label,
      text: text.split("\n").map((line) => visible(line, 120))
    }))
  },
  mark: {
    type: "text",
    baseline: "middle",
    align: { expr: "datum.align" },
    fontWeight: { expr: "datum.weight" },
    lineHeight: 14
  },
  encoding: { x: place("x"), y: place("y"), text: { field: "text" }, size: measured("size"), color: own("color") }
})

export const lines = (values: ReadonlyArray<Line>): Layer => ({
  data: { values: values.map((line) => ({ width: 1, dash: [1, 0], ...line })) },
  mark: { type: "rule", strokeDash: { expr: "datum.dash" } },
  encoding: {
    x: place("x"),
    x2: { field: "x2" },
    y: place("y"),
    y2: { field: "y2" },
    color: own("color"),
    strokeWidth: measured("width")
  }
})

export const boxes = (values: ReadonlyArray<Box>): Layer => ({
  data: { values: values.map((box) => ({ opacity: 1, ...box })) },
  mark: { type: "rect" },
  encoding: {
    x: place("x"),
    x2: { field: "x2" },
    y: place("y"),
    y2: { field: "y2" },
    fill: own("color"),
    fillOpacity: measured("opacity")
  }
})

export const points = (values: ReadonlyArray<Point>): Layer => ({
  data: { values: values.map((point) => ({ size: 90, ...point, fill: point.fill ?? point.color })) },
  mark: { type: "point", strokeWidth: 2, opacity: 1 },
  encoding: {
    x: place("x"),
    y: place("y"),
    shape: own("shape"),
    fill: own("fill"),
    stroke: own("color"),
    size: measured("size")
  }
})
