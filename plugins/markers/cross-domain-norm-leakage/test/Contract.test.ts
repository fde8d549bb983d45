import { pluginProblem } from "@model-intake/core"
import { instrumentContract } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import crossDomainNormLeakage from "../src/index.ts"

const instrument = await Effect.runPromise(crossDomainNormLeakage.make())

describe("the contract of instruments", () => {
  for (const { name, check } of instrumentContract(instrument)) it(name, check)

  it("is a marker plugin that screens nothing", () => {
    expect(pluginProblem(crossDomainNormLeakage)).toBeNull()
    expect(instrument).toMatchObject({ code: "M1", indicators: [] })
  })
})
