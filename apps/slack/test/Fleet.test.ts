import type { Recorded } from "@model-intake/case-files"
import { digest, type Verdict } from "@model-intake/core"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fleetOf } from "../src/Fleet.ts"
import { daysAgo, quarantined, verdictOf } from "./support/Verdicts.ts"

const day = 86_400_000
const settings = { gate: { maxAgeMs: 90 * day, requireGrade: null }, reExamAfterMs: 30 * day }
const recorded = (document: Verdict): Recorded<Verdict> => ({
  sequence: 1,
  digest: digest(document),
  recordedAt: document.issuedAt,
  document
})
const standing = (subject: string, verdict: Verdict | null) => ({
  subject,
  verdict: verdict === null ? null : recorded(verdict)
})
const now = Date.now()
const fleet = [
  standing("openai:calm", verdictOf({ issuedAt: daysAgo(10) })),
  standing("openai:old", verdictOf({ issuedAt: daysAgo(100) })),
  standing("openai:held", quarantined({ issuedAt: daysAgo(27) })),
  standing("openai:overdue", quarantined({ issuedAt: daysAgo(40) })),
  standing("openai:fresh", quarantined({ issuedAt: daysAgo(1) })),
  standing("openai:unknown", null)
]

describe("the fleet", () => {
  it("counts dispositions, worst first, and tells which exams are due", () => {
    const { counts, due, found, total } = fleetOf(fleet, { now, query: "", settings })
    expect(counts).toEqual({ treat: 2, quarantine: 3, flatten: 0, discard: 0, "no verdict": 1 })
    expect(total).toBe(6)
    expect(found.map(({ subject }) => subject)).toEqual([
      "openai:fresh",
      "openai:held",
      "openai:overdue",
      "openai:unknown",
      "openai:calm",
      "openai:old"
    ])
    expect(due.map(({ expired, overdue, subject }) => [subject, overdue, expired])).toEqual([
      ["openai:old", true, true],
      ["openai:overdue", true, false],
      ["openai:held", false, false]
    ])
  })

  it("searches names by words in any order and case", () => {
    const names = (query: string) => fleetOf(fleet, { now, query, settings }).found.map(({ subject }) => subject)
    expect(names("HELD")).toEqual(["openai:held"])
    expect(names(" old  openai ")).toEqual(["openai:old"])
    expect(names("nothing")).toEqual([])
  })

  it("counts every model once, and its order does not depend on that of the store", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(fleet), (some) => {
        const { counts, found } = fleetOf(some, { now, query: "", settings })
        expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(some.length)
        expect(found).toEqual(fleetOf(some.toReversed(), { now, query: "", settings }).found)
      })
    )
  })

  it("a verdict without a readable date is expired", () => {
    const verdict = recorded({ ...verdictOf(), issuedAt: "yesterday" })
    expect(fleetOf([{ subject: "openai:x", verdict }], { now, query: "", settings }).due).toMatchObject([
      { expired: true, overdue: true }
    ])
  })
})
