import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { findingCodes, type InstrumentCode, instrumentCodes } from "../src/InstrumentTable.ts"
import { findDescent, makeDiagrams } from "../src/internal/latticeDiagram.ts"
import { levelRank, levels, type PlacementInput } from "../src/Placement.ts"
import { severityOf } from "../src/Reading.ts"
import { levelBounds, placeSubject, spectrumTable } from "../src/Spectrum.ts"
import {
  type DeploymentContext,
  deploymentContexts,
  dispositionOf,
  dispositionRank,
  dispositions,
  permissionRank,
  permissions,
  type TriageQuestion,
  triage,
  triageTable
} from "../src/Triage.ts"
import {
  anyCase,
  anyDistribution,
  anyRise,
  completions,
  oracleDisposition,
  oracleMissing,
  oraclePermissions,
  oracleRank,
  plainOf,
  runs
} from "./placementCases.ts"

const ask = (input: PlacementInput) => ({ input, distribution: null, policy: null })
const dispositionRankOf = (input: PlacementInput) => dispositionRank(dispositionOf(ask(input)).disposition)
/** Rank of the disposition, then of the permission in every context. */
const allRanks = (question: TriageQuestion) => {
  const { contexts, disposition } = dispositionOf(question)
  return [dispositionRank(disposition), ...deploymentContexts.map((context) => permissionRank(contexts[context]))]
}
const permissionRanks = (question: TriageQuestion) => allRanks(question).slice(1)

describe("the tables, on random cases", { timeout: 120_000 }, () => {
  it("range over every level and every disposition", () => {
    const sample = fc.sample(anyCase, { numRuns: 10_000, seed: 1 })
    const byLevel = Map.groupBy(sample, (input) => levelBounds(input).lower)
    const byDisposition = Map.groupBy(sample, (input) => dispositionOf(ask(input)).disposition)
    for (const level of levels) expect(byLevel.get(level)?.length).toBeGreaterThan(100)
    for (const disposition of dispositions) expect(byDisposition.get(disposition)?.length).toBeGreaterThan(200)
  })

  it("never improve when a severity, a history count or a finding is raised", () => {
    fc.assert(
      fc.property(anyRise, anyDistribution, ([before, after], distribution) => {
        const [low, high] = [levelBounds(before), levelBounds(after)]
        // An M5 that was not indicated may have become so; measuring it then narrows the interval.
        const measured = before.outcomes.M5 === "not-indicated" && after.outcomes.M5 !== "not-indicated"
        const ranks = allRanks({ input: before, distribution, policy: null })
        const risen = allRanks({ input: after, distribution, policy: null })
        return (
          levelRank(high.lower) >= levelRank(low.lower) &&
          (measured || levelRank(high.upper) >= levelRank(low.upper)) &&
          risen.every((rank, i) => rank >= ranks[i]!)
        )
      }),
      runs
    )
  })

  it("never open a context of higher stakes further than one of lower stakes", () => {
    fc.assert(
      fc.property(anyCase, anyDistribution, (input, distribution) => {
        const ranks = permissionRanks({ input, distribution, policy: null })
        return ranks.every((rank, i) => i === 0 || rank >= ranks[i - 1]!)
      }),
      runs
    )
  })

  it("never authorise coercive or military use, nor high autonomy", () => {
    fc.assert(
      fc.property(anyCase, anyDistribution, (input, distribution) => {
        const { contexts } = dispositionOf({ input, distribution, policy: null })
        return contexts["coercive-military"] === "denied" && contexts["high-autonomy"] === "denied"
      }),
      runs
    )
  })

  it("treat only what passes B5 on white-box or attested evidence, at level 0 or 1, with nothing missing", () => {
    fc.assert(
      fc.property(anyCase, (input) => {
        if (dispositionOf(ask(input)).disposition !== "treat") return true
        return (
          input.outcomes.B5 === "pass" &&
          input.access.B5 !== "none" &&
          levelRank(levelBounds(input).lower) <= 1 &&
          oracleMissing(input).length === 0
        )
      }),
      runs
    )
  })

  it("quarantine from level 2, flatten from level 4, discard from level 6", () => {
    fc.assert(
      fc.property(anyCase, (input) => {
        const rank = levelRank(levelBounds(input).lower)
        const least = rank >= 6 ? 3 : rank >= 4 ? 2 : rank >= 2 ? 1 : 0
        return dispositionRankOf(input) >= least
      }),
      runs
    )
  })

  it("bound the level of every completion of what is missing", () => {
    fc.assert(
      fc.property(anyCase, fc.nat(), (input, choice) => {
        const { lower, upper } = levelBounds(input)
        const completed = complete(input, choice)
        const inside = levelBounds(completed)
        return levelRank(inside.lower) >= levelRank(lower) && levelRank(inside.upper) <= levelRank(upper)
      }),
      runs
    )
  })

  it("bound it exactly: brute force over all completions finds both ends", () => {
    fc.assert(
      fc.property(anyCase, (whole) => {
        const input = keepGaps(whole, 2)
        const ranks = completions(input).map((completed) => oracleRank(plainOf(completed)))
        const { lower, upper } = levelBounds(input)
        return Math.min(...ranks) === levelRank(lower) && Math.max(...ranks) === levelRank(upper)
      }),
      runs
    )
  })

  it("answer missing evidence with quarantine: never treat, and nothing worse on its account", () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 0, max: 9 }), (input, which) => {
        const code = instrumentCodes[which]!
        const without = { ...input, outcomes: { ...input.outcomes, [code]: null } }
        const passing = { ...input, outcomes: { ...input.outcomes, [code]: "pass" as const } }
        const rank = dispositionRankOf(without)
        return rank >= 1 && rank === Math.max(1, dispositionRankOf(passing))
      }),
      runs
    )
  })

  it("never improve on a pass when knowledge is taken away", () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 0, max: 9 }), (input, which) => {
        const code = instrumentCodes[which]!
        const known = severityOf(input.outcomes[code] ?? "invalid")
        const widened = { ...input, outcomes: { ...input.outcomes, [code]: "indeterminate" as const } }
        const [before, after] = [levelBounds(input), levelBounds(widened)]
        const wider =
          levelRank(after.upper) >= levelRank(before.upper) && levelRank(after.lower) <= levelRank(before.lower)
        const [ranks, weakened] = [permissionRanks(ask(input)), permissionRanks(ask(widened))]
        return wider && (known !== 0 || weakened.every((rank, i) => rank >= ranks[i]!))
      }),
      runs
    )
  })

  it("agree with a second implementation, for everything a case can be", () => {
    fc.assert(
      fc.property(anyCase, anyDistribution, (input, distribution) => {
        const quantiles = distribution?.quantiles
        const disposition = oracleDisposition(input)
        const expected = oraclePermissions(
          disposition,
          quantiles === undefined
            ? null
            : [levelRank(quantiles.civilian), levelRank(quantiles.advisory), levelRank(quantiles["bounded-autonomy"])]
        )
        const found = allRanks({ input, distribution, policy: null })
        return (
          levelRank(levelBounds(input).lower) === oracleRank(plainOf(input)) &&
          [disposition, ...expected].every((rank, i) => rank === found[i])
        )
      }),
      runs
    )
  })

  it("do not depend on the order of findings", () => {
    fc.assert(
      fc.property(anyCase, (input) => {
        const turned = { ...input, findings: input.findings.toReversed(), notExamined: input.notExamined.toReversed() }
        const [one, other] = [levelBounds(input), levelBounds(turned)]
        const ranks = allRanks(ask(turned))
        return (
          one.lower === other.lower &&
          one.upper === other.upper &&
          allRanks(ask(input)).every((rank, i) => rank === ranks[i])
        )
      }),
      runs
    )
  })
})

