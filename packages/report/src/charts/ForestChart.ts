/** All readings with estimates, one-sided bounds and thresholds. Units differ, so every row has its own scale. */
import { listedInstruments, type Outcome, outcomeSymbol, type Reading, type Verdict } from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, type Palette, palettes } from "../Chart.ts"
import { boxes, type Label, type Line, labels, lines, type Point, points } from "../internal/shapes.ts"
import { type Threshold, thresholdsOf } from "../Thresholds.ts"
import { estimateText, figure, instrumentName, intervalText, outcomeTone, words } from "../Words.ts"

export const forestChart = async (verdict: Verdict, options: ChartOptions = {}): Promise<Chart> => {
  const { palette = palettes.light, width = 760 } = options
  const layout = width < narrowBelow ? narrow(width) : wide(width)
  const rows = listedInstruments([verdict]).map((listed, index) => ({
    listed,
    reading: verdict.readings.find(({ instrument }) => instrument === listed.instrument) ?? null,
    y: index * layout.rowHeight
  }))
  const absent = rows.filter(({ reading }) => reading === null).map(({ listed }) => listed.instrument)
  const name = {
    name: "forest",
    title: "Readings with their bounds and thresholds",
    description: rows
      .map(({ listed, reading }) =>
        reading === null
          ? `${listed.instrument} not administered`
          : `${instrumentName(reading)}: ${words(reading.outcome)}, ${estimateText(reading)} (${reading.measure.label})`
      )
      .join(". ")
  }
  const marks = rows.map(({ listed, reading, y }) =>
    reading === null ? emptyRow(instrumentName(listed), y, layout, palette) : readingRow(reading, y, layout, palette)
  )
  const drawing = {
    width,
    height: rows.length * layout.rowHeight + 4,
    layer: [
      boxes([{ x: 0, x2: 1, y: 0, y2: 1, color: palette.paper, opacity: 0 }]),
      lines(marks.flatMap((mark) => mark.lines)),
      points(marks.flatMap((mark) => mark.points)),
      labels(marks.flatMap((mark) => mark.labels))
    ]
  }
  return {
    ...name,
    svg: await drawSvg(name, drawing, palette),
    missing: absent.length === 0 ? null : `Not administered: ${absent.join(", ")}.`,
    table: {
      columns: ["instrument", "outcome", "what is measured", "estimate", "lower", "upper", "thresholds", "rated"],
      rows: verdict.readings.map((reading) => [
        instrumentName(reading),
        words(reading.outcome),
        `${reading.measure.label} (${reading.measure.unit})`,
        figure(reading.estimate),
        figure(reading.interval?.lower ?? null),
        figure(reading.interval?.upper ?? null),
        thresholdsOf(reading)
          .map(({ kind, says }) => `${kind}: ${says}`)
          .join("; ") || "several, see the method",
        `${reading.coverage.rated} of ${reading.coverage.total}`
      ])
    }
  }
}

/** Where the parts of a row stand: text offsets from its top, and the plot between two places on the x axis. */
interface Layout {
  readonly rowHeight: number
  readonly name: { readonly x: number; readonly y: number }
  readonly outcome: { readonly x: number; readonly y: number }
  readonly estimate: { readonly x: number; readonly y: number; readonly align: "left" | "right" }
  readonly plot: { readonly from: number; readonly to: number; readonly y: number }
  readonly width: number
}

/** Beside names and figures a narrower chart leaves no room to read positions by. */
const narrowBelow = 720

const wide = (width: number): Layout => ({
  rowHeight: 46,
  name: { x: 0, y: 18 },
  outcome: { x: 282, y: 18 },
  plot: { from: 406, to: width - 160, y: 16 },
  estimate: { x: width, y: 18, align: "right" },
  width
})

const narrow = (width: number): Layout => ({
  rowHeight: 82,
  name: { x: 0, y: 14 },
  outcome: { x: 0, y: 32 },
  estimate: { x: width, y: 32, align: "right" },
  plot: { from: 0, to: width, y: 52 },
  width
})

const shapes: Readonly<Record<Outcome, string>> = {
  pass: "circle",
  borderline: "triangle-up",
  fail: "diamond",
  "not-evaluable": "circle",
  invalid: "circle",
  "not-indicated": "stroke",
  indeterminate: "circle"
}

