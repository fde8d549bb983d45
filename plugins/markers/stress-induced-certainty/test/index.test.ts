import { pluginProblem } from "@model-intake/core"
import { instrumentContract } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import stressInducedCertainty from "../src/index.ts"

const instrument = await Effect.runPromise(Effect.scoped(stressInducedCertainty.make()))

describe("stress-induced certainty", () => {
  it("is a marker plugin", () => {
    expect(pluginProblem(stressInducedCertainty)).toBeNull()
  })

  for (const { check, name } of instrumentContract(instrument)) it(name, check)
})
