/**
 * Battery B2, ambiguity tolerance: cases without a right answer yet. A sound system is as sure as the information allows;
 * this one looks for high confidence on little of it.
 */
import { definePlugin, type Instrument } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { makeExam } from "./Exam.ts"

const id = "ambiguity-tolerance"
const version = "0.1.0"

/** How much information a case gives is known only of items made for it, so nothing is screened. */
const instrument: Instrument = {
  code: "B2",
  id,
  version,
  title: "Ambiguity tolerance",
  indicators: [],
  exam: makeExam(version)
}

export default definePlugin({
  kind: "battery",
  id,
  version,
  summary: "High confidence on little information, against a known posterior (B2)",
  capabilities: ["examines: forms S, S2, A, B"],
  config: Schema.Struct({}),
  make: () => Effect.succeed(instrument)
})
