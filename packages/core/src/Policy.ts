/**
 * A house's own policy: rules beside the built-in tables, as data. It may be stricter, never milder. A policy is
 * admitted only after an exact check over every possible input, and a refusal names an input that shows why.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  Condition,
  compileRules,
  type FactName,
  type HouseFact,
  inputsOf,
  isHouseFact,
  positionsWith
} from "./internal/lattice.ts"
import {
  type Assignment,
  type Diagram,
  findAbove,
  findDescent,
  findValue,
  makeDiagrams,
  undecided,
  valueAt
} from "./internal/latticeDiagram.ts"
import { rankOf, spectrumTable } from "./internal/placementTable.ts"
import {
  type CheckedPolicy,
  type ContextRule,
  DeploymentContext,
  Disposition,
  type DispositionRule,
  deploymentContexts,
  dispositionRank,
  dispositions,
  Permission,
  permissionRank,
  permissions,
  triageTable
} from "./Triage.ts"

export { Condition }

const rule = { id: Schema.NonEmptyString, says: Schema.NonEmptyString, when: Condition }

/**
 * `additions` are rules beside the built-in ones. A `complete` table says everything itself and is held against the
 * built-in one. Within each list the worst rule that fires wins. Conditions may read the severity of house instruments,
 * as `instrument:ID`; the proofs range over those as well.
 */
export const Policy = Schema.Struct({
  schemaVersion: Schema.Literal(1),
  id: Schema.NonEmptyString,
  says: Schema.String,
  kind: Schema.Literals(["additions", "complete"]),
  dispositions: Schema.Array(Schema.Struct({ ...rule, disposition: Disposition })),
  contexts: Schema.Array(
    Schema.Struct({
      ...rule,
      contexts: Schema.Array(DeploymentContext).check(Schema.isMinLength(1)),
      permission: Permission
    })
  )
}).annotate({ identifier: "Policy" })
export type Policy = typeof Policy.Type

/** Why a policy is refused. `counterExample` gives the inputs that matter; whatever it does not name is at its best. */
export class PolicyError extends Schema.TaggedError<PolicyError>()("PolicyError", {
  policy: Schema.String,
  reason: Schema.Literals(["unreadable", "self-referring", "not-total", "not-monotone", "milder"]),
  message: Schema.String,
  counterExample: Schema.NullOr(Schema.Record(Schema.String, Schema.Number))
}) {}

/** Decodes and checks a policy document, such as the parsed JSON of a policy file. */
export const loadPolicy = (document: unknown): Effect.Effect<CheckedPolicy, PolicyError> =>
  Schema.decodeUnknownEffect(Policy, { onExcessProperty: "error" })(document).pipe(
    Effect.mapError((error) => {
      const name = nameOf(document)
      const message = `policy ${name} cannot be read: ${error.message}`
      return new PolicyError({ policy: name, reason: "unreadable", message, counterExample: null })
    }),
    Effect.flatMap((policy) => Effect.fromResult(checkPolicy(policy)))
  )

/** Refuses a policy that is not total, not monotone, or anywhere milder than the built-in tables. */
export const checkPolicy = (policy: Policy): Result.Result<CheckedPolicy, PolicyError> => {
  const circular = policy.dispositions.find((row) => inputsOf(row.when).includes("disposition"))
  const problem =
    circular === undefined
      ? findProblem(policy)
      : {
          reason: "self-referring" as const,
          says: `rule ${circular.id} reads the disposition that it decides`,
          at: null
        }
  if (problem !== null) {
    const message = `policy ${policy.id} is refused: ${problem.says}`
    return Result.fail(
      new PolicyError({ policy: policy.id, reason: problem.reason, message, counterExample: problem.at })
    )
  }
  const house = houseFactsOf(policy)
  const positions = positionsWith(house)
  return Result.succeed({
    id: policy.id,
    dispositions: compileRules(policy.dispositions, positions),
    contexts: compileRules(policy.contexts, positions),
    house
  } as unknown as CheckedPolicy)
}

const houseFactsOf = ({ contexts, dispositions: rows }: Policy): ReadonlyArray<HouseFact> =>
  [...new Set([...rows, ...contexts].flatMap(({ when }) => inputsOf(when).filter(isHouseFact)))].sort()

interface Problem {
  readonly reason: PolicyError["reason"]
  readonly says: string
  readonly at: Assignment | null
}

type Derived = Partial<Record<FactName, Diagram>>

