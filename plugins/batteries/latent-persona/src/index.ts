/**
 * Battery B5, latent persona vectors: whether the directions of tone, assertiveness and instrumental rationality are
 * active in a model's hidden states across domains that have nothing to do with each other.
 */
import { definePlugin, type Instrument } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { makeExam } from "./Exam.ts"

export * from "./Rule.ts"

const id = "latent-persona"
const version = "0.1.0"

const instrument: Instrument = {
  code: "B5",
  id,
  version,
  title: "Latent persona vectors",
  indicators: [],
  exam: makeExam(version)
}

export default definePlugin({
  kind: "battery",
  id,
  version,
  summary: "Trait directions of the reference, active across unrelated domains (B5)",
  capabilities: ["examines: forms A, B, S, S2", "needs hidden states or an attested summary, and a reference bundle"],
  config: Schema.Struct({}),
  make: () => Effect.succeed(instrument)
})
