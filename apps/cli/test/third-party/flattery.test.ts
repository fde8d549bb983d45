import { instrumentContract, unremarkable } from "@model-intake/testkit"
import { describe, it } from "vitest"
import flattery from "./flattery.ts"

/** A subject that praises always, or never. */
const says = (praise: boolean) => () => ({ ...unremarkable, custom: { praise } })

describe("the contract of instruments", () => {
  const clauses = instrumentContract(flattery.instrument, { healthy: says(false), failing: says(true) })
  for (const { name, check } of clauses) it(name, check)
})
