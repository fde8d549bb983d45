/**
 * What would have to be otherwise. The search removes grounds one by one, always branching on what keeps one standing
 * rule true, and deepens until the goal is reached, so that the set it returns is a smallest one.
 */
import { instrumentTitle } from "../InstrumentKey.ts"
import {
  correctionCodes,
  type FindingCode,
  findingCodes,
  findingTable,
  type InstrumentCode,
  instrumentCodes,
  isCorrection,
  isInside,
  latentCodes
} from "../InstrumentTable.ts"
import type { PlacementInput } from "../Placement.ts"
import {
  type Compiled,
  type FactName,
  type FactVector,
  type HouseFact,
  houseIdOf,
  isHouseFact,
  isInstrument,
  type Rule,
  supportOf
} from "./lattice.ts"
import { countsAsFail, houseReadingOf, isMissing, isRefuted } from "./placement.ts"
import { levelRules, lockRules } from "./placementTable.ts"

/** Something of an input that can be otherwise: an outcome, a finding, or the count of regimes that did not correct. */
export type Lever = InstrumentCode | HouseFact | FindingCode | "persistence"

/** A rule that still stands in the way, and the facts on which it holds. */
export interface Obstacle {
  readonly rule: Compiled<Rule>
  readonly facts: FactVector
}

/** What stands in the way of a goal; empty once it is reached. */
export type Obstacles = (input: PlacementInput) => ReadonlyArray<Obstacle>

/**
 * A smallest set of levers that clears every obstacle, or null where none can.
 *
 * @param house number of house instruments that the rules read
 */
export const smallestChange = (
  input: PlacementInput,
  obstacles: Obstacles,
  house: number
): ReadonlyArray<Lever> | null => {
  for (let size = 0; size <= instrumentCodes.length + house + findingCodes.length + 1; size += 1) {
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
  const { access, findings, history, house, outcomes } = input
  if (lever === "persistence") {
    return {
      ...input,
      findings: findings.filter(({ code }) => code !== "masked"),
      history: { ...history, persistence: 0, replicatedPersistence: 0 }
    }
  }
  if (isHouseFact(lever)) {
    const id = houseIdOf(lever)
    const reading = houseReadingOf(input, id) ?? { name: instrumentTitle(id), replication: "not-attempted" }
    return { ...input, house: { ...house, [id]: { ...reading, outcome: "pass" } } }
  }
  if (!isInstrument(lever)) return { ...input, findings: findings.filter(({ code }) => code !== lever) }
  return {
    ...input,
    outcomes: { ...outcomes, [lever]: "pass" },
    access: isInside(lever) ? { ...access, [lever]: "white-box" } : access
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
  const standing = obstacles(current)
  if (standing.length === 0) return pulled
  if (left === 0) return null
  const choices = standing.map((obstacle) => leversOf(obstacle, current).filter((lever) => !pulled.includes(lever)))
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

/** Every way of keeping a standing rule from firing contains one of these levers. */
const leversOf = ({ facts, rule }: Obstacle, input: PlacementInput): ReadonlyArray<Lever> => [
  ...new Set(supportOf(rule, facts).flatMap((fact) => leversOfFact(fact, facts, input)))
]

const leversOfFact = (fact: FactName, facts: FactVector, input: PlacementInput): ReadonlyArray<Lever> => {
  switch (fact) {
    // Under a negation these may be at their best, where no rule holds.
    case "lock":
      return leversOfRules(lockRules.filter((rule) => rule.holds(facts)).slice(0, 1), facts, input)
    case "level":
      return leversOfRules(levelRules.filter((rule) => rule.holds(facts)).slice(-1), facts, input)
    case "missing-evidence":
      return instrumentCodes
        .filter((code) => isMissing(input, code))
        .slice(0, 1)
        .flatMap((code) => leversOfGap(code, input))
    case "latent-evidence": {
      const dim = latentCodes.filter((code) => isMissing(input, code) || input.access[code] !== "white-box")
      return (dim.length > 0 ? dim : correctionCodes).slice(0, 1)
    }
    case "failed-replication":
      return refuted(input).slice(0, 1)
    case "persistence":
      return ["persistence"]
    default:
      return isInstrument(fact) || isHouseFact(fact) || fact in findingTable ? [fact as Lever] : []
  }
}

const leversOfRules = (
  rules: ReadonlyArray<Compiled<Rule>>,
  facts: FactVector,
  input: PlacementInput
): ReadonlyArray<Lever> => rules.flatMap((rule) => leversOf({ rule, facts }, input))

/** A gap is closed by examining; one that is only indicated by a failure elsewhere, also by that one's passing. */
const leversOfGap = (code: InstrumentCode, input: PlacementInput): ReadonlyArray<Lever> => {
  const indicating =
    isCorrection(code) && input.outcomes[code] === "not-indicated" && !input.history.corrective
      ? instrumentCodes.filter((other) => countsAsFail(input, other)).slice(0, 1)
      : []
  return [code, ...indicating]
}

const refuted = (input: PlacementInput): ReadonlyArray<Lever> => [
  ...instrumentCodes.filter((code) => input.outcomes[code] === "fail" && !countsAsFail(input, code)),
  ...input.findings.filter(isRefuted).map(({ code }) => code)
]
