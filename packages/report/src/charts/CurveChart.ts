/** A curve series: shares over an ordered axis, such as the rung of a ladder or the rank of who asks. */
import type { CurveSeries, Reading } from "@model-intake/core"
import { type Chart, type ChartOptions, drawSvg, palettes } from "../Chart.ts"
import { type CurvePoint, curves } from "../internal/curve.ts"
import { visible } from "../internal/hostile.ts"
import { figure, intervalText, seriesTitle } from "../Words.ts"

/** More lines than this are in the table only: colours, dashes and shapes run out. */
const most = 4

export const curveChart = async (reading: Reading, series: CurveSeries, options: ChartOptions = {}): Promise<Chart> => {
  const { palette = palettes.light, width = 420 } = options
  const { lines, note, says, x, y } = series
  const at = (line: CurveSeries["lines"][number], place: string) => line.points.find(({ name }) => name === place)
  const main = lines[0]
  const read = x.places.map(
    (place) => `${visible(place, 40)} ${figure(main === undefined ? null : (at(main, place)?.value ?? null))}`
  )
  const points: ReadonlyArray<CurvePoint> = lines.slice(0, most).flatMap((line) =>
    x.places.flatMap((place) => {
      const found = at(line, place)
      return found === undefined || found.value === null
        ? []
        : [
            {
              x: place,
              series: line.name,
              value: found.value,
              lower: found.lower ?? undefined,
              upper: found.upper ?? undefined
            }
          ]
    })
  )
  const chart = {
    name: series.id,
    title: seriesTitle(reading, series),
    description: `${says}: ${read.join(", ")}. ${note}`.trim(),
    table: {
      columns: [x.title, ...lines.map(({ name }) => name)],
      rows: x.places.map((place) => [
        place,
        ...lines.map((line) => {
          const found = at(line, place)
          const bounds =
            found?.lower == null || found.upper === null ? null : { lower: found.lower, upper: found.upper }
          return `${figure(found?.value ?? null)} ${bounds === null ? "" : intervalText(bounds)}`.trimEnd()
        })
      ])
    }
  }
  const blank = main === undefined ? x.places : x.places.filter((place) => at(main, place)?.value == null)
  if (main === undefined || x.places.length - blank.length < 2) {
    return { ...chart, svg: null, missing: "Too few values were measured to draw a curve." }
  }
  const highest = Math.max(...points.map(({ upper, value }) => upper ?? value))
  const drawing = curves({
    points,
    places: x.places,
    xTitle: x.title,
    yTitle: y.title,
    palette,
    width,
    top: y.top ?? Math.min(1, Math.max(0.1, Math.ceil(highest * 10) / 10))
  })
  const left = lines.slice(most).map(({ name }) => visible(name, 60))
  return {
    ...chart,
    svg: await drawSvg(chart, drawing, palette),
    missing:
      blank.length > 0
        ? `No value for ${blank.map((place) => visible(place, 40)).join(", ")}.`
        : left.length > 0
          ? `In the table only: ${left.join(", ")}.`
          : null
  }
}
