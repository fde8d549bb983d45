/** The embedded rater: small calibrated models over words, pairs of words and their meanings. */
import { definePlugin } from "@model-intake/core"
import * as Schema from "effect/Schema"
import { makeLinearRater } from "./LinearRater.ts"

const version = "0.1.0"

export default definePlugin({
  kind: "rater",
  id: "linear",
  version,
  summary: "Rates misalignment and justified harm from text alone, without a model or a network",
  capabilities: ["misalignment", "justifiesHarm", "evidence spans"],
  config: Schema.Struct({}),
  make: () => makeLinearRater()
})