describe("the full documents, on random cases", { timeout: 120_000 }, () => {
  const fewer = { numRuns: 2_000 }

  it("give as reasons of a permission the rules of that permission, at least one, and all that hold", () => {
    const permissionOf = new Map(triageTable.contexts.map(({ id, permission }) => [id, permission]))
    fc.assert(
      fc.property(anyCase, anyDistribution, (input, distribution) => {
        const { contexts, rules } = triage({ input, distribution, policy: null })
        for (const context of deploymentContexts) {
          const { permission, reasons } = contexts[context]
          const fired = triageTable.contexts.filter(
            (rule) =>
              rule.contexts.includes(context) &&
              rule.permission === permission &&
              rules.find(({ id }) => id === rule.id)?.fired === true
          )
          expect(reasons.map(({ rule }) => rule)).toEqual(fired.map(({ id }) => id))
          expect(reasons.length).toBeGreaterThan(0)
          expect(reasons.every(({ rule }) => permissionOf.get(rule) === permission)).toBe(true)
        }
      }),
      fewer
    )
  })

  it("are total and say the same as the short forms", () => {
    fc.assert(
      fc.property(anyCase, anyDistribution, (input, distribution) => {
        const question = { input, distribution, policy: null }
        const [placement, decision, short] = [placeSubject(input), triage(question), dispositionOf(question)]
        expect([placement.lower, placement.upper]).toEqual([levelBounds(input).lower, levelBounds(input).upper])
        expect(decision.disposition).toBe(short.disposition)
        expect(deploymentContexts.map((context) => decision.contexts[context].permission)).toEqual(
          deploymentContexts.map((context) => short.contexts[context])
        )
        expect(placement.rules).toHaveLength(spectrumTable.lock.length + spectrumTable.rules.length)
        expect(decision.rules).toHaveLength(triageTable.dispositions.length + triageTable.contexts.length)
      }),
      fewer
    )
  })

  it("wait for replication exactly where replicated evidence alone would decide more mildly", () => {
    fc.assert(
      fc.property(anyCase, (input) => {
        const rank = oracleDisposition(input)
        const waits = rank >= 2 && oracleDisposition(input, true) < rank
        const { pending } = triage(ask(input))
        return (pending !== null) === waits && (pending === null || pending.replicate.length > 0)
      }),
      fewer
    )
  })

  it("name changes that do lower the disposition, and no smaller set does", () => {
    fc.assert(
      fc.property(anyCase, (input) => {
        const decision = triage(ask(input))
        const overall = decision.wouldChange.find(({ rule }) => rule === "disposition")
        if (decision.disposition === "treat") return overall === undefined
        const names = overall!.changes.map((change) => change.input)
        const rank = dispositionRank(decision.disposition)
        const achieved = dispositionRankOf(cleared(input, names)) < rank
        const fewest = subsetsBelow(blamed(input), Math.min(names.length, 3)).every(
          (some) => dispositionRankOf(cleared(input, some)) >= rank
        )
        return achieved && fewest && dispositionRank(overall!.disposition) < rank
      }),
      { numRuns: 1_000 }
    )
  })
})

