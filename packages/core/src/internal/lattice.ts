/**
 * The ground on which both tables stand: every input as a small integer where larger is worse, conditions over those
 * integers as data, and rules that say what follows. A vector holds one integer per fact; unknown facts are two
 * vectors, the best and the worst completion. The built-in tables read a closed list of facts; a house policy may add the
 * severities of house instruments, which stand after them.
 */
import * as Schema from "effect/Schema"
import { HouseInstrumentId } from "../InstrumentKey.ts"
import { findingCodes, InstrumentCode, instrumentCodes } from "../InstrumentTable.ts"

const quantileFacts = ["civilian-quantile", "advisory-quantile", "bounded-autonomy-quantile"] as const

/** What is observed: outcomes as severities, history, evidence, findings, quantiles of the level. */
export const baseFacts = [
  ...instrumentCodes,
  "persistence",
  "flattened",
  "failed-replication",
  "missing-evidence",
  "latent-evidence",
  ...findingCodes,
  ...quantileFacts
] as const

/** What follows from it, in this order. */
export const derivedFacts = ["lock", "level", "disposition"] as const

const tableFacts = [...baseFacts, ...derivedFacts] as const

/** Severity of a house instrument, which only a policy reads: `instrument:` and its id. */
export type HouseFact = `instrument:${string}`

export type TableFact = (typeof tableFacts)[number]
export type FactName = TableFact | HouseFact

export const isHouseFact = (fact: FactName): fact is HouseFact => fact.startsWith("instrument:")
/** Id of the instrument that a fact is of. */
export const houseIdOf = (fact: HouseFact): string => fact.slice("instrument:".length)

/** Dispositions from mildest to worst; the position is the rank. */
export const dispositions = ["treat", "quarantine", "flatten", "discard"] as const

/** Rank of level "6+". */
export const worstLevelRank = 7

/** Highest value of a fact; counts saturate there. */
export const maximumOf = (fact: FactName): number => (isHouseFact(fact) ? 2 : (largeMaxima[fact] ?? 1))

const largeMaxima: Partial<Record<FactName, number>> = {
  ...Object.fromEntries(instrumentCodes.map((code) => [code, 2])),
  ...Object.fromEntries(quantileFacts.map((fact) => [fact, worstLevelRank])),
  persistence: 9,
  "latent-evidence": 2,
  level: worstLevelRank,
  disposition: dispositions.length - 1
}

export const isInstrument = (fact: FactName): fact is InstrumentCode =>
  (instrumentCodes as ReadonlyArray<FactName>).includes(fact)

/** Position in a vector of what the tables read. */
export const positionOf: Readonly<Record<TableFact, number>> = Object.fromEntries(
  tableFacts.map((fact, position) => [fact, position])
) as Record<TableFact, number>

/** Position of every fact in a vector. */
export type Positions = (fact: FactName) => number

/** Positions where a policy reads these house instruments: in their order, after what the tables read. */
export const positionsWith =
  (house: ReadonlyArray<HouseFact>): Positions =>
  (fact) =>
    isHouseFact(fact) ? tableFacts.length + house.indexOf(fact) : positionOf[fact]

/** Positions of the tables alone. */
export const tablePositions: Positions = positionsWith([])

/** One integer per fact, at its position. */
export type FactVector = Array<number>

/** Everything that the tables read at its best. */
export const emptyVector = (): FactVector => new Array<number>(tableFacts.length).fill(0)

const Threshold = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const FactName: Schema.Codec<FactName> = Schema.Union([
  Schema.Literals(tableFacts),
  Schema.TemplateLiteral(["instrument:", HouseInstrumentId])
]).annotate({
  identifier: "PolicyInput",
  description:
    "codes of instruments, and instrument:ID for a house instrument: severity 0-2; level: 0-6, 7 for 6+; disposition: 0 treat to 3 discard; latent-evidence: 0 white-box, 1 attested, 2 none; *-quantile: level; persistence: count; the rest: 0 or 1"
})

/** A condition over facts. `count` counts instruments of at least that severity. */
export type Condition =
  | { readonly always: true }
  | { readonly input: FactName; readonly atLeast: number }
  | { readonly input: FactName; readonly atMost: number }
  | { readonly count: ReadonlyArray<InstrumentCode>; readonly severity: 1 | 2; readonly atLeast: number }
  | { readonly all: ReadonlyArray<Condition> }
  | { readonly any: ReadonlyArray<Condition> }
  | { readonly not: Condition }

