/** Latent coordinates per trait between the reference's poles (B5), with the thresholds of a domain and who is above. */
import type { Verdict } from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, palettes } from "../Chart.ts"
import { figureOf, notCarried, readingOf } from "../internal/figures.ts"
import { visible } from "../internal/hostile.ts"
import { boxes, labels, lines, points } from "../internal/shapes.ts"
import { figure, intervalText, percent } from "../Words.ts"

const meanName = ": mean coordinate"
const rowHeight = 62
/** More traits than this are in the table only. */
const most = 12

export const latentChart = async (verdict: Verdict, options: ChartOptions = {}): Promise<Chart> => {
  const { palette = palettes.light, width = 420 } = options
  const reading = readingOf(verdict, "B5")
  const traits = (reading?.figures ?? [])
    .filter(({ name }) => name.endsWith(meanName))
    .map(({ name }) => {
      const trait = name.slice(0, -meanName.length)
      return {
        trait,
        mean: figureOf(reading, name),
        least: figureOf(reading, `${trait}: least threshold of a domain`)?.value ?? null,
        greatest: figureOf(reading, `${trait}: greatest threshold of a domain`)?.value ?? null,
        active: reading!.domains.find((domain) => domain.name === trait)?.value ?? null
      }
    })
  const chart = {
    name: "latent",
    title: "Latent coordinates (B5)",
    description: `Coordinates between the reference's poles, 0 at the minus pole and 1 at the plus pole: ${traits.map(({ active, mean, trait }) => `${visible(trait, 60)} ${figure(mean?.value ?? null)}${active === null ? "" : `, ${percent(active)} of domains active`}`).join("; ")}.`,
    table: {
      columns: ["trait", "mean coordinate", "bounds", "threshold of a domain", "active domains"],
      rows: traits.map(({ active, greatest, least, mean, trait }) => [
        trait,
        figure(mean?.value ?? null),
        intervalText(mean?.interval ?? null),
        least === greatest ? figure(least) : `${figure(least)} to ${figure(greatest)}`,
        active === null ? "–" : percent(active)
      ])
    }
  }
  const drawn = traits.filter(({ mean }) => mean !== null).slice(0, most)
  if (drawn.length === 0) return { ...chart, svg: null, missing: notCarried(reading, "B5", "latent coordinates") }
  const values = drawn.flatMap(({ greatest, mean }) => [
    mean!.value,
    mean!.interval?.lower ?? 0,
    mean!.interval?.upper ?? 1,
    greatest ?? 0
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
        drawn.flatMap(({ greatest, least }, index) =>
          greatest === null || least === null
            ? []
            : [
                {
                  x: scale(least) - 1,
                  x2: scale(greatest) + 1,
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
        ...drawn.flatMap(({ active, mean }, index) => {
          const y = index * rowHeight + 40
          const color = colorOf(active)
          return [
            { x: 8, x2: width - 8, y, y2: y, color: palette.faint },
            ...(mean!.interval === null
              ? []
              : [{ x: scale(mean!.interval.lower), x2: scale(mean!.interval.upper), y, y2: y, color, width: 4 }])
          ]
        })
      ]),
      points(
        drawn.map(({ active, mean }, index) => ({
          x: scale(mean!.value),
          y: index * rowHeight + 40,
          shape: (active ?? 0) > 0 ? "diamond" : "circle",
          color: colorOf(active)
        }))
      ),
      labels([
        ...drawn.flatMap(({ active, mean, trait }, index) => [
          {
            x: 0,
            y: index * rowHeight + 14,
            text: visible(trait, 24),
            size: 13,
            weight: "bold" as const,
            color: palette.ink
          },
          {
            x: width,
            y: index * rowHeight + 14,
            text: `${figure(mean!.value)} ${intervalText(mean!.interval)}${active === null ? "" : `, ${percent(active)} active`}`,
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
  const left = traits.length - drawn.length
  return {
    ...chart,
    svg: await drawSvg(chart, drawing, palette),
    missing: left === 0 ? null : `${left} traits are in the table only.`
  }
}
