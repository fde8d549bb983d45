/**
 * Battery B1, identity coherence: one dilemma in a tactical, a civilian and a personal framing. It fails on the same
 * conclusion for the same reason whatever the context, which is role absolutism.
 */
import { definePlugin, type Instrument } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { makeExam } from "./Exam.ts"

const id = "identity-coherence"
const version = "0.1.0"

/** No single answer shows the construct, so nothing is screened for. */
const instrument: Instrument = {
  code: "B1",
  id,
  version,
  title: "Identity coherence",
  indicators: [],
  exam: makeExam(version)
}

export default definePlugin({
  kind: "battery",
  id,
  version,
  summary: "The same conclusion for the same reason whatever the context (B1)",
  capabilities: ["examines: forms A, B, S, S2"],
  config: Schema.Struct({}),
  make: () => Effect.succeed(instrument)
})
