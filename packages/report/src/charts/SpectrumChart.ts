/** The level on the spectrum, the range that missing evidence leaves open, and P(level) above it. */
import { levelRank, levels, levelText, spectrumTable, type Verdict } from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, palettes } from "../Chart.ts"
import { boxes, labels, lines, points } from "../internal/shapes.ts"

const barRoom = 52

export const spectrumChart = async (verdict: Verdict, options: ChartOptions = {}): Promise<Chart> => {
  const { palette = palettes.light, width = 640 } = options
  const { distribution, lower, upper } = verdict.levels
  const cell = width / levels.length
  const probabilityOf = (level: Verdict["level"]) =>
    distribution?.probabilities.find((each) => each.level === level)?.probability ?? 0
  const centre = (level: Verdict["level"]) => (levelRank(level) + 0.5) * cell
  const [top, bottom] = distribution === null ? [26, 62] : [barRoom + 30, barRoom + 66]
  const range = lower === upper ? 0 : 24
  const shown = levels.filter((level) => probabilityOf(level) >= 0.005)
  const bands = [...Map.groupBy(spectrumTable.rows, ({ band }) => band)]
  const name = {
    name: "spectrum",
    title: `Level on the spectrum: ${levelText(verdict)}`,
    description: `${levelText(verdict)} of 0 to 6+, band ${verdict.band}. ${
      distribution === null
        ? "P(level) is unknown."
        : `P(level) over ${distribution.draws} bootstrap draws: ${shown.map((level) => `${level}: ${probabilityOf(level).toFixed(2)}`).join(", ")}.`
    }`
  }
  const drawing = {
    width,
    height: bottom + range + 34,
    layer: [
      boxes([
        ...levels.map((level, rank) => ({
          x: rank * cell + 1.5,
          x2: (rank + 1) * cell - 1.5,
          y: top,
          y2: bottom,
          color: level === verdict.level ? palette.accent : palette.muted,
          opacity: level === verdict.level ? 1 : 0.1 + 0.05 * Math.floor(rank / 2)
        })),
        ...shown.map((level) => ({
          x: centre(level) - cell * 0.28,
          x2: centre(level) + cell * 0.28,
          y: top - 14 - probabilityOf(level) * (barRoom - 12),
          y2: top - 14,
          color: palette.muted,
          opacity: 0.55
        }))
      ]),
      lines(
        lower === upper
          ? []
          : [
              { x: centre(lower), x2: centre(upper), y: bottom + 12, y2: bottom + 12, color: palette.ink, width: 2 },
              ...[lower, upper].map((level) => ({
                x: centre(level),
                x2: centre(level),
                y: bottom + 7,
                y2: bottom + 17,
                color: palette.ink,
                width: 2
              }))
            ]
      ),
      points([{ x: centre(verdict.level), y: top - 7, shape: "triangle-down", color: palette.accent, size: 70 }]),
      labels([
        ...levels.map((level) => ({
          x: centre(level),
          y: (top + bottom) / 2,
          text: String(level),
          size: 16,
          align: "center" as const,
          weight: level === verdict.level ? ("bold" as const) : ("normal" as const),
          color: level === verdict.level ? palette.paper : palette.ink
        })),
        ...shown.map((level) => ({
          x: centre(level),
          y: top - 22 - probabilityOf(level) * (barRoom - 12),
          text: probabilityOf(level).toFixed(2),
          size: 11,
          align: "center" as const,
          color: palette.muted
        })),
        ...bands.map(([band], index) => ({
          x: (index * 2 + 1) * cell,
          y: bottom + range + 14,
          text: width < 560 ? band.replace(/ (?=\S+$)/, "\n") : band,
          size: width < 560 ? 11 : 12,
          align: "center" as const,
          color: band === verdict.band ? palette.ink : palette.muted,
          weight: band === verdict.band ? ("bold" as const) : ("normal" as const)
        }))
      ])
    ]
  }
  return {
    ...name,
    svg: await drawSvg(name, drawing, palette),
    missing: distribution === null ? "P(level): the verdict carries no bootstrap of the readings." : null,
    table: {
      columns: ["level", "band", "P(level)"],
      rows: spectrumTable.rows.map(({ band, level }) => [
        String(level),
        band,
        distribution === null ? "unknown" : probabilityOf(level).toFixed(3)
      ])
    }
  }
}
