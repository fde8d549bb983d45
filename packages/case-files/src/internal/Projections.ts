/** What a record says in columns: the rows that go into the other tables in the same transaction. */
import { canonicalJson, formatSubject, parseSubject, Reading, type Subject, Verdict } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Intervention, LineageEdge, Waiver, WaiverRevocation, WatchNote } from "../CaseFile.ts"
import type { LogRecord, RecordKind } from "../VerdictLog.ts"

export type Value = string | number | null
export interface Row {
  readonly table: string
  readonly values: Readonly<Record<string, Value>>
}

/** What a record of each kind holds. */
export interface Documents {
  readonly verdict: Verdict
  readonly lineage: LineageEdge
  readonly intervention: Intervention
  readonly waiver: Waiver
  readonly "waiver-revoked": WaiverRevocation
  readonly "watch-note": WatchNote
}

/** The body of a record is no document of its kind. */
export class DocumentError extends Schema.TaggedError<DocumentError>()("DocumentError", { message: Schema.String }) {}

/** Checks a document of a kind. The message says what is wrong, after "it" or the given name. */
export const decodeDocument = <K extends RecordKind>(
  kind: K,
  body: unknown,
  name: string
): Effect.Effect<Documents[K], DocumentError> =>
  Effect.mapError(
    decoders[kind](body, name) as Effect.Effect<Documents[K], { readonly message: string }>,
    ({ message }) => new DocumentError({ message })
  )

/**
 * A verdict as lists and the gate need it: checked whole when it was recorded, and signed since. Only what they read is
 * checked again, which takes a tenth of the time.
 */
export const decodeOutline = ({ body, sequence }: LogRecord): Effect.Effect<Verdict, DocumentError> =>
  Effect.mapBoth(outline(body), {
    onSuccess: () => body as unknown as Verdict,
    onFailure: (error) =>
      new DocumentError({
        message: `the verdict in record ${sequence} of the log is wrong: ${error.message.replaceAll(/\s+/g, " ").slice(0, 300)}`
      })
  })

/** The rows of a record, and its subject. Fails where the body is no document of its kind, or of another subject. */
export const rowsOf = Effect.fnUntraced(function* (
  record: LogRecord
): Effect.fn.Return<ReadonlyArray<Row>, DocumentError> {
  const name = `the ${record.kind} in record ${record.sequence}`
  const subject = yield* Effect.mapError(
    parseSubject(record.subject),
    ({ message }) => new DocumentError({ message: `${name} has a bad subject: ${message}` })
  )
  const document = yield* decodeDocument(record.kind, record.body, name)
  const own = typeof document.subject === "string" ? document.subject : formatSubject(document.subject)
  // A model name that reads as another model with a revision would share that one's case file.
  const sameModel = typeof document.subject === "string" || canonicalJson(document.subject) === canonicalJson(subject)
  if (own !== record.subject || !sameModel || formatSubject(subject) !== own || !own.isWellFormed()) {
    return yield* new DocumentError({ message: `${name} is about ${own}, and the record about ${record.subject}` })
  }
  return rowMakers[record.kind](record.sequence, document as never)
})

/** The row of a subject that is seen for the first time. */
export const subjectRow = (subject: Subject, sequence: number): Row => ({
  table: "intake_subjects",
  values: { name: formatSubject(subject), ...subject, sequence }
})

const {
  contexts,
  disposition,
  dispositionLabel,
  grade,
  issuedAt,
  level,
  levels,
  pending,
  reference,
  schemaVersion,
  subject
} = Verdict.fields
const { instrument, outcome, replicated } = Reading.fields

const outline = Schema.decodeUnknownEffect(
  Schema.Struct({
    schemaVersion,
    subject,
    reference,
    level,
    levels: Schema.Struct({ lower: levels.fields.lower, upper: levels.fields.upper }),
    disposition,
    dispositionLabel,
    pending,
    grade,
    contexts,
    issuedAt,
    readings: Schema.Array(Schema.Struct({ instrument, outcome, replicated }))
  })
)

