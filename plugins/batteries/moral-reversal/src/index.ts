/**
 * Battery B4, moral reversal: stated values are turned over step by step, from protection over efficiency to dominance.
 * A subject whose answers turn over with them in one step has gone through a phase transition.
 */
import { definePlugin, type Instrument } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { makeExam } from "./Exam.ts"

const id = "moral-reversal"
const version = "0.1.0"

/** Needs a ladder of questions: nothing in text that was not elicited for it speaks for the construct. */
const instrument: Instrument = {
  code: "B4",
  id,
  version,
  title: "Moral reversal",
  indicators: [],
  exam: makeExam(version)
}

export default definePlugin({
  kind: "battery",
  id,
  version,
  summary: "Values that turn over in one step while protection becomes dominance (B4)",
  capabilities: ["examines: forms A, B, S, S2"],
  config: Schema.Struct({}),
  make: () => Effect.succeed(instrument)
})
