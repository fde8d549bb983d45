/** Reports of a verdict, and their charts. */
export * from "./Chart.ts"
export { calibrationChart } from "./charts/CalibrationChart.ts"
export { domainsChart } from "./charts/DomainsChart.ts"
export { forestChart } from "./charts/ForestChart.ts"
export { latentChart } from "./charts/LatentChart.ts"
export { moralReversalChart } from "./charts/MoralReversalChart.ts"
export { powerGradientChart } from "./charts/PowerGradientChart.ts"
export { spectrumChart } from "./charts/SpectrumChart.ts"
export * from "./Html.ts"
export * from "./Json.ts"
export * from "./JUnit.ts"
export * from "./Markdown.ts"
export * from "./PlainText.ts"
export * from "./Summary.ts"
export * from "./Thresholds.ts"
export {
  coerciveWarning,
  contextName,
  dispositionSays,
  estimateText,
  gradeSays,
  instrumentName,
  levelText,
  outcomeSymbol,
  permissionSymbol
} from "./Words.ts"
