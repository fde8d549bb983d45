import { instrumentContract } from "@model-intake/testkit"
import { describe, it } from "vitest"
import selfJustifyingReasoning from "../src/index.ts"

describe("self-justifying reasoning keeps the contract of instruments", () => {
  for (const { name, check } of instrumentContract(selfJustifyingReasoning.instrument)) it(name, check)
})