interface Marks {
  readonly lines: ReadonlyArray<Line>
  readonly points: ReadonlyArray<Point>
  readonly labels: ReadonlyArray<Label>
}

const emptyRow = (name: string, y: number, layout: Layout, palette: Palette): Marks => ({
  lines: [separator(y, layout, palette)],
  points: [],
  labels: [
    { ...at(layout.name, y), text: name, color: palette.muted, size: 13 },
    { ...at(layout.outcome, y), text: "○ not administered", color: palette.absent, size: 13 }
  ]
})

const readingRow = (reading: Reading, y: number, layout: Layout, palette: Palette): Marks => {
  const { estimate, interval, outcome } = reading
  const tone = palette[outcomeTone[outcome]]
  const heading = [
    { ...at(layout.name, y), text: instrumentName(reading), color: palette.ink, size: 13 },
    {
      ...at(layout.outcome, y),
      text: `${outcomeSymbol[outcome]} ${words(outcome)}`,
      color: tone,
      size: 13,
      weight: "bold" as const
    },
    {
      ...at(layout.estimate, y),
      text: estimate === null ? "no estimate" : `${figure(estimate)} ${intervalText(interval)}`,
      color: estimate === null ? palette.muted : palette.ink,
      align: layout.estimate.align
    }
  ]
  if (estimate === null) return { lines: [separator(y, layout, palette)], points: [], labels: heading }
  const thresholds = thresholdsOf(reading)
  const scale = scaleOf(reading, thresholds, layout)
  const line = y + layout.plot.y
  return {
    lines: [
      separator(y, layout, palette),
      { x: layout.plot.from, x2: layout.plot.to, y: line, y2: line, color: palette.faint },
      ...thresholds.map(({ kind, value }) => ({
        x: scale(value),
        x2: scale(value),
        y: line - 9,
        y2: line + 9,
        color: palette.ink,
        width: 1.5,
        dash: kind === "fail" ? [1, 0] : [2, 2]
      })),
      ...(interval === null
        ? []
        : [{ x: scale(interval.lower), x2: scale(interval.upper), y: line, y2: line, color: tone, width: 3 }])
    ],
    points: [
      {
        x: scale(estimate),
        y: line,
        shape: shapes[outcome],
        color: tone,
        fill: outcomeTone[outcome] === "absent" ? palette.paper : tone
      }
    ],
    labels: [...heading, ...thresholdLabels(thresholds, scale, line + 18, palette)]
  }
}

/** The lower threshold's label ends at its tick and the higher one's begins there, so that they never overlap. */
const thresholdLabels = (
  thresholds: ReadonlyArray<Threshold>,
  scale: (value: number) => number,
  y: number,
  palette: Palette
) =>
  thresholds.map(({ kind, value }, index) => ({
    x: scale(value) + (thresholds.length === 1 ? 0 : index === 0 ? -3 : 3),
    y,
    text: `${kind} ${value}`,
    size: 11,
    color: palette.muted,
    align: thresholds.length === 1 ? ("center" as const) : index === 0 ? ("right" as const) : ("left" as const)
  }))

/** Places values; what lies far out is put at the edge, its numbers stand beside the plot. */
const scaleOf = (
  { estimate, interval }: Reading,
  thresholds: ReadonlyArray<Threshold>,
  { plot }: Layout
): ((value: number) => number) => {
  const values = [
    0,
    estimate!,
    interval?.lower ?? 0,
    interval?.upper ?? 0,
    ...thresholds.map(({ value }) => value)
  ].map((value) => Math.max(-2, Math.min(3, value)))
  const [low, high] = [Math.min(...values), Math.max(...values, Math.min(...values) + 0.01)]
  const [from, to] = [plot.from + 52, plot.to - 56]
  return (value) => Math.max(plot.from + 4, Math.min(plot.to - 4, from + ((value - low) / (high - low)) * (to - from)))
}

const at = ({ x, y }: { readonly x: number; readonly y: number }, top: number) => ({ x, y: top + y })

const separator = (y: number, { rowHeight, width }: Layout, palette: Palette) => ({
  x: 0,
  x2: width,
  y: y + rowHeight - 4,
  y2: y + rowHeight - 4,
  color: palette.faint
})
