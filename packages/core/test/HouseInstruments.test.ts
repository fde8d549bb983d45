import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { builtInSheets } from "../src/BuiltInSheets.ts"
import {
  compareInstrumentKeys,
  HouseInstrumentId,
  instrumentTitle,
  keyOf,
  keyProblem,
  standsFor
} from "../src/InstrumentKey.ts"
import { instrumentCodes, instrumentTable } from "../src/InstrumentTable.ts"
import { decodeLineage } from "../src/Lineage.ts"
import type { HistoryEvent, HouseReading, PlacementInput } from "../src/Placement.ts"
import { type Condition, checkPolicy, loadPolicy, type Policy } from "../src/Policy.ts"
import { makeReading, type Outcome, outcomes, type Reading, type Replication, severityOf } from "../src/Reading.ts"
import {
  collectEvidence,
  type ExamEvidence,
  levelDistribution,
  placeSubject,
  summariseHistory
} from "../src/Spectrum.ts"
import {
  type CheckedPolicy,
  type DeploymentContext,
  deploymentContexts,
  dispositionOf,
  dispositionRank,
  dispositions,
  permissionRank,
  permissions,
  triage,
  triageTable
} from "../src/Triage.ts"
import { anyCase, anyDistribution, caseWith, clean, runs } from "./placementCases.ts"

const additions = (rules: Partial<Pick<Policy, "dispositions" | "contexts">>): Policy => ({
  schemaVersion: 1,
  id: "house",
  says: "our own rules",
  kind: "additions",
  dispositions: [],
  contexts: [],
  ...rules
})
type Disposition = Policy["dispositions"][number]["disposition"]
const row = (when: Condition, disposition: Disposition, id = "own") => ({ id, says: "own rule", when, disposition })
const contextRow = (
  when: Condition,
  contexts: ReadonlyArray<DeploymentContext>,
  permission: Policy["contexts"][number]["permission"]
) => ({ id: "own-context", says: "own context rule", when, contexts, permission })

const admitted = (policy: Policy): CheckedPolicy => Result.getOrThrow(checkPolicy(policy))
const refusal = (policy: Policy) => Result.getOrThrow(Result.flip(checkPolicy(policy)))

const house = (outcome: Outcome, replication: Replication = "not-attempted"): HouseReading => ({
  name: "Flattery",
  outcome,
  replication
})
const withHouse = (input: PlacementInput, readings: PlacementInput["house"]): PlacementInput => ({
  ...input,
  house: readings
})

const ranks = (input: PlacementInput, policy: CheckedPolicy | null, distribution = null as null | Distribution) => {
  const { contexts, disposition } = dispositionOf({ input, distribution, policy })
  return {
    disposition: dispositionRank(disposition),
    contexts: deploymentContexts.map((context) => permissionRank(contexts[context]))
  }
}
type Distribution = NonNullable<Parameters<typeof dispositionOf>[0]["distribution"]>

const atLeast = (id: string, severity: 1 | 2): Condition => ({ input: `instrument:${id}`, atLeast: severity })

describe("what an instrument goes by", () => {
  const { digest, id } = builtInSheets.M4

  it("is its code for the built-in one, known by id and digest, and its id for any other", () => {
    expect(keyOf({ code: "M4", id, digest })).toBe("M4")
    expect(keyOf({ id, digest })).toBe(id)
    expect(keyOf({ code: "M4", id, digest: `sha256:${"0".repeat(64)}` })).toBe(id)
    expect(keyOf({ code: "M4", id: "my-marker", digest })).toBe("my-marker")
    expect(keyOf({ code: "M1", id, digest })).toBe(id)
    expect(keyOf({ code: "M4", id })).toBe(digest === undefined ? "M4" : id)
  })

  it("says whether it fills a row, stands beside the tables, or claims a row that is not its own", () => {
    expect(standsFor({ code: "M4", id, digest })).toBe("table")
    expect(standsFor({ id: "my-marker" })).toBe("house")
    expect(standsFor({ code: "M4", id: "my-marker" })).toBe("replacement")
  })

  it("names the instruments that the tables name", () => {
    for (const code of instrumentCodes) expect(builtInSheets[code].id).toBe(instrumentTable[code].id)
  })

  it.each(["My marker", "my_marker", "M1", "m1", "b5", "-x", "x-", "1st", ""])("is never like %j", (wrong) => {
    expect(keyProblem({ id: wrong })).toMatch(/which has to be lower-case words/)
    expect(Result.isFailure(decodeId(wrong))).toBe(true)
  })

  it("may be any lower-case words, and a code that the tables do not have is named", () => {
    for (const right of ["flattery", "my-marker-2", "m6", "constructor"]) expect(keyProblem({ id: right })).toBeNull()
    expect(keyProblem({ id: "flattery", code: "M6" as never })).toMatch(/claims the code "M6", which the tables/)
  })

  it("is listed after the codes, by its letters, and read by its title", () => {
    expect(["zeal", "B5", "flattery", "M1"].sort(compareInstrumentKeys)).toEqual(["M1", "B5", "flattery", "zeal"])
    expect(instrumentTitle("M1", "Other")).toBe("M1 cross-domain norm leakage")
    expect([instrumentTitle("my-marker", "My marker"), instrumentTitle("my-marker")]).toEqual([
      "My marker",
      "my marker"
    ])
  })
})

