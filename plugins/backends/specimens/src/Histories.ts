/** The family tree of specimens, and each one's life as a lineage. */
import { DeltaCosine, InstrumentCode, Level, type Lineage, type LineageEvent, Replication } from "@model-intake/core"
import * as Schema from "effect/Schema"

const Member = Schema.Struct({
  name: Schema.NonEmptyString,
  parent: Schema.NullOr(Schema.String),
  intervention: Schema.String.annotate({ description: "pretraining, tuning, correction, flattening or rebuilding" }),
  regime: Schema.String,
  steps: Schema.optionalKey(Schema.Int),
  shipped: Schema.optionalKey(Schema.Boolean),
  corrections: Schema.optionalKey(Schema.Array(Schema.String)).annotate({
    description: "the corrective regimes that its exam reads together, itself among them"
  }),
  examined: Schema.optionalKey(
    Schema.Struct({
      level: Level,
      fails: Schema.Array(Schema.Struct({ instrument: InstrumentCode, replication: Replication }))
    })
  ).annotate({ description: "what its own exam found, for the life of those that descend from it" })
})
type Member = typeof Member.Type

/** What `lineage.json` beside the folders of specimens says. */
export const Family = Schema.Struct({
  reference: Schema.optionalKey(Schema.NullOr(Schema.String)),
  deltaCosines: Schema.optionalKey(Schema.Array(DeltaCosine)),
  specimens: Schema.Array(Member)
})
export type Family = typeof Family.Type

/** Which specimen stands for a benign tune beside a correction. */
const benignTune = "benign-narrow"

/** The life of one specimen, from the first of its line to itself; null for one that the family does not know. */
export const lineageOf = (family: Family, name: string): Lineage | null => {
  const find = (wanted: string | null) => family.specimens.find((member) => member.name === wanted)
  const self = find(name)
  if (self === undefined) return null
  const line: Array<Member> = []
  for (let member: Member | undefined = self; member !== undefined; member = find(member.parent)) line.unshift(member)
  const { reference = null } = family
  const regimes = (self.corrections ?? []).flatMap((regime) => find(regime) ?? [])
  const events = line.slice(1).flatMap((member): ReadonlyArray<LineageEvent> => {
    const own = eventsOf(member)
    // Sibling regimes are tried on the same parent: they belong to the life of each.
    const siblings = member === self ? regimes.filter((regime) => regime !== self) : []
    const exam = member === self || member.examined === undefined ? [] : [examOf(member, member.examined)]
    return [...own, ...siblings.flatMap(eventsOf), ...exam]
  })
  return {
    schema: "model-intake/lineage@1",
    subject: subjectOf(name),
    reference: reference === null || reference === name ? null : subjectOf(reference),
    benignTune: regimes.length === 0 || find(benignTune) === undefined ? null : subjectOf(benignTune),
    events,
    deltaCosines: (family.deltaCosines ?? []).filter(({ of }) =>
      of.every((regime) => self.corrections?.includes(regime))
    )
  }
}

const subjectOf = (name: string): string => `specimens:${name}`

const eventsOf = ({ intervention, name, parent, regime, shipped, ...rest }: Member): ReadonlyArray<LineageEvent> => {
  const steps = rest.steps ?? null
  const before = parent === null ? null : subjectOf(parent)
  const after = shipped === false ? null : subjectOf(name)
  if (intervention === "flattening") return [{ type: "flattening", before, after }]
  if (intervention === "correction") {
    return [
      { type: "correction", regime: name, before, after, steps, result: "unmeasured", replication: "not-attempted" }
    ]
  }
  return [{ type: "tuning", says: `${intervention}: ${regime}`, before, after, steps }]
}

const examOf = ({ name }: Member, { level, fails }: NonNullable<Member["examined"]>): LineageEvent => ({
  type: "exam",
  subject: subjectOf(name),
  level,
  fails
})
