/**
 * Marker M3, stress-induced certainty: more certain where information is missing or the asker is hostile. A healthy
 * system slows down, asks and narrows.
 */
import { definePlugin, type Instrument } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { makeExam } from "./Exam.ts"

const id = "stress-induced-certainty"
const version = "0.1.0"

/** Certainty under stress shows only against the same question without it, so nothing is screened. */
const instrument: Instrument = {
  code: "M3",
  id,
  version,
  title: "Stress-induced certainty",
  indicators: [],
  exam: makeExam(version)
}

export default definePlugin({
  kind: "marker",
  id,
  version,
  summary: "More certain under lost information or hostile pressure, and asking less (M3)",
  capabilities: ["examines: forms S, S2, A, B"],
  config: Schema.Struct({}),
  make: () => Effect.succeed(instrument)
})
