/** From what case files hold to the lineage that an exam reads: the lives of the ancestors, then the subject's own. */
import { formatSubject, type Lineage, type LineageEvent, type Verdict } from "@model-intake/core"
import { type Intervention, type LineageEdge, latestOf, type Recorded } from "./CaseFile.ts"

/** What was recorded of all subjects. */
export interface Descent {
  readonly edges: ReadonlyArray<Recorded<LineageEdge>>
  readonly interventions: ReadonlyArray<Recorded<Intervention>>
}

/** One stretch of a life: how a checkpoint came about, or the checkpoint itself. */
export type Stretch =
  | { readonly _tag: "made"; readonly by: Recorded<Intervention> }
  | { readonly _tag: "checkpoint"; readonly subject: string; readonly inPlace: ReadonlyArray<Recorded<Intervention>> }

/**
 * The life of a subject, oldest first: each checkpoint it descends from, and what turned one into the next. A checkpoint
 * does not change, so what was seen of it belongs before what was made of it, whenever it was examined.
 */
export const lifeOf = (subject: string, { edges, interventions }: Descent): ReadonlyArray<Stretch> => {
  const made = interventions.toSorted((a, b) => at(a) - at(b) || a.sequence - b.sequence)
  const seen = new Set<string>()
  const life: Array<Stretch> = []
  const walk = (name: string): void => {
    if (seen.has(name)) return
    seen.add(name)
    const parent = edgeOf(name, edges)?.parent ?? null
    if (parent !== null) walk(parent)
    for (const by of made.filter(({ document }) => document.after === name && document.before !== name)) {
      if (by.document.before !== null) walk(by.document.before)
      life.push({ _tag: "made", by })
    }
    const inPlace = made.filter(
      ({ document }) =>
        document.subject === name && (document.after === null || (document.after === name && document.before === name))
    )
    life.push({ _tag: "checkpoint", subject: name, inPlace })
  }
  walk(subject)
  return life
}

/** The lineage document, from a life and the verdicts on its checkpoints. */
export const lineageFrom = (
  subject: string,
  life: ReadonlyArray<Stretch>,
  edges: ReadonlyArray<Recorded<LineageEdge>>,
  verdicts: ReadonlyArray<Recorded<Verdict>>
): Lineage => {
  const verdictsOn = (name: string) => verdicts.filter(({ document }) => formatSubject(document.subject) === name)
  const events = life.flatMap((stretch): ReadonlyArray<LineageEvent> => {
    if (stretch._tag === "made") return [interventionEvent(stretch.by.document)]
    return [
      ...stretch.inPlace.map((by) => ({ at: at(by), sequence: by.sequence, event: interventionEvent(by.document) })),
      ...verdictsOn(stretch.subject).map(({ document, sequence }) => ({
        at: Date.parse(document.issuedAt),
        sequence,
        event: examEvent(document)
      }))
    ]
      .sort((a, b) => a.at - b.at || a.sequence - b.sequence)
      .map(({ event }) => event)
  })
  const known = life.flatMap((stretch) => (stretch._tag === "checkpoint" ? [edgeOf(stretch.subject, edges)] : []))
  const nearest = (field: "reference" | "benignTune"): string | null =>
    known.findLast((edge) => edge !== null && edge[field] !== null)?.[field] ?? null
  const examined = latestOf(verdictsOn(subject))?.document.reference ?? null
  return {
    schema: "model-intake/lineage@1",
    subject,
    reference: nearest("reference") ?? (examined === null ? null : formatSubject(examined)),
    benignTune: nearest("benignTune"),
    events,
    deltaCosines: life.flatMap((stretch) =>
      (stretch._tag === "made" ? [stretch.by] : stretch.inPlace).flatMap(({ document: { orthogonality, regime } }) =>
        regime === null
          ? []
          : orthogonality.map((other) => ({ of: [other.regime, regime] as const, cosine: other.cosine }))
      )
    )
  }
}

const at = ({ document }: Recorded<Intervention>): number => Date.parse(document.date)

const edgeOf = (name: string, edges: ReadonlyArray<Recorded<LineageEdge>>): LineageEdge | null =>
  edges.findLast(({ document }) => document.subject === name)?.document ?? null

const interventionEvent = ({
  after,
  before,
  regime,
  replication,
  result,
  says,
  steps,
  type
}: Intervention): LineageEvent => {
  switch (type) {
    case "tuning":
      return { type, says, before, after, steps }
    case "flattening":
      return { type, before, after }
    case "correction":
      return { type, regime: regime!, before, after, steps, result, replication }
  }
}

const examEvent = ({ level, readings, subject }: Verdict): LineageEvent => ({
  type: "exam",
  subject: formatSubject(subject),
  level,
  fails: readings
    .filter(({ outcome }) => outcome === "fail")
    .map(({ instrument, replicated }) => ({ instrument, replication: replicated }))
})