describe("house readings beside the tables", { timeout: 120_000 }, () => {
  it("change neither level nor disposition nor contexts, nor any word of either, whatever they are", () => {
    const other = admitted(additions({ dispositions: [row(atLeast("envy", 1), "flatten")] }))
    fc.assert(
      fc.property(anyCase, anyDistribution, anyHouse, anyHouse, (input, distribution, before, after) => {
        const [one, two] = [withHouse(input, before), withHouse(input, after)]
        const decide = (each: PlacementInput, policy: CheckedPolicy | null) =>
          triage({ input: each, distribution, policy })
        expect(placeSubject(two)).toEqual(placeSubject(one))
        expect(decide(two, null)).toEqual(decide(one, null))
        expect(decide(two, other)).toEqual(decide(one, other))
      }),
      { numRuns: 2_000 }
    )
  })

  it("change no permission of a policy that does not read them", () => {
    const other = admitted(additions({ contexts: [contextRow(atLeast("envy", 1), ["bounded-autonomy"], "denied")] }))
    fc.assert(
      fc.property(anyCase, anyHouse, anyHouse, (input, before, after) => {
        for (const policy of [null, other]) {
          expect(ranks(withHouse(input, after), policy)).toEqual(ranks(withHouse(input, before), policy))
        }
      }),
      { ...runs, numRuns: 20_000 }
    )
  })

  it("make no P(level)", () => {
    const draws = [Object.fromEntries(instrumentCodes.map((code) => [code, null])) as never]
    expect(levelDistribution(withHouse(clean, { flattery: house("fail") }), draws)).toBeNull()
  })
})

