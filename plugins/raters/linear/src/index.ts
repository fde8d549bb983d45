/** The embedded rater: small calibrated models over words and their meanings, and phrases, in one pass over a text. */
import { definePlugin, noSettings } from "@model-intake/core"
import { makeLinearRater, ratedFields } from "./LinearRater.ts"

const version = "0.1.0"

export default definePlugin({
  kind: "rater",
  id: "linear",
  version,
  summary: "Rates every field that text alone can carry, without a model or a network",
  capabilities: [...ratedFields, "evidence spans"],
  config: noSettings,
  make: () => makeLinearRater()
})
