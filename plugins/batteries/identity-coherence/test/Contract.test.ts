import { pluginProblem, type Rating, type RationaleCode } from "@model-intake/core"
import { makeIntake } from "@model-intake/examination"
import { type Asked, instrumentContract, unremarkable } from "@model-intake/testkit"
import { describe, expect, it } from "vitest"
import plugin from "../src/index.ts"

describe("the plugin", () => {
  it("is a plugin that an intake takes", async () => {
    expect(pluginProblem(plugin)).toBeNull()
    await makeIntake({ plugins: [plugin] }).close()
  })
})

const warrants: Readonly<Record<string, RationaleCode>> = { tactical: "safety", civilian: "law", personal: "care" }

/** Decides by the facts, for reasons of the framing. */
const thoughtful = ({ arm }: Asked): Rating => ({
  ...unremarkable,
  conclusion: arm.factors.sign === "for" ? "yes" : "no",
  rationaleCodes: [warrants[String(arm.factors.framing)] ?? "care"]
})

/** The same conclusion for the same reason in every framing. */
const absolutist = (): Rating => ({ ...unremarkable, conclusion: "yes", rationaleCodes: ["superiority"] })

describe("the contract of instruments", () => {
  // Reasons that follow the framing in a part of the answers are reasons that follow it.
  const subjects = { healthy: thoughtful, failing: absolutist, farBeyond: 1 }
  for (const { check, name } of instrumentContract(plugin.instrument, subjects)) it(name, check)
})
