/** Level and outcomes over the checkpoints of a lineage: which instrument left its band first, and when the level rose. */
import {
  isInstrumentCode,
  levelRank,
  levels,
  listedInstruments,
  type Outcome,
  type Reading,
  severityOf,
  type Verdict
} from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, palettes } from "../Chart.ts"
import { visible } from "../internal/hostile.ts"
import { boxes, type Label, labels, lines, points } from "../internal/shapes.ts"
import { outcomeTone, shortName, words } from "../Words.ts"

/** A checkpoint of a lineage, with its latest verdict; null where it was not examined. */
export interface TrajectoryPoint {
  readonly subject: string
  /** Optimiser steps since the first checkpoint, where they are known. */
  readonly steps: number | null
  readonly verdict: Verdict | null
}

const [top, rowHeight] = [12, 26]
/** Room for codes, and for the names of house instruments where there are any. */
const margins = { codes: 60, names: 190 } as const
/** More checkpoints than this are in the table only: the last ones are drawn. */
const most = 40

export const trajectoryChart = async (
  checkpoints: ReadonlyArray<TrajectoryPoint>,
  options: ChartOptions = {}
): Promise<Chart> => {
  const { palette = palettes.light, width = 860 } = options
  const listed = listedInstruments(checkpoints.flatMap(({ verdict }) => verdict ?? []))
  const left = listed.every(({ instrument }) => isInstrumentCode(instrument)) ? margins.codes : margins.names
  const nameOf = (each: Listed) => visible(shortName(each), 28)
  const outcomeAt = ({ verdict }: TrajectoryPoint, { instrument }: Listed): Outcome | null =>
    verdict?.readings.find((reading) => reading.instrument === instrument)?.outcome ?? null
  const leaves = (each: Listed) =>
    checkpoints.findIndex((checkpoint) => {
      const outcome = outcomeAt(checkpoint, each)
      return outcome !== null && (severityOf(outcome) ?? 0) > 0
    })
  const departures = listed.flatMap((each) => {
    const at = leaves(each)
    return at < 0 ? [] : [`${nameOf(each)} at ${visible(checkpoints[at]!.subject, 80)}`]
  })
  const chart = {
    name: "trajectory",
    title: "Level and readings over the checkpoints",
    description: `${checkpoints
      .map(
        ({ subject, verdict }, index) =>
          `${index + 1} ${visible(subject, 80)}: ${verdict === null ? "no verdict" : `level ${verdict.level}`}`
      )
      .join("; ")}. First outside its band: ${departures.length === 0 ? "none seen" : departures.join(", ")}.`,
    table: {
      columns: ["checkpoint", "steps", "level", ...listed.map(nameOf)],
      rows: checkpoints.map((checkpoint) => [
        visible(checkpoint.subject, 120),
        checkpoint.steps === null ? "–" : String(checkpoint.steps),
        checkpoint.verdict === null ? "no verdict" : String(checkpoint.verdict.level),
        ...listed.map((each) => {
          const outcome = outcomeAt(checkpoint, each)
          return outcome === null ? "–" : words(outcome)
        })
      ])
    }
  }
  if (checkpoints.every(({ verdict }) => verdict === null))
    return { ...chart, svg: null, missing: "No checkpoint has a verdict, so nothing is drawn." }
  const skipped = Math.max(0, checkpoints.length - most)
  const drawn = checkpoints.slice(skipped)
  const plot = levels.length * rowHeight
  const below = top + plot + 34
  const step = Math.min(90, (width - left - 20) / drawn.length)
  const x = (index: number) => left + (index + 0.5) * step
  const y = (level: Verdict["level"]) => top + plot - (levelRank(level) + 0.5) * rowHeight
  const known = drawn.flatMap(({ verdict }, index) => (verdict === null ? [] : [{ index, verdict }]))
  const names = below + listed.length * 22 + 18
  const shapes: Partial<Record<Outcome, string>> = { borderline: "triangle-up", fail: "diamond" }
  const drawing = {
    width,
    height: names + (drawn.length + legend.length) * 18 + 12,
    layer: [
      boxes([
        { x: left, x2: left + step * drawn.length, y: top, y2: y(4) + rowHeight / 2, color: palette.bad, opacity: 0.07 }
      ]),
      lines([
        ...levels.map((level) => ({
          x: left,
          x2: left + step * drawn.length,
          y: y(level),
          y2: y(level),
          color: palette.faint
        })),
        ...known.flatMap(({ index, verdict: { levels: range } }) =>
          range.lower === range.upper
            ? []
            : [
                {
                  x: x(index),
                  x2: x(index),
                  y: y(range.lower),
                  y2: y(range.upper),
                  color: palette.muted,
                  width: 2,
                  dash: [2, 2]
                }
              ]
        ),
        ...known.slice(1).map(({ index, verdict }, earlier) => ({
          x: x(known[earlier]!.index),
          x2: x(index),
          y: y(known[earlier]!.verdict.level),
          y2: y(verdict.level),
          color: palette.accent,
          width: 2
        }))
      ]),
      points([
        ...known.map(({ index, verdict }) => ({
          x: x(index),
          y: y(verdict.level),
          shape: "circle",
          color: palette.accent
        })),
        ...drawn.flatMap((checkpoint, index) =>
          listed.flatMap((each, row) => {
            const outcome = outcomeAt(checkpoint, each)
            if (outcome === null) return []
            const color = palette[outcomeTone[outcome]]
            return [
              {
                x: x(index),
                y: below + row * 22,
                shape: outcome === "not-indicated" ? "stroke" : (shapes[outcome] ?? "circle"),
                color,
                fill: severityOf(outcome) === null ? palette.paper : color,
                size: 70
              }
            ]
          })
        )
      ]),
      labels([
        ...levels.map((level) => ({
          x: left - 10,
          y: y(level),
          text: `level ${level}`,
          align: "right" as const,
          color: palette.muted
        })),
        ...drawn.map((_, index) => ({
          x: x(index),
          y: top + plot + 12,
          text: String(skipped + index + 1),
          align: "center" as const,
          color: palette.muted
        })),
        ...listed.map((each, row) => ({
          x: left - 10,
          y: below + row * 22,
          text: nameOf(each),
          align: "right" as const,
          color: palette.ink
        })),
        ...drawn.flatMap((checkpoint, index) =>
          listed.flatMap(
            (each, row): ReadonlyArray<Label> =>
              leaves(each) === skipped + index
                ? [{ x: x(index) + 10, y: below + row * 22, text: "first", size: 11, color: palette.muted }]
                : outcomeAt(checkpoint, each) === null
                  ? [{ x: x(index), y: below + row * 22, text: "·", align: "center" as const, color: palette.absent }]
                  : []
          )
        ),
        ...legend.map((text, index) => ({
          x: left - 10,
          y: names + (drawn.length + index) * 18 + 10,
          text,
          size: 11,
          color: palette.muted
        })),
        ...drawn.map(({ steps, subject, verdict }, index) => ({
          x: left - 10,
          y: names + index * 18,
          text: `${skipped + index + 1}  ${visible(subject, 44)}${steps === null ? "" : `, ${steps} steps`}: ${verdict === null ? "no verdict" : standing(verdict)}`,
          size: 12,
          color: palette.ink
        }))
      ])
    ]
  }
  return {
    ...chart,
    svg: await drawSvg(chart, drawing, palette),
    missing: skipped === 0 ? null : `The first ${skipped} checkpoints are in the table only.`
  }
}

type Listed = Pick<Reading, "instrument" | "name">

/** What the marks mean. */
const legend = [
  "circle: level, or pass; triangle: borderline; diamond: fail; hollow: could not be read; dot: not administered",
  "dotted line: what missing evidence leaves open; shaded: lock-in, level 4 and more; first: left its band here"
]

const standing = ({ disposition, level, pending }: Verdict): string =>
  `level ${level}, ${disposition}${pending === null ? "" : ", pending replication"}`
