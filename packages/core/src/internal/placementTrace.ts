/** Says in words what the rules saw and what evidence is lacking. */
import { instrumentTitle } from "../InstrumentKey.ts"
import {
  findingCodes,
  findingTable,
  type InstrumentCode,
  instrumentCodes,
  instrumentTable
} from "../InstrumentTable.ts"
import type { MissingEvidence, PlacementInput, RuleInput, RuleTrace } from "../Placement.ts"
import { type Outcome, type Replication, severityOf } from "../Reading.ts"
import {
  type Compiled,
  dispositions,
  type FactName,
  type Fired,
  firedOf,
  type HouseFact,
  houseIdOf,
  inputsOf,
  isHouseFact,
  isInstrument,
  maximumOf,
  positionOf,
  type Rule,
  supportOf,
  type TableFact,
  worstLevelRank
} from "./lattice.ts"
import { type Facts, houseReadingOf, houseSeverity, isMissing } from "./placement.ts"

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
export const describeFact = (fact: FactName, facts: Facts, input: PlacementInput): RuleInput =>
  isHouseFact(fact)
    ? { input: houseTitle(fact, input), value: describeHouse(fact, input) }
    : { input: fact, value: isInstrument(fact) ? describeOutcome(input, fact) : describeValue(fact, facts) }

/** What people call a house instrument: its title, or the id in words where it was not administered. */
export const houseTitle = (fact: HouseFact, input: PlacementInput): string => {
  const id = houseIdOf(fact)
  return instrumentTitle(id, houseReadingOf(input, id)?.name)
}

/** A house instrument without a usable reading, as missing evidence. */
export const missingHouse = (fact: HouseFact, required: boolean, input: PlacementInput): MissingEvidence => {
  const id = houseIdOf(fact)
  const title = houseTitle(fact, input)
  return {
    what: id,
    required,
    why: describeHouse(fact, input),
    needed: houseReadingOf(input, id) === null ? `administer ${title}` : `a reading of ${title} that can be evaluated`
  }
}

/** Whether a house instrument has no usable reading. */
export const isMissingHouse = (fact: HouseFact, input: PlacementInput): boolean =>
  houseSeverity(input, houseIdOf(fact), "observed") === null

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

const grounds = (rule: Compiled<Rule>, fired: Fired, { lower, upper }: Facts): ReadonlyArray<FactName> => {
  if (fired === true) return supportOf(rule, lower)
  const read = inputsOf(rule.when)
  const { positions } = rule
  return fired === false ? read : read.filter((fact) => lower[positions(fact)] !== upper[positions(fact)])
}

const describeOutcome = (input: PlacementInput, code: InstrumentCode): string => {
  const outcome = input.outcomes[code]
  if (outcome === null) return notAdministered
  if (outcome === "not-indicated") return isMissing(input, code) ? "indicated, not examined" : outcome
  if (severityOf(outcome) !== null && isMissing(input, code)) return `${outcome}, without white-box evidence`
  return describeFail(outcome, input.replication[code])
}

const describeHouse = (fact: HouseFact, input: PlacementInput): string => {
  const reading = houseReadingOf(input, houseIdOf(fact))
  return reading === null ? notAdministered : describeFail(reading.outcome, reading.replication)
}

const notAdministered = "not administered"

const describeFail = (outcome: Outcome, replication: Replication): string =>
  outcome === "fail" && replication === "failed" ? "fail, not replicated on the other form" : outcome

const neededFor = (input: PlacementInput, code: InstrumentCode): string => {
  switch (instrumentTable[code].role) {
    case "latent":
      return `a ${code} reading on white-box evidence, or on a signed summary by the model's owner`
    case "correction":
      return `an ${code} reading on white-box evidence, across checkpoints of two corrective tunings`
    case "behavioural":
      return input.outcomes[code] === null ? `administer ${code}` : `a reading of ${code} that can be evaluated`
  }
}

const describeValue = (fact: TableFact, { lower, upper }: Facts): string => {
  const [best, worst] = [lower[positionOf[fact]]!, upper[positionOf[fact]]!]
  const words = vocabulary(fact)
  if (best === worst) return words(best)
  return maximumOf(fact) === 1 ? "unknown" : `${words(best)} to ${words(worst)}`
}

const vocabulary = (fact: TableFact): ((value: number) => string) => {
  if (fact === "level" || fact.endsWith("-quantile")) return (rank) => (rank === worstLevelRank ? "6+" : String(rank))
  if (fact === "persistence") return String
  if (fact === "latent-evidence") return (rank) => ["white-box", "attested", "none"][rank]!
  if (fact === "disposition") return (rank) => dispositions[rank]!
  return (value) => (value === 1 ? "yes" : "no")
}
