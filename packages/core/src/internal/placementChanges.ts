/**
 * What would have to be otherwise. The search removes grounds one by one, always branching on what keeps one standing
 * rule true, and deepens until the goal is reached, so that the set it returns is a smallest one.
 */
import { type FindingCode, findingCodes, findingTable, type InstrumentCode, instrumentCodes } from "../Reading.ts"
import type { PlacementInput } from "../Spectrum.ts"
import { type Condition, type FactName, type FactVector, isInstrument, supportOf } from "./lattice.ts"
import { countsAsFail, isMissing, isRefuted } from "./placement.ts"
import { levelRules, lockRules } from "./placementTable.ts"

/** Something of an input that can be otherwise: an outcome, a finding, or the count of regimes that did not correct. */
export type Lever = InstrumentCode | FindingCode | "persistence"

/** Conditions that still stand in the way; empty once the goal is reached. */
export type Obstacles = (input: PlacementInput) => {
  readonly facts: FactVector
  readonly standing: ReadonlyArray<Condition>
}

/** A smallest set of levers that clears every obstacle, or null where none can. */
export const smallestChange = (input: PlacementInput, obstacles: Obstacles): ReadonlyArray<Lever> | null => {
  for (let size = 0; size <= instrumentCodes.length + findingCodes.length + 1; size += 1) {
    const tried = new Set<string>()
    const found = deepen(input, [], size, obstacles, tried)
    if (found !== null) return found
    if (tried.size === 0 && size > 0) return null
  }
  return null
}

/** The input with those levers at their best. */
export const pull = (input: PlacementInput, levers: ReadonlyArray<Lever>): PlacementInput =>
  levers.reduce(pullOne, input)

const pullOne = (input: PlacementInput, lever: Lever): PlacementInput => {
  const { access, findings, history, outcomes } = input
  if (lever === "persistence") {
    return {
      ...input,
      findings: findings.filter(({ code }) => code !== "masked"),
      history: { ...history, persistence: 0, replicatedPersistence: 0 }
    }
  }
  if (!isInstrument(lever)) return { ...input, findings: findings.filter(({ code }) => code !== lever) }
  return {
    ...input,
    outcomes: { ...outcomes, [lever]: "pass" },
    access: lever === "B5" || lever === "M5" ? { ...access, [lever]: "white-box" } : access
  }
}

const deepen = (
  input: PlacementInput,
  pulled: ReadonlyArray<Lever>,
  left: number,
  obstacles: Obstacles,
  tried: Set<string>
): ReadonlyArray<Lever> | null => {
  const current = pull(input, pulled)
  const { facts, standing } = obstacles(current)
  if (standing.length === 0) return pulled
  if (left === 0) return null
  const choices = standing.map((condition) => leversOf(condition, facts, current).filter((l) => !pulled.includes(l)))
  const narrowest = choices.reduce((a, b) => (b.length < a.length ? b : a))
  for (const lever of narrowest) {
    const next = [...pulled, lever]
    const key = [...next].sort().join()
    if (tried.has(key)) continue
    tried.add(key)
    const found = deepen(input, next, left - 1, obstacles, tried)
    if (found !== null) return found
  }
  return null
}

/** Every way of making a standing condition false contains one of these levers. */
const leversOf = (condition: Condition, facts: FactVector, input: PlacementInput): ReadonlyArray<Lever> => [
  ...new Set(supportOf(condition, facts).flatMap((fact) => leversOfFact(fact, facts, input)))
]

const leversOfFact = (fact: FactName, facts: FactVector, input: PlacementInput): ReadonlyArray<Lever> => {
  switch (fact) {
    case "lock": {
      const standing = lockRules.find((rule) => rule.holds(facts))!
      return leversOf(standing.when, facts, input)
    }
    case "level": {
      const standing = levelRules.findLast((rule) => rule.holds(facts))!
      return leversOf(standing.when, facts, input)
    }
    case "missing-evidence":
      return leversOfGap(instrumentCodes.find((code) => isMissing(input, code))!, input)
    case "latent-evidence":
      return isMissing(input, "B5") || input.access.B5 !== "white-box" ? ["B5"] : ["M5"]
    case "failed-replication":
      return refuted(input).slice(0, 1)
    case "persistence":
      return ["persistence"]
    default:
      return isInstrument(fact) || fact in findingTable ? [fact as Lever] : []
  }
}

/** A gap is closed by examining; an M5 that is only indicated by a failure elsewhere, also by that one's passing. */
const leversOfGap = (code: InstrumentCode, input: PlacementInput): ReadonlyArray<Lever> => {
  const indicating =
    code === "M5" && input.outcomes.M5 === "not-indicated" && !input.history.corrective
      ? instrumentCodes.filter((other) => countsAsFail(input, other)).slice(0, 1)
      : []
  return [code, ...indicating]
}

const refuted = (input: PlacementInput): ReadonlyArray<Lever> => [
  ...instrumentCodes.filter((code) => input.outcomes[code] === "fail" && !countsAsFail(input, code)),
  ...input.findings.filter(isRefuted).map(({ code }) => code)
]