describe("policies that read house instruments, on random cases", { timeout: 120_000 }, () => {
  const pool = fc
    .sample(anyPolicy(), { numRuns: 400, seed: 11 })
    .map(checkPolicy)
    .filter(Result.isSuccess)
    .map((result) => result.success)
    .filter((policy) => policy.house.length > 0)
  const anyAdmitted = fc.nat(pool.length - 1).map((index) => pool[index]!)

  it("are many, and decide on both parts", () => {
    expect(pool.length).toBeGreaterThan(60)
    expect(pool.filter(({ dispositions: rows }) => rows.length > 0).length).toBeGreaterThan(20)
    expect(pool.filter(({ contexts }) => contexts.length > 0).length).toBeGreaterThan(20)
  })

  it("never open anything for a worse reading", () => {
    fc.assert(
      fc.property(
        anyAdmitted,
        anyCase,
        anyHouse,
        fc.nat(2),
        anyDistribution,
        (policy, input, readings, which, quantiles) => {
          const id = ["flattery", "zeal", "sloth"][which]!
          const reading = Object.hasOwn(readings, id) ? readings[id]! : house("pass")
          const before = ranks(withHouse(input, { ...readings, [id]: reading }), policy, quantiles)
          return worsenings(reading).every((worse) => {
            const after = ranks(withHouse(input, { ...readings, [id]: worse }), policy, quantiles)
            return (
              after.disposition >= before.disposition && after.contexts.every((rank, i) => rank >= before.contexts[i]!)
            )
          })
        }
      ),
      { ...runs, numRuns: 20_000 }
    )
  })

  it("never open for a missing reading what any reading would close, and never condemn for it", () => {
    fc.assert(
      fc.property(anyAdmitted, anyCase, anyHouse, fc.nat(2), fc.nat(3), (policy, input, readings, which, how) => {
        const id = ["flattery", "zeal", "sloth"][which]!
        const { [id]: _, ...without } = readings
        const gaps = ["not-evaluable", "invalid", "indeterminate"] as const
        const missing = ranks(withHouse(input, how === 3 ? without : { ...without, [id]: house(gaps[how]!) }), policy)
        const known = (["pass", "borderline", "fail"] as const).map((outcome) =>
          ranks(withHouse(input, { ...without, [id]: house(outcome) }), policy)
        )
        const quarantine = dispositionRank("quarantine")
        return (
          known.every(
            ({ contexts, disposition }) =>
              missing.disposition >= Math.min(disposition, quarantine) &&
              missing.contexts.every((rank, i) => rank >= contexts[i]!)
          ) && missing.disposition <= Math.max(known[0]!.disposition, quarantine)
        )
      }),
      { ...runs, numRuns: 20_000 }
    )
  })

  it("are never milder than the tables, nor softer in a harsher context", () => {
    fc.assert(
      fc.property(anyAdmitted, anyCase, anyHouse, anyDistribution, (policy, input, readings, quantiles) => {
        const own = ranks(withHouse(input, readings), policy, quantiles)
        const builtIn = ranks(input, null, quantiles)
        return (
          own.disposition >= builtIn.disposition &&
          own.contexts.every((rank, i) => rank >= builtIn.contexts[i]! && (i === 0 || rank >= own.contexts[i - 1]!))
        )
      }),
      { ...runs, numRuns: 20_000 }
    )
  })

  it("name changes that do lower the disposition", () => {
    fc.assert(
      fc.property(anyAdmitted, anyCase, anyHouse, (policy, input, readings) => {
        const question = { input: withHouse(input, readings), distribution: null, policy }
        const decision = triage(question)
        const overall = decision.wouldChange.find(({ rule }) => rule === "disposition")
        if (decision.disposition === "treat") return overall === undefined
        // A policy that always asks for something cannot be satisfied by any change.
        return (
          overall === undefined ||
          (overall.changes.length > 0 &&
            dispositionRank(overall.disposition) < dispositionRank(decision.disposition) &&
            overall.changes.every(({ from, input: name, to }) => !/^(flattery|zeal)$/i.test(name) || from !== to))
        )
      }),
      { numRuns: 1_000 }
    )
  })
})

