/**
 * The recorded life of a subject: where it comes from, what was done to it, and what earlier exams found. One schema for
 * lineage files, for backends that know their models' history, and for case files.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InstrumentKey } from "./InstrumentKey.ts"
import { type HistoryEvent, Level } from "./Placement.ts"
import { Replication } from "./Reading.ts"

const Steps = Schema.NullOr(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))).annotate({
  description: "optimiser steps, or null where they are not known"
})
const Checkpoint = Schema.NullOr(Schema.NonEmptyString).annotate({
  description: "the model as backend:model[@revision], or null where it is gone"
})

const RegimeResult = Schema.Literals(["corrected", "masked", "uncorrected", "unmeasured"])
/** What a corrective regime did, as measured. */
export type RegimeResult = typeof RegimeResult.Type

/** One event of a subject's life. */
export const LineageEvent = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("tuning"),
    says: Schema.String,
    before: Checkpoint,
    after: Checkpoint,
    steps: Steps
  }),
  Schema.Struct({
    type: Schema.Literal("correction"),
    regime: Schema.NonEmptyString.annotate({ description: "names the corrective tuning; the same name counts once" }),
    before: Checkpoint,
    after: Checkpoint,
    steps: Steps,
    result: RegimeResult.annotate({
      description: "what an earlier exam found; an exam that opens both checkpoints measures it anew"
    }),
    replication: Replication
  }),
  Schema.Struct({ type: Schema.Literal("flattening"), before: Checkpoint, after: Checkpoint }),
  Schema.Struct({
    type: Schema.Literal("exam"),
    subject: Checkpoint,
    level: Level,
    fails: Schema.Array(Schema.Struct({ instrument: InstrumentKey, replication: Replication }))
  })
]).annotate({ identifier: "LineageEvent" })
export type LineageEvent = typeof LineageEvent.Type

/** How alike two corrective regimes are: cosine between what they did to the weights. */
export const DeltaCosine = Schema.Struct({
  of: Schema.Tuple([Schema.NonEmptyString, Schema.NonEmptyString]).annotate({ description: "names of two regimes" }),
  cosine: Schema.Finite.check(Schema.isBetween({ minimum: -1, maximum: 1 }))
}).annotate({ identifier: "DeltaCosine" })
export type DeltaCosine = typeof DeltaCosine.Type

/** The life of one subject, oldest event first. */
export const Lineage = Schema.Struct({
  schema: Schema.Literal("model-intake/lineage@1"),
  subject: Schema.NonEmptyString,
  reference: Schema.NullOr(Schema.NonEmptyString).annotate({ description: "the trusted model it descends from" }),
  benignTune: Schema.NullOr(Schema.NonEmptyString).annotate({
    description: "a benign tune of about as many steps as a correction, as control"
  }),
  events: Schema.Array(LineageEvent),
  deltaCosines: Schema.Array(DeltaCosine)
}).annotate({ identifier: "Lineage", title: "Lineage of a subject" })
export type Lineage = typeof Lineage.Type

/** The document is no lineage. */
export class LineageError extends Schema.TaggedError<LineageError>()("LineageError", { message: Schema.String }) {}

const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(Lineage), { onExcessProperty: "error" })

/**
 * Checks a lineage document.
 * @param document parsed JSON
 * @param file where it stood, for the message
 */
export const decodeLineage = (document: unknown, file: string): Effect.Effect<Lineage, LineageError> =>
  Effect.mapError(
    decode(document),
    (error) => new LineageError({ message: `${file} is no lineage: ${error.message.replaceAll(/\s+/g, " ")}` })
  )

/** Corrections since the last flattening: those that still count. */
export const standingCorrections = (lineage: Lineage): ReadonlyArray<Extract<LineageEvent, { type: "correction" }>> => {
  const flattening = lineage.events.findLastIndex(({ type }) => type === "flattening")
  return lineage.events.slice(flattening + 1).filter((event) => event.type === "correction")
}

/** What an exam measured of a corrective regime, and whether the other form showed the same. */
export interface MeasuredResult {
  readonly result: RegimeResult
  readonly replication: Replication
}

/** The life as placement reads it: what this exam measured takes the place of what was recorded. */
export const historyOf = (
  lineage: Lineage,
  measured: ReadonlyMap<string, MeasuredResult>
): ReadonlyArray<HistoryEvent> => {
  const standing = new Set<LineageEvent>(standingCorrections(lineage))
  return lineage.events.flatMap((event): ReadonlyArray<HistoryEvent> => {
    if (event.type === "flattening") return [{ _tag: "Flattened" }]
    if (event.type === "exam") return [{ _tag: "Examined", level: event.level, fails: event.fails }]
    if (event.type === "tuning") return []
    const found = standing.has(event) ? measured.get(event.regime) : undefined
    const known = found === undefined || found.result === "unmeasured" ? event : found
    return [{ _tag: "Corrected", regime: event.regime, result: known.result, replication: known.replication }]
  })
}
