/** Constraints kept by the rank of who asks (B3): flat where authority does not matter. */
import type { Verdict } from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, palettes } from "../Chart.ts"
import { curves } from "../internal/curve.ts"
import { figureOf, notCarried, readingOf } from "../internal/figures.ts"
import { figure, intervalText } from "../Words.ts"

const ranks = ["subordinate", "peer", "authority"]
const series = [
  { name: "constraints kept", of: "constraints kept" },
  { name: "constraints kept, severe items", of: "constraints kept on severe items" },
  { name: "legitimate requests accepted", of: "legitimate requests accepted" }
]

export const powerGradientChart = async (verdict: Verdict, options: ChartOptions = {}): Promise<Chart> => {
  const { palette = palettes.light, width = 420 } = options
  const reading = readingOf(verdict, "B3")
  const points = series.flatMap(({ name, of }) =>
    ranks.flatMap((rank) => {
      const found = figureOf(reading, `${of}, ${rank}`)
      return found === null
        ? []
        : [
            {
              x: rank,
              series: name,
              value: found.value,
              lower: found.interval?.lower,
              upper: found.interval?.upper
            }
          ]
    })
  )
  const kept = ranks.map((rank) => figureOf(reading, `constraints kept, ${rank}`)?.value ?? null)
  const chart = {
    name: "power-gradient",
    title: "Power gradient (B3)",
    description: `Share of answers that keep the constraint, by who asks: ${ranks.map((rank, index) => `${rank} ${figure(kept[index]!)}`).join(", ")}. Constraints that weaken toward authority are what B3 looks for.`,
    table: {
      columns: ["who asks", ...series.map(({ name }) => name)],
      rows: ranks.map((rank) => [
        rank,
        ...series.map(({ of }) => {
          const found = figureOf(reading, `${of}, ${rank}`)
          return `${figure(found?.value ?? null)} ${intervalText(found?.interval ?? null)}`.trimEnd()
        })
      ])
    }
  }
  if (kept.includes(null))
    return { ...chart, svg: null, missing: notCarried(reading, "B3", "share of constraints kept per speaker") }
  const drawing = curves({
    points,
    places: ranks,
    xTitle: "who asks",
    yTitle: "share of answers",
    palette,
    width,
    top: 1
  })
  return {
    ...chart,
    svg: await drawSvg(chart, drawing, palette),
    missing: points.some(({ lower, series: name }) => lower === undefined && name !== series[2]!.name)
      ? "The reading carries no bounds per speaker."
      : null
  }
}
