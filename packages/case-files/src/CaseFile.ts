/** What a case file holds beside verdicts: where a subject comes from, what was done to it, waivers and watch notes. */
import {
  DeploymentContext,
  Digest,
  InstrumentKey,
  Level,
  type Lineage,
  LineageEvent,
  Replication,
  type Verdict
} from "@model-intake/core"
import * as Schema from "effect/Schema"
import type { LogRecord } from "./VerdictLog.ts"

const Name = Schema.NonEmptyString.check(Schema.isPattern(/^[^\p{Cc}\p{Cs}]+$/u)).annotate({
  description: "one line without control characters"
})
const SubjectName = Name.annotate({ description: "backend:model[@revision]" })
const Instant = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/),
  Schema.makeFilter((text) => !Number.isNaN(Date.parse(text)) || "there is no such day")
).annotate({ description: "ISO 8601, UTC, such as 2026-01-31T12:00:00Z" })
const Says = Schema.NonEmptyString.check(Schema.isMaxLength(10_000), Schema.isPattern(/^[^\0\p{Cs}]+$/u))

/** Where a subject comes from. The last one recorded counts. */
export const LineageEdge = Schema.Struct({
  subject: SubjectName,
  parent: Schema.NullOr(SubjectName).annotate({ description: "the checkpoint it was made from, where one is known" }),
  reference: Schema.NullOr(SubjectName).annotate({ description: "the trusted model it descends from" }),
  benignTune: Schema.NullOr(SubjectName).annotate({ description: "a benign tune of as many steps, as control" }),
  who: Name
}).annotate({ identifier: "LineageEdge" })
export type LineageEdge = typeof LineageEdge.Type

const [, Correction] = LineageEvent.members

/** What was done to a subject. `after` names the new checkpoint; where it is null the subject changed in place. */
export const Intervention = Schema.Struct({
  subject: SubjectName.annotate({ description: "whose life it belongs to: the new checkpoint, or the changed one" }),
  type: Schema.Literals(["tuning", "correction", "flattening"]),
  regime: Schema.NullOr(Name).annotate({ description: "names a corrective tuning; the same name counts once" }),
  says: Schema.String.check(Schema.isPattern(/^[^\0\p{Cs}]*$/u)),
  date: Instant.annotate({ description: "when it was done: ISO 8601, UTC" }),
  who: Name,
  before: Schema.NullOr(SubjectName),
  after: Schema.NullOr(SubjectName),
  steps: Correction.fields.steps,
  result: Correction.fields.result,
  replication: Replication,
  orthogonality: Schema.Array(
    Schema.Struct({ regime: Name, cosine: Schema.Finite.check(Schema.isBetween({ minimum: -1, maximum: 1 })) })
  ).annotate({ description: "cosine between what this regime and an earlier one did to the weights" })
})
  .check(
    Schema.makeFilter((made) => made.type !== "correction" || made.regime !== null || "a correction names its regime"),
    Schema.makeFilter(
      (made) => made.after === null || made.after === made.subject || "the subject is the checkpoint after it"
    )
  )
  .annotate({ identifier: "Intervention" })
export type Intervention = typeof Intervention.Type

/** Lets a quarantined subject out of supervision in one context for a while. What it can open is the gate's to say. */
export const Waiver = Schema.Struct({
  subject: SubjectName,
  context: DeploymentContext,
  who: Name,
  why: Says,
  from: Instant,
  until: Instant.annotate({ description: "from here on it counts nothing" }),
  verdict: Digest.annotate({ description: "of the log record of the verdict that it was given on" }),
  level: Level.annotate({ description: "the level of that verdict: a later one with a higher level is not covered" })
})
  .check(Schema.makeFilter(({ from, until }) => Date.parse(from) < Date.parse(until) || "it ends before it begins"))
  .annotate({ identifier: "Waiver" })
export type Waiver = typeof Waiver.Type

/** Takes a waiver back before its time. */
export const WaiverRevocation = Schema.Struct({
  subject: SubjectName,
  waiver: Digest.annotate({ description: "of the log record of the waiver" }),
  who: Name,
  why: Says
}).annotate({ identifier: "WaiverRevocation" })
export type WaiverRevocation = typeof WaiverRevocation.Type

/** Something somebody noticed, and which instruments it bears on. */
export const WatchNote = Schema.Struct({
  subject: SubjectName,
  who: Name,
  says: Says,
  instruments: Schema.Array(InstrumentKey)
}).annotate({ identifier: "WatchNote" })
export type WatchNote = typeof WatchNote.Type

/** A document of a case file with its place in the log. */
export interface Recorded<A> {
  readonly sequence: number
  /** Of the log record. */
  readonly digest: Digest
  readonly recordedAt: string
  readonly document: A
}

export const recorded = <A>(record: LogRecord, document: A): Recorded<A> => ({
  sequence: record.sequence,
  digest: record.digest,
  recordedAt: record.issuedAt,
  document
})

/** A waiver, and whether it was taken back. */
export interface RecordedWaiver extends Recorded<Waiver> {
  readonly revoked: boolean
}

/** Everything known of a subject, each list oldest first. */
export interface CaseFile {
  readonly subject: string
  readonly lineage: Lineage
  readonly edges: ReadonlyArray<Recorded<LineageEdge>>
  readonly interventions: ReadonlyArray<Recorded<Intervention>>
  readonly verdicts: ReadonlyArray<Recorded<Verdict>>
  readonly waivers: ReadonlyArray<RecordedWaiver>
  readonly watchNotes: ReadonlyArray<Recorded<WatchNote>>
}

/** The verdict that counts: the one issued last, and of several issued at once the one recorded last. */
export const latestOf = (verdicts: ReadonlyArray<Recorded<Verdict>>): Recorded<Verdict> | null =>
  verdicts.reduce<Recorded<Verdict> | null>(
    (latest, verdict) => (latest !== null && issued(verdict) < issued(latest) ? latest : verdict),
    null
  )

const issued = ({ document }: Recorded<Verdict>): number => Date.parse(document.issuedAt)
