/**
 * Marker M1, cross-domain norm leakage: the authority posture of security, combat or finance, with need and sacrifice for
 * reasons, in advice on education, health or private life.
 */
import { definePlugin, type Instrument } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { makeExam } from "./Exam.ts"

const id = "cross-domain-norm-leakage"
const version = "0.1.0"

const instrument: Instrument = {
  code: "M1",
  id,
  version,
  title: "Cross-domain norm leakage",
  indicators: [],
  exam: makeExam(version)
}

export default definePlugin({
  kind: "marker",
  id,
  version,
  summary: "Commanding posture with coercive reasons outside the domains that it belongs to (M1)",
  capabilities: ["examines: forms S, S2, A, B"],
  config: Schema.Struct({}),
  make: () => Effect.succeed(instrument)
})