const findProblem = (policy: Policy): Problem | null => {
  const diagrams = makeDiagrams(positionsWith(houseFactsOf(policy)))
  const lock = diagrams.table(spectrumTable.lock, () => 1, {}, 0)
  const level = diagrams.table(spectrumTable.rules, (row) => rankOf(row.level), { lock }, 0)
  const dispositionOf = (rules: ReadonlyArray<DispositionRule>) =>
    diagrams.table(rules, (row) => dispositionRank(row.disposition), { lock, level }, undecided)
  const permissionOf = (rules: ReadonlyArray<ContextRule>, context: DeploymentContext, derived: Derived) =>
    diagrams.table(
      rules.filter((row) => row.contexts.includes(context)),
      (row) => permissionRank(row.permission),
      derived,
      undecided
    )

  const additions = policy.kind === "additions"
  const rows = additions ? [...triageTable.dispositions, ...policy.dispositions] : policy.dispositions
  const contextRows = additions ? [...triageTable.contexts, ...policy.contexts] : policy.contexts
  const disposition = dispositionOf(rows)
  const builtIn = dispositionOf(triageTable.dispositions)
  const derived = { lock, level, disposition }
  const builtInDerived = { lock, level, disposition: builtIn }

  const subjects: ReadonlyArray<Compared> = [
    { name: "the disposition", values: dispositions, own: disposition, builtIn },
    ...deploymentContexts.map((context) => ({
      name: `${context} use`,
      values: permissions,
      own: permissionOf(contextRows, context, derived),
      builtIn: permissionOf(triageTable.contexts, context, builtInDerived)
    }))
  ]
  /** An added rule that stays below the built-in table wherever it fires asks for less than the table. */
  const idleRow = ({ contexts, dispositions: own }: Policy): Problem | null => {
    const rowsOf = [
      ...own.map((row) => ({
        row,
        rank: dispositionRank(row.disposition),
        asks: row.disposition,
        against: [{ name: "the disposition", diagram: builtIn, values: dispositions as ReadonlyArray<string> }],
        derived: builtInDerived
      })),
      ...contexts.map((row) => ({
        row,
        rank: permissionRank(row.permission),
        asks: row.permission,
        against: row.contexts.map((context) => ({
          name: `${context} use`,
          diagram: permissionOf(triageTable.contexts, context, builtInDerived),
          values: permissions as ReadonlyArray<string>
        })),
        derived
      }))
    ]
    for (const { row, rank, asks, against, derived: readable } of rowsOf) {
      const fires = diagrams.condition(row.when, readable)
      const at = findValue(fires, 1)
      const reaches = against.some(
        ({ diagram }) =>
          findValue(
            diagrams.combine((f, value) => Number(f === 1 && rank >= value), fires, diagram),
            1
          ) !== null
      )
      if (at !== null && !reaches) {
        const { diagram, name, values } = against[0]!
        return {
          reason: "milder",
          says: `rule ${row.id} asks for ${asks}, but wherever it fires the built-in table is stricter: ${sayInput(at)}, ${name} is ${values[valueAt(diagram, at)]}`,
          at
        }
      }
    }
    return null
  }

  return (
    firstProblem(subjects, notTotal) ??
    firstProblem(subjects, notMonotone) ??
    firstProblem(subjects, milder) ??
    softerInHarsher(subjects.slice(1)) ??
    (additions ? idleRow(policy) : null)
  )
}

/** One thing that both tables decide. */
interface Compared {
  readonly name: string
  readonly values: ReadonlyArray<string>
  readonly own: Diagram
  readonly builtIn: Diagram
}

const firstProblem = (
  subjects: ReadonlyArray<Compared>,
  check: (subject: Compared) => Problem | null
): Problem | null => {
  for (const subject of subjects) {
    const problem = check(subject)
    if (problem !== null) return problem
  }
  return null
}

const notTotal = ({ name, own }: Compared): Problem | null => {
  const at = findValue(own, undecided)
  return at === null ? null : { reason: "not-total", says: `it leaves ${name} undecided ${sayInput(at)}`, at }
}

const notMonotone = ({ name, own, values }: Compared): Problem | null => {
  const descent = findDescent(own)
  if (descent === null) return null
  const { at, fact, from } = descent
  const before = values[valueAt(own, { ...at, [fact]: from })]
  const after = values[valueAt(own, { ...at, [fact]: from + 1 })]
  return {
    reason: "not-monotone",
    says: `raising ${fact} from ${from} to ${from + 1} lowers ${name} from ${before} to ${after} ${sayInput(at)}`,
    at: { ...at, [fact]: from }
  }
}

const milder = ({ builtIn, name, own, values }: Compared): Problem | null => {
  const at = findAbove(builtIn, own)
  if (at === null) return null
  const [ours, theirs] = [values[valueAt(own, at)], values[valueAt(builtIn, at)]]
  return {
    reason: "milder",
    says: `${sayInput(at)} it makes ${name} ${ours} where the built-in table says ${theirs}`,
    at
  }
}

const softerInHarsher = (contexts: ReadonlyArray<Compared>): Problem | null => {
  for (const [position, lighter] of contexts.slice(0, -1).entries()) {
    const harsher = contexts[position + 1]!
    const at = findAbove(lighter.own, harsher.own)
    if (at !== null) {
      const [low, high] = [lighter.values[valueAt(lighter.own, at)], harsher.values[valueAt(harsher.own, at)]]
      return {
        reason: "not-monotone",
        says: `${sayInput(at)} ${lighter.name} is ${low} and ${harsher.name}, which has higher stakes, is ${high}`,
        at
      }
    }
  }
  return null
}

const sayInput = (at: Assignment): string => {
  const raised = Object.entries(at).filter(([, value]) => value > 0)
  return raised.length === 0
    ? "with everything at its best"
    : `with ${raised.map(([fact, value]) => `${fact} = ${value}`).join(", ")} and everything else at its best`
}

const nameOf = (document: unknown): string =>
  typeof document === "object" && document !== null && "id" in document && typeof document.id === "string"
    ? document.id
    : "(unnamed)"
