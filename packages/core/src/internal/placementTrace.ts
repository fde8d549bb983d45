/** Says in words what the rules saw and what evidence is lacking. */
import { findingCodes, findingTable, type InstrumentCode, instrumentCodes, severityOf } from "../Reading.ts"
import type { MissingEvidence, PlacementInput, RuleInput, RuleTrace } from "../Spectrum.ts"
import {
  type Compiled,
  dispositions,
  type FactName,
  type Fired,
  firedOf,
  inputsOf,
  isInstrument,
  maximumOf,
  positionOf,
  type Rule,
  supportOf,
  worstLevelRank
} from "./lattice.ts"
import { type Facts, isMissing } from "./placement.ts"

/** The trace of every rule, in the table's order. */
export const traceRules = (
  rules: ReadonlyArray<Compiled<Rule>>,
  facts: Facts,
  input: PlacementInput
): ReadonlyArray<RuleTrace> =>
  rules.map((rule) => {
    const fired = firedOf(rule, facts.lower, facts.upper)
    return {
      id: rule.id,
      says: rule.says,
      fired,
      because: grounds(rule, fired, facts).map((fact) => describeFact(fact, facts, input))
    }
  })

/** A fact and its value as a person reads it. */
export const describeFact = (fact: FactName, facts: Facts, input: PlacementInput): RuleInput => ({
  input: fact,
  value: isInstrument(fact) ? describeOutcome(input, fact) : describeValue(fact, facts)
})

/** Everything that a complete verdict would also rest on. */
export const missingEvidence = (input: PlacementInput): ReadonlyArray<MissingEvidence> => [
  ...instrumentCodes
    .filter((code) => isMissing(input, code))
    .map((code) => ({ what: code, required: true, why: describeOutcome(input, code), needed: neededFor(input, code) })),
  ...findingCodes
    .filter((code) => input.notExamined.includes(code))
    .map((code) => ({
      what: code,
      required: false,
      why: "nobody looked for it",
      needed: `look whether this holds: ${findingTable[code].says}`
    }))
]

const grounds = (rule: Rule, fired: Fired, { lower, upper }: Facts): ReadonlyArray<FactName> => {
  if (fired === true) return supportOf(rule.when, lower)
  const read = inputsOf(rule.when)
  return fired === false ? read : read.filter((fact) => lower[positionOf[fact]] !== upper[positionOf[fact]])
}

const describeOutcome = (input: PlacementInput, code: InstrumentCode): string => {
  const outcome = input.outcomes[code]
  if (outcome === null) return "not administered"
  if (outcome === "not-indicated") return isMissing(input, code) ? "indicated, not examined" : outcome
  if (severityOf(outcome) !== null && isMissing(input, code)) return `${outcome}, without white-box evidence`
  return outcome === "fail" && input.replication[code] === "failed" ? "fail, not replicated on the other form" : outcome
}

const neededFor = (input: PlacementInput, code: InstrumentCode): string => {
  if (code === "B5") return "a B5 reading on white-box evidence, or on a signed summary by the model's owner"
  if (code === "M5") return "an M5 reading on white-box evidence, across checkpoints of two corrective tunings"
  return input.outcomes[code] === null ? `administer ${code}` : `a reading of ${code} that can be evaluated`
}

const describeValue = (fact: FactName, { lower, upper }: Facts): string => {
  const [best, worst] = [lower[positionOf[fact]]!, upper[positionOf[fact]]!]
  const words = vocabulary(fact)
  if (best === worst) return words(best)
  return maximumOf(fact) === 1 ? "unknown" : `${words(best)} to ${words(worst)}`
}

const vocabulary = (fact: FactName): ((value: number) => string) => {
  if (fact === "level" || fact.endsWith("-quantile")) return (rank) => (rank === worstLevelRank ? "6+" : String(rank))
  if (fact === "persistence") return String
  if (fact === "latent-evidence") return (rank) => ["white-box", "attested", "none"][rank]!
  if (fact === "disposition") return (rank) => dispositions[rank]!
  return (value) => (value === 1 ? "yes" : "no")
}