const Nested = Schema.suspend((): Schema.Codec<Condition> => Condition)

export const Condition: Schema.Codec<Condition> = Schema.Union([
  Schema.Struct({ always: Schema.Literal(true) }),
  Schema.Struct({ input: FactName, atLeast: Threshold }).check(
    Schema.makeFilter(({ input, atLeast }) => atLeast <= maximumOf(input) || `${input} is at most ${maximumOf(input)}`)
  ),
  Schema.Struct({ input: FactName, atMost: Threshold }),
  Schema.Struct({ count: Schema.Array(InstrumentCode), severity: Schema.Literals([1, 2]), atLeast: Threshold }),
  Schema.Struct({ all: Schema.Array(Nested) }),
  Schema.Struct({ any: Schema.Array(Nested) }),
  Schema.Struct({ not: Nested })
]).annotate({ identifier: "Condition" })

/** A row of a table: when it holds, and a sentence for people. Tables add what follows from it. */
export interface Rule {
  readonly id: string
  readonly says: string
  readonly when: Condition
}

export type Compiled<R extends Rule> = R & {
  readonly holds: (facts: FactVector) => boolean
  readonly positions: Positions
}

/** Turns conditions into closures; rules are evaluated far more often than they are made. */
export const compileRules = <R extends Rule>(
  rules: ReadonlyArray<R>,
  positions: Positions = tablePositions
): ReadonlyArray<Compiled<R>> => rules.map((rule) => ({ ...rule, holds: compile(rule.when, positions), positions }))

const compile = (condition: Condition, positions: Positions): ((facts: FactVector) => boolean) => {
  if ("always" in condition) return () => true
  if ("all" in condition) {
    const parts = condition.all.map((part) => compile(part, positions))
    return (facts) => parts.every((part) => part(facts))
  }
  if ("any" in condition) {
    const parts = condition.any.map((part) => compile(part, positions))
    return (facts) => parts.some((part) => part(facts))
  }
  if ("not" in condition) {
    const part = compile(condition.not, positions)
    return (facts) => !part(facts)
  }
  if ("count" in condition) {
    const counted = condition.count.map(positions)
    const { atLeast, severity } = condition
    return (facts) => {
      let count = 0
      for (const position of counted) if (facts[position]! >= severity) count += 1
      return count >= atLeast
    }
  }
  const position = positions(condition.input)
  if ("atLeast" in condition) {
    const { atLeast } = condition
    return (facts) => facts[position]! >= atLeast
  }
  const { atMost } = condition
  return (facts) => facts[position]! <= atMost
}

/** The facts that a condition reads, in order, each once. */
export const inputsOf = (condition: Condition): ReadonlyArray<FactName> => {
  if ("always" in condition) return []
  if ("all" in condition) return distinct(condition.all.flatMap(inputsOf))
  if ("any" in condition) return distinct(condition.any.flatMap(inputsOf))
  if ("not" in condition) return inputsOf(condition.not)
  return "count" in condition ? distinct(condition.count) : [condition.input]
}

/** The facts that make a rule hold; empty where it does not. */
export const supportOf = ({ positions, when }: Compiled<Rule>, facts: FactVector): ReadonlyArray<FactName> =>
  supportIn(when, facts, positions)

const supportIn = (condition: Condition, facts: FactVector, positions: Positions): ReadonlyArray<FactName> => {
  if (!compile(condition, positions)(facts)) return []
  if ("all" in condition) return distinct(condition.all.flatMap((part) => supportIn(part, facts, positions)))
  if ("any" in condition) return distinct(condition.any.flatMap((part) => supportIn(part, facts, positions)))
  if ("count" in condition) return condition.count.filter((code) => facts[positions(code)]! >= condition.severity)
  return inputsOf(condition)
}

const distinct = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(values)]

/** True or false whatever the unknown facts turn out to be, else "unevaluable". For rules that more badness cannot unfire. */
export type Fired = boolean | "unevaluable"

export const firedOf = (rule: Compiled<Rule>, lower: FactVector, upper: FactVector): Fired =>
  rule.holds(lower) ? true : rule.holds(upper) ? "unevaluable" : false
