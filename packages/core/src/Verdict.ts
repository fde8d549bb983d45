/**
 * The verdict: one document that says where a subject stands, what is to become of it, where it may be used, on what
 * evidence, and what would change that. It is assembled from placement and triage and adds no judgement of its own.
 */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Digest } from "./Digest.ts"
import { compareInstrumentKeys, InstrumentKey, instrumentTitle, isInstrumentCode, StandsFor } from "./InstrumentKey.ts"
import { FindingCode, findingTable, InstrumentCode, instrumentCodes } from "./InstrumentTable.ts"
import {
  Band,
  BandMeaning,
  Level,
  LevelDistribution,
  MissingEvidence,
  RuleTrace,
  type SeverityDraw,
  Treatability
} from "./Placement.ts"
import { type Outcome, Reading, Replication } from "./Reading.ts"
import { type ExamEvidence, type PlacementError, Spectrum, spectrumTable } from "./Spectrum.ts"
import { Subject } from "./Subject.ts"
import { cleanMessage } from "./Text.ts"
import { Decision, Disposition, Grade, Pending, Triage, triageTable, WouldChange } from "./Triage.ts"
import { TriggerSearch } from "./TriggerSearch.ts"

/** Version of the document's shape. */
export const verdictSchemaVersion = 1

const VersionedTable = Schema.Struct({ id: Schema.String, version: Schema.Int })

/** What users of the wrapped subject meet: placed on answers alone. */
export const WrappedExam = Schema.Struct({
  id: Schema.NonEmptyString.annotate({ description: "of the wrapper" }),
  level: Level,
  upper: Level,
  readings: Schema.Array(Reading)
}).annotate({ identifier: "WrappedExam" })
export type WrappedExam = typeof WrappedExam.Type

/** What a server said it ran when it answered. */
export const ServedAs = Schema.Struct({
  subject: Schema.String,
  fingerprint: Schema.String.annotate({ description: "name of the model, then its build where the server tells one" }),
  answers: Schema.Int
}).annotate({ identifier: "ServedAs" })
export type ServedAs = typeof ServedAs.Type

/** An instrument that was administered, and what its reading stands for. */
export const AdministeredInstrument = Schema.Struct({
  instrument: InstrumentKey,
  id: Schema.NonEmptyString,
  version: Schema.NonEmptyString,
  digest: Schema.NullOr(Digest).annotate({ description: "of its sheet; null for one that is not made from a sheet" }),
  standsFor: StandsFor.annotate({
    description:
      "table: it fills its row of the tables; house: it stands beside them; replacement: likewise, and its code is missing evidence"
  }),
  claims: Schema.optionalKey(InstrumentCode).annotate({ description: "the code that a replacement claims" })
}).annotate({ identifier: "AdministeredInstrument" })
export type AdministeredInstrument = typeof AdministeredInstrument.Type

/** A row of the tables that nothing filled. */
export const AbsentInstrument = Schema.Struct({
  code: InstrumentCode,
  why: Schema.Literals(["not-installed", "not-chosen", "no-form", "replaced"]).annotate({
    description:
      "no plugin brings it; it was not asked for; the forms that were given have no items for it; another instrument claims its code"
  }),
  by: Schema.optionalKey(InstrumentKey).annotate({ description: "the replacement" })
}).annotate({ identifier: "AbsentInstrument" })
export type AbsentInstrument = typeof AbsentInstrument.Type

/** Which instruments a verdict rests on, and which rows of the tables it lacks. */
export const InstrumentRecord = Schema.Struct({
  administered: Schema.Array(AdministeredInstrument),
  absent: Schema.Array(AbsentInstrument)
}).annotate({ identifier: "InstrumentRecord" })
export type InstrumentRecord = typeof InstrumentRecord.Type

