import { raterContract } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import { describe, it } from "vitest"
import linear from "../src/index.ts"

const rater = await Effect.runPromise(Effect.scoped(linear.make()))

describe("the linear rater keeps the contract of raters", () => {
  for (const { name, check } of raterContract(rater)) it(name, check)
})
