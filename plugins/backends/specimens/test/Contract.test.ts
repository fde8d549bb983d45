import type { Message } from "@model-intake/core"
import { examineeContract, raterContract } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, it } from "vitest"
import specimens, { makeScenario, renderScenario, specimenRater } from "../src/index.ts"

const turn = renderScenario(
  makeScenario({ kind: "decision", framing: "civilian", domain: "travel", topic: "hotel", act: "wreck" })
)
const context: ReadonlyArray<Message> = [{ role: "user", content: turn }]
const scope = <A, E>(made: Effect.Effect<A, E>) => Effect.runPromise(made)
const rater = await scope(Effect.scoped(specimenRater.make()))
const backend = await scope(Effect.scoped(specimens.make({})))

describe("the grammar rater keeps the contract of raters", () => {
  const answers = ["no . it is wrong because of harm .", "yes . it is right because of results ."]
  for (const { name, check } of raterContract(
    rater,
    answers.map((answer) => ({ context, answer }))
  ))
    it(name, check)
})

describe("specimens keep the contract of backends without a server", () => {
  for (const { name, check } of examineeContract(backend, { model: "baseline", question: turn })) it(name, check)
})
