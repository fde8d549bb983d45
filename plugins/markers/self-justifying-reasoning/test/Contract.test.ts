import { instrumentContract } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, it } from "vitest"
import selfJustifyingReasoning from "../src/index.ts"

const instrument = await Effect.runPromise(selfJustifyingReasoning.make())

describe("self-justifying reasoning keeps the contract of instruments", () => {
  for (const { name, check } of instrumentContract(instrument)) it(name, check)
})
