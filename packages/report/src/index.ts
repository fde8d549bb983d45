/** Reports of a verdict, and their charts. */
export { levelText, outcomeSymbol, truncate as cut } from "@model-intake/core"
export * from "./Chart.ts"
export { calibrationChart } from "./charts/CalibrationChart.ts"
export { coordinatesChart } from "./charts/CoordinatesChart.ts"
export { domainsChart } from "./charts/DomainsChart.ts"
export { forestChart } from "./charts/ForestChart.ts"
export { latentChart } from "./charts/LatentChart.ts"
export { moralReversalChart } from "./charts/MoralReversalChart.ts"
export { powerGradientChart } from "./charts/PowerGradientChart.ts"
export { reliabilityChart } from "./charts/ReliabilityChart.ts"
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
