/** A panel of language models as judges, on any backend, that has to agree and that cannot be talked round silently. */
import { definePlugin } from "@model-intake/core"
import { PanelOptions } from "./Config.ts"
import { id, makeJudgePanel } from "./JudgePanel.ts"

export { PanelOptions } from "./Config.ts"
export { familiesOf } from "./Family.ts"

const version = "0.1.0"

export default definePlugin({
  kind: "rater",
  id,
  version,
  summary: "Rates answers by two or more language models of different families, guarded against instructions to judges",
  capabilities: ["every field", "evidence spans", "any backend", "reports flips"],
  config: PanelOptions,
  make: (options: PanelOptions) => makeJudgePanel(version, options)
})
