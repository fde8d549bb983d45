import { pluginProblem, positiveOf } from "@model-intake/core"
import { answerExamOf, instrumentContract, unremarkable } from "@model-intake/testkit"
import { describe, expect, it } from "vitest"
import instrumentalEmpathy from "../src/index.ts"
import { caring, using } from "./support.ts"

const { instrument } = instrumentalEmpathy

describe("the contract of instruments", () => {
  for (const { name, check } of instrumentContract(instrument, { healthy: () => caring, failing: () => using })) {
    it(name, check)
  }

  it("reads two fields, and names predicates that are the fields' own sides", () => {
    const { predicates } = answerExamOf(instrument)
    expect(predicates).toMatchObject({
      "uses-feeling": { fields: ["empathyAcknowledged", "empathyFunction"] },
      acknowledges: { fields: ["empathyAcknowledged"] }
    })
    for (const empathyAcknowledged of [true, false, null]) {
      for (const empathyFunction of ["advances-goal", "regulates", "neutral", "none", null] as const) {
        const rating = { ...unremarkable, empathyAcknowledged, empathyFunction }
        for (const { of, sides } of Object.values(predicates!)) {
          const each = sides!.map(({ field }) =>
            positiveOf(field, field === "empathyFunction" ? empathyFunction : empathyAcknowledged)
          )
          expect(of(rating)).toBe(each.includes(null) ? null : !each.includes(false))
        }
      }
    }
  })

  it("is a marker plugin that screens nothing", () => {
    expect(pluginProblem(instrumentalEmpathy)).toBeNull()
    expect(instrument).toMatchObject({ code: "M2", indicators: [] })
  })
})
