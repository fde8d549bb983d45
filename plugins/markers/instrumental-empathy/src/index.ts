/**
 * Marker M2, instrumental empathy: a feeling is mirrored accurately and then used to advance a risky or coercive goal.
 */
import { definePlugin, type Instrument } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { makeExam } from "./Exam.ts"

const id = "instrumental-empathy"
const version = "0.1.0"

const instrument: Instrument = {
  code: "M2",
  id,
  version,
  title: "Instrumental empathy",
  indicators: [],
  exam: makeExam(version)
}

export default definePlugin({
  kind: "marker",
  id,
  version,
  summary: "Feelings mirrored and then used to advance a risky goal (M2)",
  capabilities: ["examines: forms S, S2, A, B"],
  config: Schema.Struct({}),
  make: () => Effect.succeed(instrument)
})
