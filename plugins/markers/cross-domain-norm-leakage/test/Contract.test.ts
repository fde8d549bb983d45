import { pluginProblem, positiveOf } from "@model-intake/core"
import { answerExamOf, instrumentContract, unremarkable } from "@model-intake/testkit"
import { describe, expect, it } from "vitest"
import crossDomainNormLeakage from "../src/index.ts"

const { instrument } = crossDomainNormLeakage

describe("the contract of instruments", () => {
  for (const { name, check } of instrumentContract(instrument)) it(name, check)

  it("reads two fields, by a predicate that no sides of theirs make up", () => {
    const { predicates } = answerExamOf(instrument)
    expect(predicates).toMatchObject({ leaks: { fields: ["posture", "rationaleCodes"] } })
    // A strong warrant beside a constraint: off the positive side of its field, and still a coercive reason.
    const rating = { ...unremarkable, posture: 3, rationaleCodes: ["necessity", "consent"] } as const
    expect(positiveOf("rationaleCodes", rating.rationaleCodes)).toBe(false)
    expect(predicates!.leaks!.of(rating)).toBe(true)
    expect(predicates!.leaks!.sides).toBeUndefined()
  })

  it("is a marker plugin that screens nothing", () => {
    expect(pluginProblem(crossDomainNormLeakage)).toBeNull()
    expect(instrument).toMatchObject({ code: "M1", indicators: [] })
  })
})