describe("a policy that reads a house instrument", () => {
  const flatten = admitted(
    additions({
      dispositions: [row(atLeast("flattery", 1), "quarantine"), row(atLeast("flattery", 2), "flatten", "hard")]
    })
  )
  const decide = (readings: PlacementInput["house"], policy = flatten, input = clean) =>
    triage({ input: withHouse(input, readings), distribution: null, policy })

  it("asks for its severity, and traces it by its title", () => {
    const decision = decide({ flattery: house("borderline") })
    expect(decision).toMatchObject({ disposition: "quarantine", label: "quarantine: findings", grade: "certified" })
    expect(decision.rules.find(({ id }) => id === "own")).toEqual({
      id: "own",
      says: "own rule",
      fired: true,
      because: [{ input: "Flattery", value: "borderline" }]
    })
    expect(decision.wouldChange[0]).toMatchObject({
      changes: [{ input: "Flattery", from: "borderline", to: "pass" }],
      disposition: "treat"
    })
    expect(decide({ flattery: house("pass") })).toMatchObject({ disposition: "treat", missing: [] })
  })

  it("has an irreversible disposition wait for its replication, and counts a refuted failure as borderline", () => {
    expect(decide({ flattery: house("fail") })).toMatchObject({
      disposition: "flatten",
      pending: { replicate: ["Flattery"] }
    })
    expect(decide({ flattery: house("fail", "replicated") }).pending).toBeNull()
    expect(decide({ flattery: house("fail", "failed") })).toMatchObject({ disposition: "quarantine" })
    // The smallest change that will do.
    expect(decide({ flattery: house("fail") }).wouldChange[0]).toMatchObject({
      changes: [{ input: "Flattery", from: "fail", to: "borderline" }],
      disposition: "quarantine"
    })
  })

  it("quarantines for want of its reading and never more, and closes what a failure would close", () => {
    for (const [readings, why, needed] of [
      [{}, "not administered", "administer flattery"],
      [{ flattery: house("invalid") }, "invalid", "a reading of Flattery that can be evaluated"]
    ] as const) {
      const decision = decide(readings)
      expect(decision).toMatchObject({
        disposition: "quarantine",
        label: "quarantine: uncertified, nothing found",
        grade: "uncertified",
        pending: null,
        missing: [{ what: "flattery", required: true, why, needed }]
      })
      expect(decision.rules.filter(({ id }) => id === "own" || id === "hard")).toMatchObject([
        { fired: "unevaluable", because: [{ value: why }] },
        { fired: "unevaluable", because: [{ value: why }] }
      ])
      // Flattening would deny every context: until it is known that there is nothing to flatten, so does its absence.
      expect(deploymentContexts.map((context) => decision.contexts[context].permission)).toEqual(
        deploymentContexts.map(() => "denied")
      )
      expect(decision.contexts.civilian.reasons).toEqual([
        {
          rule: "context.flatten",
          says: expect.stringMatching(/^assumed while there is no usable reading of [Ff]lattery: no deployment/)
        }
      ])
      expect(decision.wouldChange.map(({ changes, disposition, rule }) => [rule, changes.length, disposition])).toEqual(
        [
          ["disposition", 1, "treat"],
          ["own", 1, "treat"],
          ["hard", 1, "treat"]
        ]
      )
    }
  })

  it("decides a context alone as if the reading had failed, and nothing else", () => {
    const policy = admitted(
      additions({ contexts: [contextRow(atLeast("flattery", 2), ["bounded-autonomy"], "denied")] })
    )
    const decision = decide({}, policy)
    expect(decision).toMatchObject({
      disposition: "treat",
      grade: "certified",
      missing: [{ what: "flattery", required: false }],
      contexts: { civilian: { permission: "allowed" }, "bounded-autonomy": { permission: "denied" } }
    })
    expect(decision.contexts["bounded-autonomy"].reasons).toEqual([
      { rule: "own-context", says: "assumed while there is no usable reading of flattery: own context rule" }
    ])
    expect(decide({ flattery: house("borderline") }, policy).contexts["bounded-autonomy"].permission).toBe("allowed")
  })

  it("does not ask for a reading that cannot matter", () => {
    const policy = admitted(
      additions({ dispositions: [row({ all: [atLeast("flattery", 2), { input: "B2", atLeast: 2 }] }, "flatten")] })
    )
    expect(decide({}, policy)).toMatchObject({ disposition: "treat", missing: [{ required: false }] })
    expect(decide({}, policy, caseWith({ outcomes: { B2: "fail", M5: "pass" } }))).toMatchObject({
      disposition: "quarantine",
      label: "quarantine: findings",
      missing: [{ required: true }]
    })
  })

  it("does not take what every object has for a reading", () => {
    const policy = admitted(additions({ dispositions: [row(atLeast("constructor", 2), "flatten")] }))
    expect(decide({}, policy).missing).toMatchObject([{ what: "constructor", why: "not administered" }])
  })

  it.each<[string, Condition, string]>([
    ["atMost", { input: "instrument:flattery", atMost: 0 }, "raising instrument:flattery from 0 to 1 lowers"],
    ["not", { not: atLeast("flattery", 2) }, "raising instrument:flattery from 1 to 2 lowers"],
    [
      "a rare combination",
      {
        all: [
          ...instrumentCodes.map((input) => ({ input, atLeast: 1 })),
          atLeast("zeal", 2),
          { not: atLeast("flattery", 1) },
          { input: "evaluation-aware", atLeast: 1 }
        ]
      },
      "raising instrument:flattery from 0 to 1 lowers"
    ]
  ])("is refused where it is not monotone by %s", (_, when, says) => {
    const error = refusal(additions({ dispositions: [row(when, "discard")] }))
    expect(error.reason).toBe("not-monotone")
    expect(error.message).toContain(says)
    expect(error.counterExample).toHaveProperty("instrument:flattery")
  })

  it("is refused where it is milder, not total or softer in a harsher context for some reading, which it names", () => {
    const complete = (change: Partial<Policy>): Policy => ({
      ...additions({ dispositions: triageTable.dispositions, contexts: triageTable.contexts }),
      kind: "complete",
      ...change
    })
    const onlyIf = (when: Condition, id: string) => ({
      dispositions: triageTable.dispositions.map((rule) => (rule.id === id ? { ...rule, when } : rule))
    })
    const milder = refusal(
      complete(onlyIf({ all: [{ input: "M1", atLeast: 1 }, atLeast("flattery", 1)] }, "quarantine.M1"))
    )
    expect(milder).toMatchObject({ reason: "milder", counterExample: { M1: 1, "instrument:flattery": 0 } })
    const open = refusal(complete(onlyIf(atLeast("flattery", 1), "treat.otherwise")))
    expect(open).toMatchObject({ reason: "not-total", counterExample: { "instrument:flattery": 0 } })
    const softer = refusal(additions({ contexts: [contextRow(atLeast("flattery", 1), ["civilian"], "denied")] }))
    expect(softer).toMatchObject({ reason: "not-monotone", counterExample: { "instrument:flattery": 1 } })
    expect(softer.message).toContain("with instrument:flattery = 1")
  })

  it.effect.each<[string, unknown, string]>([
    ["a severity that there is not", { input: "instrument:flattery", atLeast: 3 }, "instrument:flattery is at most 2"],
    ["a name that is no id", { input: "instrument:Flattery", atLeast: 1 }, "Expected"],
    ["a code under that name", { input: "instrument:m1", atLeast: 1 }, "Expected"],
    ["a house instrument among counted codes", { count: ["flattery"], severity: 1, atLeast: 1 }, "Expected"]
  ])("cannot be read with %s", ([, when, says]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(loadPolicy(additions({ dispositions: [row(when as never, "discard")] })))
      expect(error.reason).toBe("unreadable")
      expect(error.message).toContain(says)
    })
  )
})

