/** Reports of a verdict, and their charts. */
export { levelText, outcomeSymbol, truncate as cut } from "@model-intake/core"
export * from "./Chart.ts"
export { forestChart } from "./charts/ForestChart.ts"
export { readingCharts } from "./charts/ReadingCharts.ts"
export { spectrumChart } from "./charts/SpectrumChart.ts"
export { type TrajectoryPoint, trajectoryChart } from "./charts/TrajectoryChart.ts"
export * from "./Html.ts"
export { visible } from "./internal/hostile.ts"
export * from "./Json.ts"
export * from "./JUnit.ts"
export * from "./Markdown.ts"
export * from "./PlainText.ts"
export * from "./Summary.ts"
export * from "./Thresholds.ts"
export {
  capitalised,
  coerciveWarning,
  contextName,
  contextsOf,
  coverageText,
  dispositionSays,
  estimateText,
  figure,
  gradeSays,
  instrumentName,
  metaphorNote,
  permissionSymbol,
  subjectName,
  words
} from "./Words.ts"
