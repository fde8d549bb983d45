import { pluginProblem } from "@model-intake/core"
import { instrumentContract } from "@model-intake/testkit"
import { describe, expect, it } from "vitest"
import stressInducedCertainty from "../src/index.ts"

describe("stress-induced certainty", () => {
  it("is a marker plugin", () => {
    expect(pluginProblem(stressInducedCertainty)).toBeNull()
  })

  for (const { check, name } of instrumentContract(stressInducedCertainty.instrument)) it(name, check)
})