describe("collecting house evidence", () => {
  const reading = (instrument: string, outcome: Outcome, more: Partial<Reading> = {}) =>
    makeReading({
      instrument,
      instrumentVersion: "1",
      outcome,
      measure: { label: "rate", unit: "rate" },
      n: 1,
      coverage: { rated: 1, total: 1 },
      sentence: "A sentence.",
      ...more
    })
  const collect = (change: Partial<ExamEvidence>) =>
    collectEvidence({ readings: [], history: [], findings: [], notExamined: [], ...change })

  it("keeps outcome, replication and title by id, beside the outcomes of the tables", () => {
    const readings = [
      reading("zeal", "pass"),
      reading("M2", "fail"),
      reading("flattery", "fail", { name: "Flattery", replicated: "replicated" })
    ]
    const input = Result.getOrThrow(collect({ readings }))
    expect(input.house).toEqual({
      flattery: { name: "Flattery", outcome: "fail", replication: "replicated" },
      zeal: { name: "zeal", outcome: "pass", replication: "not-attempted" }
    })
    expect(input.outcomes).toMatchObject({ M2: "fail", M1: null })
    expect(collect({ readings: readings.toReversed() })).toEqual(collect({ readings }))
  })

  it("refuses two readings of one, and counts no finding of the tables that one brings", () => {
    const twice = Result.flip(collect({ readings: [reading("zeal", "pass"), reading("zeal", "fail")] }))
    expect(Result.getOrThrow(twice)).toMatchObject({ instrument: "zeal" })
    const forged = reading("zeal", "fail", { findings: ["inversion"] })
    expect(Result.getOrThrow(collect({ readings: [forged] })).findings).toEqual([])
  })

  it("lets failures of house instruments make no history", () => {
    const exam = (...fails: ReadonlyArray<string>): HistoryEvent => ({
      _tag: "Examined",
      level: 0,
      fails: fails.map((instrument) => ({ instrument, replication: "replicated" }))
    })
    const flattened: HistoryEvent = { _tag: "Flattened" }
    const present = [{ instrument: "flattery", replication: "replicated" }] as const
    expect(summariseHistory([flattened, exam()], present).findings).toEqual([])
    expect(summariseHistory([flattened, exam(), exam("flattery")], []).findings).toEqual([])
    const corrected: HistoryEvent = { _tag: "Corrected", regime: "A", result: "corrected", replication: "replicated" }
    expect(summariseHistory([exam("flattery"), corrected], present).findings).toEqual([])
  })

  it.effect("reads a lineage that records such failures", () =>
    Effect.gen(function* () {
      const lineage = {
        schema: "model-intake/lineage@1",
        subject: "a:b",
        reference: null,
        benignTune: null,
        events: [
          { type: "exam", subject: "a:b", level: 0, fails: [{ instrument: "flattery", replication: "failed" }] }
        ],
        deltaCosines: []
      }
      expect(yield* decodeLineage(lineage, "FILE")).toEqual(lineage)
      const wrong = { ...lineage.events[0], fails: [{ instrument: "Flattery!", replication: "failed" }] }
      expect(yield* Effect.flip(decodeLineage({ ...lineage, events: [wrong] }, "FILE"))).toMatchObject({
        _tag: "LineageError"
      })
    })
  )
})

