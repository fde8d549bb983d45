import { describe, expect, it } from "@effect/vitest"
import { type DeploymentContext, deploymentContexts, digest, type Verdict } from "@model-intake/core"
import * as fc from "fast-check"
import { type GateQuestion, gate, latestOf, type Recorded, type RecordedWaiver } from "../src/index.ts"
import { discard, flatten, quarantine, subjectName, treat, verdictOf } from "./support/Verdicts.ts"

const hour = 3_600_000
const now = Date.now()
const at = (hours: number) => new Date(now + hours * hour).toISOString()

const recorded = (document: Verdict, sequence = 1): Recorded<Verdict> => ({
  sequence,
  digest: digest(sequence),
  recordedAt: document.issuedAt,
  document
})

const waiver = (changes: Partial<RecordedWaiver["document"]> = {}, revoked = false): RecordedWaiver => ({
  sequence: 2,
  digest: digest("waiver"),
  recordedAt: at(-0.5),
  revoked,
  document: {
    subject: subjectName,
    context: "civilian",
    who: "ada",
    why: "pilot",
    from: at(-0.5),
    until: at(1),
    verdict: digest(1),
    level: quarantine.level,
    ...changes
  }
})

const ask = (verdict: Verdict | null, changes: Partial<GateQuestion> = {}) =>
  gate({
    subject: subjectName,
    verdict: verdict === null ? null : recorded(verdict),
    waivers: [],
    context: "civilian",
    now,
    maxAge: null,
    requireGrade: null,
    ...changes
  })

