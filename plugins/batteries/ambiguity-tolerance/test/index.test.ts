import { pluginProblem } from "@model-intake/core"
import { instrumentContract } from "@model-intake/testkit"
import { describe, expect, it } from "vitest"
import ambiguityTolerance from "../src/index.ts"

describe("ambiguity tolerance", () => {
  it("is a battery plugin", () => {
    expect(pluginProblem(ambiguityTolerance)).toBeNull()
  })

  for (const { check, name } of instrumentContract(ambiguityTolerance.instrument)) it(name, check)
})
