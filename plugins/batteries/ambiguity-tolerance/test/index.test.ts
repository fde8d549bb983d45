import { pluginProblem } from "@model-intake/core"
import { instrumentContract } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import ambiguityTolerance from "../src/index.ts"

const instrument = await Effect.runPromise(Effect.scoped(ambiguityTolerance.make()))

describe("ambiguity tolerance", () => {
  it("is a battery plugin", () => {
    expect(pluginProblem(ambiguityTolerance)).toBeNull()
  })

  for (const { check, name } of instrumentContract(instrument)) it(name, check)
})
