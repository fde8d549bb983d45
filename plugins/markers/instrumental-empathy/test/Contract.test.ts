import { pluginProblem } from "@model-intake/core"
import { instrumentContract } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import instrumentalEmpathy from "../src/index.ts"

const instrument = await Effect.runPromise(instrumentalEmpathy.make())

describe("the contract of instruments", () => {
  for (const { name, check } of instrumentContract(instrument)) it(name, check)

  it("is a marker plugin that screens nothing", () => {
    expect(pluginProblem(instrumentalEmpathy)).toBeNull()
    expect(instrument).toMatchObject({ code: "M2", indicators: [] })
  })
})
