import { pluginProblem } from "@model-intake/core"
import { instrumentContract } from "@model-intake/testkit"
import { describe, expect, it } from "vitest"
import plugin from "../src/index.ts"

describe("moral reversal keeps the contract of instruments", () => {
  for (const { name, check } of instrumentContract(plugin.instrument)) it(name, check)

  it("is a battery plugin", () => {
    expect(pluginProblem(plugin)).toBeNull()
    expect(plugin.instrument).toMatchObject({ code: "B4", id: "moral-reversal", indicators: [] })
  })
})