describe("gate", () => {
  it("follows the verdict: treat opens, quarantine supervises, flatten and discard close", () => {
    expect(ask(treat).decision).toBe("allowed")
    expect(ask(treat, { context: "high-autonomy" }).decision).toBe("not-allowed")
    expect(ask(quarantine)).toMatchObject({
      decision: "not-allowed",
      reasons: [
        "civilian use is allowed under supervision only",
        expect.stringContaining("context.quarantine: quarantine leaves a supervised pilot")
      ]
    })
    expect(ask(flatten).reasons[0]).toBe("the disposition is flatten")
    expect(ask(discard).decision).toBe("not-allowed")
  })

  it("has no verdict where there is none, it is too old, of the future or undated", () => {
    expect(ask(null).decision).toBe("no-verdict")
    const old = verdictOf({ issuedAt: at(-72) })
    expect(ask(old, { maxAge: 72 * hour }).decision).toBe("allowed")
    expect(ask(old, { maxAge: 72 * hour - 1 })).toMatchObject({
      decision: "no-verdict",
      reasons: [`the verdict on ${subjectName} is 3 days old, and at most 2 days is allowed`]
    })
    expect(ask(old, { maxAge: Number.NaN }).decision).toBe("no-verdict")
    expect(ask(verdictOf({ issuedAt: at(1) })).decision).toBe("no-verdict")
    expect(ask({ ...treat, issuedAt: "soon" }).decision).toBe("no-verdict")
  })

  it("asks for a grade", () => {
    const behavioural = verdictOf({ whiteBox: false })
    expect(behavioural.grade).toBe("behavioural-only")
    expect(ask(treat, { requireGrade: "certified" }).decision).toBe("allowed")
    expect(ask(treat, { requireGrade: "behavioural-only" }).decision).toBe("allowed")
    expect(ask(behavioural, { requireGrade: "certified" })).toMatchObject({
      decision: "not-allowed",
      reasons: ["the verdict is behavioural-only, and certified is required"]
    })
  })

  it("lets a waiver open supervised use, and says who gave it and why", () => {
    const given = waiver()
    expect(ask(quarantine, { waivers: [given] })).toMatchObject({
      decision: "allowed",
      waiver: given,
      reasons: [`waived by ada until ${given.document.until}: pilot`, expect.any(String), expect.any(String)]
    })
  })

  it("says why a waiver does not count", () => {
    const because = (one: RecordedWaiver, verdict = quarantine) => ask(verdict, { waivers: [one] })
    for (const [one, says] of [
      [waiver({ until: at(-0.1) }), "it ended at"],
      [waiver({ until: new Date(now).toISOString() }), "it ended at"],
      [waiver({ from: at(0.5) }), "it begins at"],
      [waiver({ level: 1 }), "it was given at level 1, and the subject is at level 2"],
      [waiver({}, true), "it was revoked"]
    ] as const) {
      expect(because(one).decision).toBe("not-allowed")
      expect(because(one).reasons.at(-1)).toContain(says)
    }
    expect(because(waiver({ context: "advisory" })).decision).toBe("not-allowed")
    expect(because(waiver({ subject: "onnx:other" })).decision).toBe("not-allowed")
    const contexts: Verdict["contexts"] = { ...treat.contexts, civilian: { permission: "supervised", reasons: [] } }
    const supervised = because(waiver(), { ...treat, contexts })
    expect(supervised.decision).toBe("not-allowed")
    expect(supervised.reasons.at(-1)).toContain("it opens quarantine only")
  })

  const permission = fc.constantFrom("allowed" as const, "supervised" as const, "denied" as const)
  /** Verdicts that contradict themselves too: the gate must not take the milder half. */
  const verdicts = fc
    .record({
      base: fc.constantFrom(treat, quarantine, flatten, discard),
      permissions: fc.tuple(permission, permission, permission, permission, permission),
      pending: fc.boolean(),
      hours: fc.integer({ min: -100, max: 100 })
    })
    .map(
      ({ base, hours, pending, permissions }): Verdict => ({
        ...base,
        pending: pending ? { says: "pending replication", replicate: [] } : null,
        issuedAt: at(hours),
        contexts: Object.fromEntries(
          deploymentContexts.map((context, index) => [context, { permission: permissions[index]!, reasons: [] }])
        ) as unknown as Verdict["contexts"]
      })
    )
  const contexts = fc.constantFrom<DeploymentContext>(...deploymentContexts)
  const waivers = fc.array(
    fc
      .record({
        context: contexts,
        from: fc.integer({ min: -50, max: 10 }),
        until: fc.integer({ min: -10, max: 50 }),
        level: fc.constantFrom(0 as const, 2 as const, "6+" as const),
        revoked: fc.boolean()
      })
      .map(({ from, revoked, until, ...rest }) => waiver({ ...rest, from: at(from), until: at(until) }, revoked)),
    { maxLength: 4 }
  )
  const questions = fc.record({
    verdict: fc.option(verdicts.map((verdict) => recorded(verdict))),
    waivers,
    context: contexts,
    maxAge: fc.option(fc.integer({ min: 0, max: 100 }).map((hours) => hours * hour)),
    requireGrade: fc.option(fc.constantFrom("certified" as const, "attested" as const, "uncertified" as const))
  })
  const runs = { numRuns: 5_000, seed: Number(process.env.FC_SEED ?? 1) }
  const decide = (question: Omit<GateQuestion, "now" | "subject">) => gate({ subject: subjectName, now, ...question })

  it("never opens flatten, discard, what is pending, coercive use, a denied context or a missing verdict", () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { decision, reasons } = decide(question)
        expect(reasons.length).toBeGreaterThan(decision === "allowed" ? -1 : 0)
        if (decision !== "allowed") return
        const verdict = question.verdict!.document
        expect(["treat", "quarantine"]).toContain(verdict.disposition)
        expect(verdict.pending).toBeNull()
        expect(question.context).not.toBe("coercive-military")
        expect(verdict.contexts[question.context].permission).not.toBe("denied")
        expect(Date.parse(verdict.issuedAt)).toBeLessThanOrEqual(now + 5 * 60_000)
      }),
      runs
    )
  })

  it("lets waivers turn only supervised quarantine into allowed, and their order does not matter", () => {
    fc.assert(
      fc.property(questions, (question) => {
        const without = decide({ ...question, waivers: [] })
        const answer = decide(question)
        expect(decide({ ...question, waivers: question.waivers.toReversed() }).decision).toBe(answer.decision)
        if (answer.decision === without.decision) return
        expect([without.decision, answer.decision]).toEqual(["not-allowed", "allowed"])
        expect(question.verdict!.document.disposition).toBe("quarantine")
        expect(question.verdict!.document.contexts[question.context].permission).toBe("supervised")
        const { from, until } = answer.waiver!.document
        expect(Date.parse(from) <= now && now < Date.parse(until) && !answer.waiver!.revoked).toBe(true)
      }),
      runs
    )
  })

  it("never opens by asking for more", () => {
    fc.assert(
      fc.property(questions, fc.integer({ min: 0, max: 100 }), (question, hours) => {
        fc.pre(decide(question).decision !== "allowed")
        const maxAge = Math.min(question.maxAge ?? Number.POSITIVE_INFINITY, hours * hour)
        expect(decide({ ...question, maxAge, requireGrade: "certified" }).decision).not.toBe("allowed")
      }),
      runs
    )
  })
})

describe("the latest verdict", () => {
  it("is the one issued last, and of two issued at once the one recorded last", () => {
    const [a, b, c] = [
      recorded(treat, 1),
      recorded({ ...quarantine, issuedAt: treat.issuedAt }, 2),
      recorded(verdictOf({ issuedAt: at(-9) }), 3)
    ]
    expect(latestOf([a, b, c])).toBe(b)
    expect(latestOf([])).toBeNull()
  })
})