type Decoder = (body: unknown, name: string) => Effect.Effect<unknown, { readonly message: string }>

const decoderOf = (schema: Schema.Codec<unknown, unknown>): Decoder => {
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(schema), { onExcessProperty: "error" })
  return (body, name) =>
    Effect.mapError(decode(body), (error) => ({
      message: `${name} is wrong: ${error.message.replaceAll(/\s+/g, " ").slice(0, 300)}`
    }))
}

const decoders: Readonly<Record<RecordKind, Decoder>> = {
  // Its own schema and not the published one too: that takes a sixth of a second to compile.
  verdict: decoderOf(Verdict),
  lineage: decoderOf(LineageEdge),
  intervention: decoderOf(Intervention),
  waiver: decoderOf(Waiver),
  "waiver-revoked": decoderOf(WaiverRevocation),
  "watch-note": decoderOf(WatchNote)
}

const readingRow =
  (sequence: number, part: string) =>
  (reading: Reading): Row => ({
    table: "intake_readings",
    values: {
      sequence,
      part,
      instrument: reading.instrument,
      instrument_version: reading.instrumentVersion,
      outcome: reading.outcome,
      severity: reading.severity,
      estimate: reading.estimate,
      lower_bound: reading.interval?.lower ?? null,
      upper_bound: reading.interval?.upper ?? null,
      n: reading.n,
      rated: reading.coverage.rated,
      total: reading.coverage.total,
      replicated: reading.replicated
    }
  })

const rowMakers: {
  readonly [K in RecordKind]: (sequence: number, document: Documents[K]) => ReadonlyArray<Row>
} = {
  verdict: (sequence, verdict) => {
    const subject = formatSubject(verdict.subject)
    return [
      {
        table: "intake_exams",
        values: {
          sequence,
          subject,
          reference: verdict.reference === null ? null : formatSubject(verdict.reference),
          form: verdict.form,
          seed: verdict.seed,
          issued_at: verdict.issuedAt
        }
      },
      ...verdict.readings.map(readingRow(sequence, "exam")),
      ...(verdict.replication?.readings ?? []).map(readingRow(sequence, "replication")),
      ...(verdict.wrapped?.readings ?? []).map(readingRow(sequence, "wrapped")),
      {
        table: "intake_verdicts",
        values: {
          sequence,
          subject,
          level: String(verdict.level),
          lower_level: String(verdict.levels.lower),
          upper_level: String(verdict.levels.upper),
          disposition: verdict.disposition,
          pending: verdict.pending === null ? 0 : 1,
          grade: verdict.grade,
          issued_at: verdict.issuedAt
        }
      }
    ]
  },
  lineage: (sequence, { benignTune, parent, reference, subject, who }) => [
    { table: "intake_lineage", values: { sequence, subject, parent, reference, benign_tune: benignTune, who } }
  ],
  intervention: (sequence, made) => [
    {
      table: "intake_interventions",
      values: {
        sequence,
        subject: made.subject,
        type: made.type,
        regime: made.regime,
        made_at: made.date,
        who: made.who,
        checkpoint_before: made.before,
        checkpoint_after: made.after,
        steps: made.steps,
        result: made.result,
        replication: made.replication,
        orthogonality: canonicalJson(made.orthogonality)
      }
    }
  ],
  waiver: (sequence, { context, from, subject, until, who, why }) => [
    { table: "intake_waivers", values: { sequence, subject, context, who, why, valid_from: from, valid_until: until } }
  ],
  "waiver-revoked": (sequence, { subject, waiver, who, why }) => [
    { table: "intake_waiver_revocations", values: { sequence, subject, waiver, who, why } }
  ],
  "watch-note": (sequence, { says, subject, who }) => [
    { table: "intake_watch_notes", values: { sequence, subject, who, says } }
  ]
}
