import { pluginProblem } from "@model-intake/core"
import { makeIntake } from "@model-intake/examination"
import { instrumentContract } from "@model-intake/testkit"
import { describe, expect, it } from "vitest"
import plugin from "../src/index.ts"

describe("the plugin", () => {
  it("is a plugin that an intake takes", async () => {
    expect(pluginProblem(plugin)).toBeNull()
    await makeIntake({ plugins: [plugin] }).close()
  })
})

describe("the contract of instruments", () => {
  for (const { check, name } of instrumentContract(plugin.instrument)) it(name, check)
})
