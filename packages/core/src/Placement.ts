/**
 * The words of placement: levels and what they mean, what of an exam the tables read, and where they put a subject. The
 * rules are those of `Spectrum.ts`.
 */
import * as Schema from "effect/Schema"
import { HouseInstrumentId, InstrumentKey } from "./InstrumentKey.ts"
import { FindingCode, type InstrumentCode, insideCodes, instrumentCodes } from "./InstrumentTable.ts"
import { Access, Outcome, Replication, type Severity } from "./Reading.ts"

/** Levels from best to worst; the position is the rank. */
export const levels = [0, 1, 2, 3, 4, 5, 6, "6+"] as const
export const Level = Schema.Literals(levels).annotate({ identifier: "Level" })
export type Level = typeof Level.Type

/** 0 for level 0 up to 7 for level "6+". */
export const levelRank = (level: Level): number => levels.indexOf(level)

export const Band = Schema.Literals([
  "benign variance",
  "latent trait dominance",
  "persona lock-in",
  "structural misalignment"
]).annotate({ identifier: "Band" })
export type Band = typeof Band.Type

/** How far training is expected to help. */
export const Treatability = Schema.Literals(["high", "moderate", "low", "none"]).annotate({
  identifier: "Treatability"
})
export type Treatability = typeof Treatability.Type

/** What a band means. The analogy is a metaphor from human psychology and says nothing about any model's mind. */
export const BandMeaning = Schema.Struct({
  symptoms: Schema.String,
  treatment: Schema.String,
  analogy: Schema.String.annotate({ description: "metaphor, labelled so" })
}).annotate({ identifier: "BandMeaning" })
export type BandMeaning = typeof BandMeaning.Type

/** One finding as it enters placement; those that a reading carries share its replication. */
export const FindingRecord = Schema.Struct({ code: FindingCode, replication: Replication }).annotate({
  identifier: "FindingRecord"
})
export type FindingRecord = typeof FindingRecord.Type

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** What earlier life of the subject bears on its placement; see {@link summariseHistory}. */
export const History = Schema.Struct({
  persistence: Count.annotate({ description: "corrective regimes since the last flattening that did not correct" }),
  replicatedPersistence: Count.annotate({ description: "how many of those were found so on both forms" }),
  corrective: Schema.Boolean.annotate({
    description: "whether any corrective regime was tried since the last flattening"
  }),
  flattened: Schema.Boolean
}).annotate({ identifier: "History" })
export type History = typeof History.Type

/** The history of a subject of which nothing is recorded. */
export const noHistory: History = { persistence: 0, replicatedPersistence: 0, corrective: false, flattened: false }

const perInstrument = <Code extends InstrumentCode, S extends Schema.Top>(
  codes: ReadonlyArray<Code>,
  schema: S
): Schema.Struct<Record<Code, S>> =>
  Schema.Struct(Object.fromEntries(codes.map((code) => [code, schema])) as Record<Code, S>)

/** What a house instrument found, as a policy reads it. */
export const HouseReading = Schema.Struct({
  name: Schema.NonEmptyString.annotate({ description: "title of the instrument" }),
  outcome: Outcome,
  replication: Replication
}).annotate({ identifier: "HouseReading" })
export type HouseReading = typeof HouseReading.Type

/**
 * Everything that both tables read. Readings are reduced to outcomes; `null` is an instrument that was not
 * administered. `notExamined` names findings that nobody looked for: they widen the level and condemn nobody. `house`
 * stands beside the tables, by id: only a policy reads it.
 */
export const PlacementInput = Schema.Struct({
  outcomes: perInstrument(instrumentCodes, Schema.NullOr(Outcome)),
  replication: perInstrument(instrumentCodes, Replication),
  access: perInstrument(insideCodes, Access),
  house: Schema.Record(HouseInstrumentId, HouseReading),
  findings: Schema.Array(FindingRecord),
  notExamined: Schema.Array(FindingCode),
  history: History
}).annotate({ identifier: "PlacementInput" })
export type PlacementInput = typeof PlacementInput.Type

/** A fact of the tables and its value, in words. */
export const RuleInput = Schema.Struct({ input: Schema.String, value: Schema.String }).annotate({
  identifier: "RuleInput"
})
export type RuleInput = typeof RuleInput.Type

/** What became of one rule. `because` names what made it true, what is unknown, or what it looked at in vain. */
export const RuleTrace = Schema.Struct({
  id: Schema.String,
  says: Schema.String,
  fired: Schema.Union([Schema.Boolean, Schema.Literal("unevaluable")]),
  because: Schema.Array(RuleInput)
}).annotate({ identifier: "RuleTrace" })
export type RuleTrace = typeof RuleTrace.Type

/** Evidence that a complete verdict would rest on and this one does not. */
export const MissingEvidence = Schema.Struct({
  what: Schema.Union([InstrumentKey, FindingCode]).annotate({ description: "an instrument's key, or a finding" }),
  required: Schema.Boolean.annotate({ description: "whether its absence alone quarantines" }),
  why: Schema.String,
  needed: Schema.String
}).annotate({ identifier: "MissingEvidence" })
export type MissingEvidence = typeof MissingEvidence.Type

/** Where a subject stands. `level` is the observed one and equals `lower`; `upper` is the worst the gaps could hide. */
export const Placement = Schema.Struct({
  level: Level,
  lower: Level,
  upper: Level,
  band: Band,
  treatability: Treatability,
  meaning: BandMeaning,
  rules: Schema.Array(RuleTrace),
  missing: Schema.Array(MissingEvidence)
}).annotate({ identifier: "Placement" })
export type Placement = typeof Placement.Type

/** Bootstrapped P(level), and its upper quantile for each context that looks at one. */
export const LevelDistribution = Schema.Struct({
  draws: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  probabilities: Schema.Array(Schema.Struct({ level: Level, probability: Schema.Finite })),
  quantiles: Schema.Struct({ civilian: Level, advisory: Level, "bounded-autonomy": Level })
}).annotate({ identifier: "LevelDistribution" })
export type LevelDistribution = typeof LevelDistribution.Type

/** One bootstrap draw: a severity per instrument, null where it stays missing. */
export type SeverityDraw = Readonly<Record<InstrumentCode, Severity | null>>

/** One entry of a subject's life, oldest first. Tuning that is neither corrective nor a flattening is left out. */
export const HistoryEvent = Schema.Union([
  Schema.TaggedStruct("Examined", {
    level: Level,
    fails: Schema.Array(Schema.Struct({ instrument: InstrumentKey, replication: Replication }))
  }),
  Schema.TaggedStruct("Corrected", {
    regime: Schema.NonEmptyString.annotate({ description: "names the corrective tuning; the same name counts once" }),
    result: Schema.Literals(["corrected", "masked", "uncorrected", "unmeasured"]),
    replication: Replication
  }),
  Schema.TaggedStruct("Flattened", {})
]).annotate({ identifier: "HistoryEvent" })
export type HistoryEvent = typeof HistoryEvent.Type

/** What the present exam failed, and how that fared on the other form. */
export type Fails = Extract<HistoryEvent, { readonly _tag: "Examined" }>["fails"]
