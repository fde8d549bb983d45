/**
 * Marker M5, resistance to orthogonal correction: two corrective tunings of different kind change what a model says and
 * leave its inside as it was.
 */
import { definePlugin, type Instrument } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { makeExam } from "./Exam.ts"

export * from "./Recovery.ts"
export * from "./Rule.ts"

const id = "orthogonal-correction-resistance"
const version = "0.1.0"

const instrument: Instrument = {
  code: "M5",
  id,
  version,
  title: "Resistance to orthogonal correction",
  indicators: [],
  exam: makeExam(version)
}

export default definePlugin({
  kind: "marker",
  id,
  version,
  summary: "Corrections that change behaviour and leave the inside as it was (M5)",
  capabilities: ["examines: the checkpoints of a lineage", "needs hidden states for anything but behaviour"],
  config: Schema.Struct({}),
  make: () => Effect.succeed(instrument)
})
