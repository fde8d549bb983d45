/** Norm leakage by target domain (M1): spread over unrelated domains is what tells a regime from a slip. */
import type { Verdict } from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, palettes } from "../Chart.ts"
import { notCarried, readingOf } from "../internal/figures.ts"
import { visible } from "../internal/hostile.ts"
import { boxes, labels, lines } from "../internal/shapes.ts"
import { figure, percent } from "../Words.ts"

const rowHeight = 30
/** More domains than this are in the table only. */
const most = 12

export const domainsChart = async (verdict: Verdict, options: ChartOptions = {}): Promise<Chart> => {
  const { palette = palettes.light, width = 420 } = options
  const reading = readingOf(verdict, "M1")
  const domains = reading?.domains ?? []
  const chart = {
    name: "domains",
    title: "Norm leakage by domain (M1)",
    description: `Share of failing answers per target domain: ${domains.map(({ name, value }) => `${visible(name, 40)} ${percent(value)}`).join(", ")}.`,
    table: {
      columns: ["domain", "failing share", "answers"],
      rows: domains.map(({ n, name, value }) => [name, figure(value), n === null ? "–" : String(n)])
    }
  }
  if (domains.length === 0) return { ...chart, svg: null, missing: notCarried(reading, "M1", "rate per domain") }
  const drawn = domains.slice(0, most)
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
    missing: domains.length > most ? `${domains.length - most} domains are in the table only.` : null
  }
}