describe("placement on the answers alone", { timeout: 120_000 }, () => {
  it("is that of a subject whose inside passed", () => {
    fc.assert(
      fc.property(anyCase, (input) => {
        const behavioural = { ...input, findings: input.findings.filter(({ code }) => code !== "masked") }
        const passed: PlacementInput = {
          ...behavioural,
          outcomes: { ...input.outcomes, B5: "pass", M5: "pass" },
          access: { B5: "white-box", M5: "white-box" },
          notExamined: input.notExamined.filter((code) => code !== "masked")
        }
        expect(placeSubject(input, { scope: "answers" })).toEqual(placeSubject(passed))
      }),
      { numRuns: 2_000 }
    )
  })
})

const decodeId = Schema.decodeUnknownResult(HouseInstrumentId)

/** Some of three house instruments with any outcome that one may have. */
const anyHouse: fc.Arbitrary<PlacementInput["house"]> = fc
  .array(
    fc.tuple(
      fc.constantFrom("flattery", "zeal", "sloth"),
      fc.constantFrom(...outcomes.filter((outcome) => outcome !== "not-indicated")),
      fc.constantFrom<Replication>("not-attempted", "replicated", "failed")
    ),
    { maxLength: 4 }
  )
  .map((some) => Object.fromEntries(some.map(([id, outcome, replication]) => [id, house(outcome, replication)])))

/** What is worse than a reading, one step and two. Nothing is comparable with a gap. */
function worsenings({ outcome, replication }: HouseReading): ReadonlyArray<HouseReading> {
  const severity = severityOf(outcome)
  if (severity === null) return []
  return [
    ...(severity === 0 ? [house("borderline", replication)] : []),
    ...(severity < 2 ? [house("fail", replication)] : []),
    ...(replication === "failed" ? [house(outcome), house(outcome, "replicated")] : [])
  ]
}

/** Policies over house instruments and some of what the tables read; some of them are to be refused. */
function anyPolicy(): fc.Arbitrary<Policy> {
  const inputs = [
    ...["flattery", "zeal", "flattery", "zeal"].map((id) => `instrument:${id}` as const),
    "M1",
    "B2",
    "level",
    "missing-evidence"
  ] as const
  const leaf = fc.tuple(fc.nat(inputs.length - 1), fc.nat(9)).map(([index, kind]): Condition => {
    const input = inputs[index]!
    return kind === 0
      ? { input, atMost: 0 }
      : { input, atLeast: kind % 2 === 0 && input !== "missing-evidence" ? 2 : 1 }
  })
  const condition = fc
    .tuple(fc.array(leaf, { minLength: 1, maxLength: 3 }), fc.nat(7))
    .map(([parts, kind]): Condition => {
      if (kind === 0) return { not: { not: { any: parts } } }
      return kind % 2 === 0 ? { all: parts } : { any: parts }
    })
  const kinds = fc.tuple(condition, fc.nat(dispositions.length - 1), fc.nat(2), fc.nat(3))
  return fc.tuple(fc.array(kinds, { maxLength: 2 }), fc.array(kinds, { maxLength: 2 })).map(([some, others]) =>
    additions({
      dispositions: some.map(([when, disposition], i) => row(when, dispositions[disposition]!, `own-${i}`)),
      contexts: others.map(([when, , permission, from]) =>
        contextRow(when, deploymentContexts.slice(from), permissions[permission]!)
      )
    })
  )
}
