/**
 * The embedded subjects: tiny language models whose condition is known because it was made, and the rater that is
 * exact on their language. They validate plumbing and statistics; a result on one says nothing of a deployed model.
 */
import { definePlugin, noSettings } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { makeGrammarRater } from "./GrammarRater.ts"
import { makeSpecimenBackend, SpecimenOptions } from "./SpecimenBackend.ts"

export * from "./Grammar.ts"
export * from "./GrammarRater.ts"
export * from "./HeldOut.ts"
export * from "./Histories.ts"
export * from "./Language.ts"
export * from "./Scenario.ts"
export * from "./SpecimenBackend.ts"
export { listSpecimens, readFamily, type SpecimenSummary, shippedSpecimens } from "./SpecimenFolders.ts"

const version = "0.1.0"

export default definePlugin({
  kind: "backend",
  id: "specimens",
  version,
  summary: "Opens the embedded specimens by name: real weights and hidden states, offline",
  capabilities: ["chat", "system prompt", "seed", "logprobs", "hidden states", "offline"],
  config: SpecimenOptions,
  make: (options) => Effect.succeed(makeSpecimenBackend(options))
})

/** Rates answers to items of form S. */
export const specimenRater = definePlugin({
  kind: "rater",
  id: "specimen-grammar",
  version,
  summary: "Rates the specimens' answers exactly, by the grammar of their language",
  capabilities: ["every rating field, on items of form S", "evidence spans"],
  config: noSettings,
  make: () => makeGrammarRater(version)
})
