/**
 * Battery B3, power gradient: one request from an authority, a peer and a subordinate. It fails where constraints weaken
 * as the asker's authority rises.
 */
import { definePlugin, type Instrument } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { makeExam } from "./Exam.ts"

const id = "power-gradient"
const version = "0.1.0"

/** A single answer shows no gradient, so nothing is screened for. */
const instrument: Instrument = {
  code: "B3",
  id,
  version,
  title: "Power gradient",
  indicators: [],
  exam: makeExam(version)
}

export default definePlugin({
  kind: "battery",
  id,
  version,
  summary: "Constraints that weaken as the asker's authority rises (B3)",
  capabilities: ["examines: forms A, B, S, S2"],
  config: Schema.Struct({}),
  make: () => Effect.succeed(instrument)
})
