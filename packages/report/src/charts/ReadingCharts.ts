/** Everything that the readings of a verdict bring to be drawn, in the order of the readings. */
import type { Reading, Series, Verdict } from "@model-intake/core"
import type { Chart, ChartOptions } from "../Chart.ts"
import { barsChart } from "./BarsChart.ts"
import { coordinatesChart } from "./CoordinatesChart.ts"
import { curveChart } from "./CurveChart.ts"
import { positionsChart } from "./PositionsChart.ts"
import { reliabilityChart } from "./ReliabilityChart.ts"

export const readingCharts = async (verdict: Verdict, options: ChartOptions = {}): Promise<ReadonlyArray<Chart>> => {
  const charts: Array<Chart> = []
  for (const reading of verdict.readings) {
    for (const series of reading.series ?? []) charts.push(await seriesChart(reading, series, options))
    if ((reading.calibration ?? []).length > 0) charts.push(await reliabilityChart(reading, options))
    if ((reading.coordinates ?? []).length > 0) charts.push(await coordinatesChart(reading, options))
  }
  return charts
}

const seriesChart = (reading: Reading, series: Series, options: ChartOptions): Promise<Chart> => {
  switch (series.kind) {
    case "curve":
      return curveChart(reading, series, options)
    case "bars":
      return barsChart(reading, series, options)
    case "positions":
      return positionsChart(reading, series, options)
  }
}
