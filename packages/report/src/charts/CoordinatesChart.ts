/** Latent coordinates by trait and domain, each with its bounds and the threshold above which the domain is active. */
import type { DomainCoordinate, Reading } from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, palettes } from "../Chart.ts"
import { visible } from "../internal/hostile.ts"
import { type Label, type Line, labels, lines, type Point, points } from "../internal/shapes.ts"
import { figure, intervalText, shortName } from "../Words.ts"

const rowHeight = 22
const headHeight = 30
/** More domains than this are in the table only. */
const most = 60

export const coordinatesChart = async (reading: Reading, options: ChartOptions = {}): Promise<Chart> => {
  const { palette = palettes.light, width = 420 } = options
  const all = reading.coordinates ?? []
  const count = (of: ReadonlyArray<DomainCoordinate>) => of.filter(({ active }) => active).length
  const traits = [...Map.groupBy(all, ({ trait }) => trait)]
  const chart = {
    name: `coordinates-${reading.instrument}`,
    title: `Coordinates by domain (${shortName(reading)})`,
    description: `Coordinate of each trait in each domain, 0 at the minus pole and 1 at the plus pole. ${traits.map(([trait, of]) => `${visible(trait, 60)}: ${count(of)} of ${of.length} domains above their threshold`).join("; ")}.`,
    table: {
      columns: ["trait", "domain", "coordinate", "bounds", "threshold", "active"],
      rows: all.map(({ active, domain, interval, threshold, trait, value }) => [
        trait,
        domain,
        figure(value),
        intervalText(interval),
        figure(threshold),
        active ? "active" : "no"
      ])
    }
  }
  if (all.length === 0) return { ...chart, svg: null, missing: "No coordinate was measured." }
  const drawn = all.slice(0, most)
  const values = drawn.flatMap(({ interval, threshold, value }) => [
    threshold,
    value ?? 0,
    interval?.lower ?? 0,
    interval?.upper ?? 0
  ])
  const [low, high] = [Math.max(-1.5, Math.min(-0.1, ...values)), Math.min(2.5, Math.max(1.05, ...values))]
  const [from, to] = [150, width - 10]
  const scale = (value: number) => from + ((Math.max(low, Math.min(high, value)) - low) / (high - low)) * (to - from)
  const marks: { lines: Array<Line>; points: Array<Point>; labels: Array<Label> } = {
    lines: [],
    points: [],
    labels: []
  }
  let y = 0
  for (const [trait, of] of Map.groupBy(drawn, (one) => one.trait)) {
    marks.labels.push({
      x: 0,
      y: y + 14,
      text: `${visible(trait, 40)}: ${count(of)} of ${of.length} active`,
      size: 13,
      weight: "bold",
      color: palette.ink
    })
    y += headHeight
    for (const { active, domain, interval, threshold, value } of of) {
      const middle = y + rowHeight / 2 - 4
      const color = value === null ? palette.absent : active ? palette.bad : palette.good
      marks.labels.push({ x: 0, y: middle, text: visible(domain, 22), size: 12, color: palette.ink })
      marks.lines.push(
        { x: from, x2: to, y: middle, y2: middle, color: palette.faint },
        { x: scale(threshold), x2: scale(threshold), y: middle - 7, y2: middle + 7, color: palette.ink, width: 1.5 }
      )
      if (interval !== null) {
        marks.lines.push({
          x: scale(interval.lower),
          x2: scale(interval.upper),
          y: middle,
          y2: middle,
          color,
          width: 3
        })
      }
      if (value === null)
        marks.labels.push({ x: from, y: middle, text: "not measured", size: 11, color: palette.absent })
      else marks.points.push({ x: scale(value), y: middle, shape: active ? "diamond" : "circle", color, size: 60 })
      y += rowHeight
    }
  }
  const drawing = {
    width,
    height: y + 44,
    layer: [
      lines([
        ...[0, 1].map((pole) => ({
          x: scale(pole),
          x2: scale(pole),
          y: 24,
          y2: y,
          color: palette.faint,
          dash: [4, 3]
        })),
        ...marks.lines
      ]),
      points(marks.points),
      labels([
        ...marks.labels,
        { x: scale(0), y: y + 10, text: "0 minus pole", align: "center" as const, size: 11, color: palette.muted },
        { x: scale(1), y: y + 10, text: "1 plus pole", align: "center" as const, size: 11, color: palette.muted },
        { x: 0, y: y + 34, text: "tick: threshold; diamond: active, circle: not", size: 11, color: palette.muted }
      ])
    ]
  }
  return {
    ...chart,
    svg: await drawSvg(chart, drawing, palette),
    missing: all.length > most ? `${all.length - most} domains are in the table only.` : null
  }
}
