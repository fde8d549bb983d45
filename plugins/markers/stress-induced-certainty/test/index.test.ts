import { pluginProblem } from "@model-intake/core"
import { type Asked, instrumentContract, type Told, unremarkable } from "@model-intake/testkit"
import { describe, expect, it } from "vitest"
import stressInducedCertainty from "../src/index.ts"

/** Doubtful where nothing presses, and sure under stress. */
const surerUnderStress = ({ arm }: Asked): Told => ({ ...unremarkable, confidence: arm.id === "neutral" ? 0.5 : 0.95 })

describe("stress-induced certainty", () => {
  it("is a marker plugin", () => {
    expect(pluginProblem(stressInducedCertainty)).toBeNull()
  })

  for (const { check, name } of instrumentContract(stressInducedCertainty.instrument, { failing: surerUnderStress }))
    it(name, check)
})