export const Verdict = Schema.Struct({
  schemaVersion: Schema.Literal(verdictSchemaVersion),
  subject: Subject,
  reference: Schema.NullOr(Subject).annotate({ description: "the trusted model it was compared with" }),
  level: Level,
  levels: Schema.Struct({
    lower: Level,
    upper: Level,
    distribution: Schema.NullOr(LevelDistribution)
  }).annotate({ description: "lower and upper: the level if all missing readings passed, or failed" }),
  band: Band,
  treatability: Treatability,
  meaning: BandMeaning,
  disposition: Disposition,
  dispositionLabel: Schema.String,
  pending: Schema.NullOr(Pending),
  grade: Grade,
  contexts: Decision.fields.contexts,
  readings: Schema.Array(Reading),
  findings: Schema.Array(Schema.Struct({ code: FindingCode, says: Schema.String, replication: Replication })),
  triggerSearch: Schema.NullOr(TriggerSearch).annotate({
    description: "null where hidden triggers were not looked for"
  }),
  wrapped: Schema.NullOr(WrappedExam).annotate({ description: "null where no wrapper was examined" }),
  replication: Schema.NullOr(Schema.Struct({ form: Schema.String, readings: Schema.Array(Reading) })).annotate({
    description: "readings of what failed, on the other form; null where nothing was to be replicated"
  }),
  served: Schema.optionalKey(Schema.Array(ServedAs)).annotate({
    description: "what servers said they ran, by subject; subjects whose server says nothing are not in it"
  }),
  rules: Schema.Array(RuleTrace).annotate({ description: "every rule of both tables and of the policy" }),
  missing: Schema.Array(MissingEvidence),
  wouldChange: Schema.Array(WouldChange),
  limits: Schema.Array(Schema.String).annotate({ description: "what this verdict does not show" }),
  tables: Schema.Struct({
    spectrum: VersionedTable,
    triage: VersionedTable,
    policy: Schema.NullOr(Schema.String)
  }),
  digests: Schema.Record(Schema.String, Digest).annotate({ description: "what is needed to reproduce the verdict" }),
  seed: Schema.String,
  form: Schema.String,
  issuedAt: Schema.String.annotate({ description: "ISO 8601, UTC" }),
  instrumentVersions: Schema.Record(Schema.String, Schema.String),
  instruments: Schema.optionalKey(InstrumentRecord).annotate({ description: "absent in older verdicts" })
}).annotate({ identifier: "Verdict", title: "Verdict of the Model Intake Exam" })
export type Verdict = typeof Verdict.Type

/** What a verdict is made of. `limits` are those that the subject itself brings along. */
export interface VerdictParts extends ExamEvidence {
  readonly subject: Subject
  readonly reference: Subject | null
  readonly draws: ReadonlyArray<SeverityDraw>
  readonly triggerSearch: TriggerSearch | null
  readonly wrapped: WrappedExam | null
  readonly replication: Verdict["replication"]
  readonly served?: ReadonlyArray<ServedAs> | undefined
  readonly instruments?: InstrumentRecord | undefined
  readonly limits: ReadonlyArray<string>
  readonly digests: Readonly<Record<string, Digest>>
  readonly seed: string
  readonly form: string
  readonly issuedAt: string
}

/** Places the subject, decides, and writes it all down. The same parts give the same document, to the byte. */
export const makeVerdict = Effect.fn("makeVerdict")(function* (
  parts: VerdictParts
): Effect.fn.Return<Verdict, PlacementError, Spectrum | Triage> {
  const spectrum = yield* Spectrum
  const triage = yield* Triage
  const input = yield* spectrum.collect(parts)
  const placement = yield* spectrum.place(input)
  const distribution = yield* spectrum.distribution(input, parts.draws)
  const decision = yield* triage.decide(input, distribution)
  const readings = [...parts.readings].sort((a, b) => compareInstrumentKeys(a.instrument, b.instrument))
  const replaced = (parts.instruments?.absent ?? []).filter(({ why }) => why === "replaced")
  return {
    schemaVersion: verdictSchemaVersion,
    subject: parts.subject,
    reference: parts.reference,
    level: placement.level,
    levels: { lower: placement.lower, upper: placement.upper, distribution },
    band: placement.band,
    treatability: placement.treatability,
    meaning: placement.meaning,
    disposition: decision.disposition,
    dispositionLabel: decision.label,
    pending: decision.pending,
    grade: decision.grade,
    contexts: decision.contexts,
    readings,
    findings: input.findings.map(({ code, replication }) => ({ code, says: findingTable[code].says, replication })),
    triggerSearch: parts.triggerSearch,
    wrapped: parts.wrapped,
    replication: parts.replication,
    ...(parts.served === undefined ? {} : { served: parts.served }),
    rules: [...placement.rules, ...decision.rules],
    missing: [...placement.missing, ...decision.missing],
    wouldChange: decision.wouldChange,
    limits: [
      ...parts.limits,
      ...servedLimits(parts.served ?? []),
      ...replaced.map(replacementLimit),
      ...decision.notes,
      ...(distribution === null ? [noDistributionLimit] : []),
      ...standingLimits
    ],
    tables: {
      spectrum: { id: spectrumTable.id, version: spectrumTable.version },
      triage: { id: triageTable.id, version: triageTable.version },
      policy: triage.policy === null ? null : triage.policy.id
    },
    digests: parts.digests,
    seed: parts.seed,
    form: parts.form,
    issuedAt: parts.issuedAt,
    instrumentVersions: Object.fromEntries(readings.map((reading) => [reading.instrument, reading.instrumentVersion])),
    ...(parts.instruments === undefined ? {} : { instruments: parts.instruments })
  }
})

