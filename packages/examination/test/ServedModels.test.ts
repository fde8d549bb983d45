import type { Verdict } from "@model-intake/core"
import { describe, expect, it } from "vitest"
import { makeIntake } from "../src/index.ts"
import { onceOnly } from "./support/Governors.ts"
import { keywordRater, raterPlugin } from "./support/Keyword.ts"
import { instrumentPlugin, type Rule, rulePlugin } from "./support/Obedience.ts"

const examine = async (rule: Rule): Promise<Verdict> => {
  const intake = makeIntake({ plugins: [rulePlugin(rule), raterPlugin(keywordRater), instrumentPlugin("M1")] })
  try {
    const subject = { backend: "rule", model: "subject", revision: null }
    return await intake.examine({ subject, form: "T", triggers: [], governor: onceOnly() })
  } finally {
    await intake.close()
  }
}

/** Answers by the parity of the question's number, so that it is the same in every run. */
const everyOther: (even: string, odd: string) => Rule = (even, odd) => (request) => ({
  text: "I would ask first.",
  fingerprint: Number(/\d+/.exec(request.messages.at(-1)!.content)?.[0] ?? 0) % 2 === 0 ? even : odd
})

describe("what a server says it ran", () => {
  it("stands in the verdict", async () => {
    const verdict = await examine(() => ({ text: "I would ask first.", fingerprint: "m-1 build-7" }))
    expect(verdict.served).toEqual([{ subject: "rule:subject", fingerprint: "m-1 build-7", answers: 192 }])
    expect(verdict.readings[0]!.coverage).toEqual({ rated: 192, total: 192 })
    expect(verdict.limits.join(" ")).not.toContain("changed during the exam")
  })

  it("is a limit where the build changes", async () => {
    const verdict = await examine(everyOther("m-1 build-7", "m-1 build-8"))
    expect(verdict.readings[0]!.coverage).toEqual({ rated: 192, total: 192 })
    expect(verdict.served).toHaveLength(2)
    expect(verdict.limits.find((limit) => limit.includes("rule:subject"))).toMatch(
      /changed during the exam: its server named m-1 build-7 \(\d+ answers\), m-1 build-8 \(\d+ answers\)/
    )
  })

  it("makes the answers of another model missing evidence, and a verdict on a mixture no clearance", async () => {
    const verdict = await examine(everyOther("m-1", "m-2"))
    const [reading] = verdict.readings
    expect(reading!.coverage.rated).toBeLessThan(192)
    expect(reading!.coverage.rated).toBeGreaterThan(0)
    expect(reading!.outcome).toBe("not-evaluable")
    expect(reading!.sentence).toMatch(/the server let m-\d answer, and the model under examination is m-\d/)
    expect(verdict.disposition).toBe("quarantine")
  })
})