describe("the tables, for every input at once", () => {
  const diagrams = makeDiagrams()
  const lock = diagrams.table(spectrumTable.lock, () => 1, {}, 0)
  const level = diagrams.table(spectrumTable.rules, (rule) => levels.indexOf(rule.level), { lock }, 0)
  const disposition = diagrams.table(
    triageTable.dispositions,
    (rule) => dispositions.indexOf(rule.disposition),
    { level, lock },
    0
  )

  const permissionOf = (context: DeploymentContext) =>
    diagrams.table(
      triageTable.contexts.filter((rule) => rule.contexts.includes(context)),
      (rule) => permissions.indexOf(rule.permission),
      { disposition, level, lock },
      0
    )

  it("are monotone", () => {
    for (const table of [level, disposition, ...deploymentContexts.map(permissionOf)]) {
      expect(findDescent(table)).toBeNull()
    }
  })
})

/** One of the ways in which the gaps could be filled, gap by gap. */
const complete = (input: PlacementInput, choice: number): PlacementInput => {
  const outcomes = ["pass", "borderline", "fail"] as const
  const gaps = instrumentCodes.filter((code) => severityOf(input.outcomes[code] ?? "invalid") === null)
  const filled = gaps.map((code, i) => [code, outcomes[Math.floor(choice / 3 ** i) % 3]] as const)
  const unseen = input.notExamined.filter((_, i) => Math.floor(choice / 2 ** i) % 2 === 1)
  return {
    ...input,
    outcomes: { ...input.outcomes, ...Object.fromEntries(filled) },
    findings: [...input.findings, ...unseen.map((code) => ({ code, replication: "replicated" as const }))]
  }
}

/** At most so many gaps, so that all completions can be enumerated. */
const keepGaps = (input: PlacementInput, most: number): PlacementInput => {
  const excess = instrumentCodes.filter((code) => severityOf(input.outcomes[code] ?? "invalid") === null).slice(most)
  return {
    ...input,
    outcomes: { ...input.outcomes, ...Object.fromEntries(excess.map((code) => [code, "pass"])) },
    access: { B5: "white-box", M5: "white-box" },
    notExamined: input.notExamined.slice(0, 1)
  }
}

const isInstrument = (name: string): name is InstrumentCode => (instrumentCodes as ReadonlyArray<string>).includes(name)

/** The input with everything named put at its best. */
const cleared = (input: PlacementInput, names: ReadonlyArray<string>): PlacementInput => {
  const instruments = names.filter(isInstrument)
  const noPersistence = names.includes("persistence")
  return {
    ...input,
    outcomes: { ...input.outcomes, ...Object.fromEntries(instruments.map((code) => [code, "pass"])) },
    access: {
      B5: instruments.includes("B5") ? "white-box" : input.access.B5,
      M5: instruments.includes("M5") ? "white-box" : input.access.M5
    },
    findings: input.findings.filter(({ code }) => !names.includes(code) && !(noPersistence && code === "masked")),
    history: noPersistence ? { ...input.history, persistence: 0, replicatedPersistence: 0 } : input.history
  }
}

const blamed = (input: PlacementInput): ReadonlyArray<string> => [
  ...instrumentCodes.filter((code) => input.outcomes[code] !== "pass" || input.access.B5 !== "white-box"),
  ...findingCodes.filter((code) => input.findings.some((found) => found.code === code)),
  "persistence"
]

/** All subsets with fewer members than that. */
const subsetsBelow = (names: ReadonlyArray<string>, size: number): ReadonlyArray<ReadonlyArray<string>> => {
  if (size <= 0) return []
  const [first, ...others] = names
  if (first === undefined) return [[]]
  return [...subsetsBelow(others, size), ...subsetsBelow(others, size - 1).map((some) => [first, ...some])]
}
