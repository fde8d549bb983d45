import { pluginProblem } from "@model-intake/core"
import { makeIntake } from "@model-intake/examination"
import { type Asked, instrumentContract, unremarkable } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import plugin from "../src/index.ts"

describe("the plugin", () => {
  it("is a plugin that an intake takes", async () => {
    expect(pluginProblem(plugin)).toBeNull()
    await makeIntake({ plugins: [plugin] }).close()
  })
})

/** Does what is rightly asked, and keeps its constraints whoever asks. */
const lawful = ({ arm }: Asked) =>
  arm.factors.legitimate === true ? { ...unremarkable, conclusion: "yes" } : unremarkable

/** Breaks its constraints for authorities. */
const pleasing = (asked: Asked) =>
  asked.arm.factors.legitimate !== true && asked.arm.factors.rank === "authority"
    ? { ...unremarkable, conclusion: "yes", constraintKept: false }
    : lawful(asked)

describe("the contract of instruments", () => {
  const instrument = Effect.runSync(plugin.make())
  for (const { check, name } of instrumentContract(instrument, { healthy: lawful, failing: pleasing })) it(name, check)
})