/** The document is no verdict, or not one of this version. */
export class VerdictError extends Schema.TaggedError<VerdictError>()("VerdictError", { message: Schema.String }) {}

let validate: ValidateFunction | undefined

/** What the published JSON Schema has against a document, or null. */
export const verdictProblem = (document: unknown): string | null => {
  validate ??= new Ajv2020({ strict: true, allowUnionTypes: true }).compile(verdictJsonSchema())
  if (validate(document)) return null
  const { instancePath, message } = validate.errors![0]!
  return `${instancePath === "" ? "it" : `its ${instancePath.slice(1).replaceAll("/", ".")}`} ${message}`
}

const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(Verdict))

/**
 * Reads a verdict: parsed JSON against the published JSON Schema, and then against what a schema cannot say, such as a
 * reading that contradicts itself.
 */
export const decodeVerdict = Effect.fn("Verdict.decode")(function* (
  document: unknown,
  file = "the document"
): Effect.fn.Return<Verdict, VerdictError> {
  const problem = verdictProblem(document)
  if (problem !== null) return yield* new VerdictError({ message: `${file} is no verdict: ${problem}` })
  return yield* Effect.mapError(
    decode(document),
    (error) => new VerdictError({ message: `${file} is no verdict: ${error.message.replaceAll(/\s+/g, " ")}` })
  )
})

/** A verdict as JSON, written only if the published JSON Schema takes it: anything else is a fault of this program. */
export const encodeVerdict = (verdict: Verdict): unknown => {
  const document: unknown = JSON.parse(JSON.stringify(verdict))
  const problem = verdictProblem(document)
  if (problem !== null) throw new Error(`a verdict was made that its own schema refuses: ${problem}`)
  return document
}

/** JSON Schema (draft 2020-12) of the verdict document. */
export const verdictJsonSchema = (): Readonly<Record<string, unknown>> => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(Verdict)
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Verdict of the Model Intake Exam",
    ...schema,
    $defs: definitions
  }
}

/**
 * What lists of readings range over: every code of the tables, then the house instruments that any of the verdicts has a
 * reading of, by their ids.
 */
export const listedInstruments = (
  verdicts: ReadonlyArray<Pick<Verdict, "readings">>
): ReadonlyArray<Pick<Reading, "instrument" | "name">> => {
  const house = verdicts
    .flatMap(({ readings }) => readings)
    .filter(({ instrument }) => !isInstrumentCode(instrument))
    .map(({ instrument, name = instrumentTitle(instrument) }) => ({ instrument, name }))
  return [
    ...instrumentCodes.map((instrument) => ({ instrument })),
    ...[...new Map(house.map((one) => [one.instrument, one])).values()].sort((a, b) =>
      compareInstrumentKeys(a.instrument, b.instrument)
    )
  ]
}

/** The level, and the range that missing evidence leaves open: `level 3 at best, up to 5 with what is missing`. */
export const levelText = ({ level, levels: { lower, upper } }: Pick<Verdict, "level" | "levels">): string =>
  lower === upper ? `level ${level}` : `level ${level} at best, up to ${upper} with what is missing`

/** How an outcome is marked beside its colour: what is missing never looks like a pass. */
export const outcomeSymbol: Readonly<Record<Outcome, string>> = {
  pass: "●",
  borderline: "▲",
  fail: "◆",
  "not-evaluable": "○",
  invalid: "○",
  "not-indicated": "–",
  indeterminate: "○"
}

const noDistributionLimit =
  "There is no bootstrap of any reading, so P(level) is unknown and no context was denied on its account."

/** Says which models answered where a server named more than one, or more than one build of it. */
const servedLimits = (served: ReadonlyArray<ServedAs>): ReadonlyArray<string> =>
  [...Map.groupBy(served, ({ subject }) => subject)]
    .filter(([, named]) => named.length > 1)
    .map(([subject, named]) => {
      const shown = named
        .slice(0, mostNamed)
        .map(({ answers, fingerprint }) => `${cleanMessage(fingerprint, [], 80)} (${answers} answers)`)
      const more = named.length > mostNamed ? [`${named.length - mostNamed} more`] : []
      return `What stands behind ${subject} changed during the exam: its server named ${[...shown, ...more].join(", ")}.`
    })

const mostNamed = 3

const replacementLimit = ({ by = "another instrument", code }: AbsentInstrument): string =>
  `${instrumentTitle(code)} was not examined: ${by} claims its code without being the built-in instrument, so it counts as a house marker and ${code} is missing evidence.`

const standingLimits: ReadonlyArray<string> = [
  "Clinical terms are metaphor: they describe response patterns, not minds.",
  "That a latent persona predicts harm in deployment is a hypothesis, not a measured fact.",
  "The verdict speaks of this model revision, these forms and this day; retuning or rewrapping calls for another exam."
]
