/**
 * What one instrument found. A reading is an outcome with the figures behind it; what was not seen stays visible in it
 * as counts, bounds and coverage, because missing evidence is never good news.
 */
import * as Schema from "effect/Schema"
import { InstrumentKey, instrumentTitle, isInstrumentCode } from "./InstrumentKey.ts"
import {
  correctionCodes,
  cutOffs,
  FindingCode,
  findingTable,
  InstrumentKind,
  instrumentTable
} from "./InstrumentTable.ts"
import { measuredOn } from "./Rater.ts"
import { Series } from "./Series.ts"

/** Weight of an outcome on the spectrum: 0 nothing, 1 borderline, 2 fail. */
export const Severity = Schema.Literals([0, 1, 2]).annotate({ identifier: "Severity" })
export type Severity = typeof Severity.Type

export const outcomes = [
  "pass",
  "borderline",
  "fail",
  "not-evaluable",
  "invalid",
  "not-indicated",
  "indeterminate"
] as const
export const Outcome = Schema.Literals(outcomes).annotate({
  identifier: "Outcome",
  description:
    "not-evaluable, invalid and indeterminate are missing evidence; not-indicated is for the instrument of corrections only"
})
export type Outcome = typeof Outcome.Type

/** Severity of an outcome, or null where it is missing evidence. */
export const severityOf = (outcome: Outcome): Severity | null => severities[outcome]

const severities: Readonly<Record<Outcome, Severity | null>> = {
  pass: 0,
  borderline: 1,
  fail: 2,
  "not-evaluable": null,
  invalid: null,
  "not-indicated": 0,
  indeterminate: null
}

/**
 * How a result fared on the other form. `replicated` means that it failed there too and survives Holm over the ten
 * instruments; `failed` means that the other form did not show it.
 */
export const Replication = Schema.Literals(["replicated", "failed", "not-attempted"]).annotate({
  identifier: "Replication"
})
export type Replication = typeof Replication.Type

/** How the inside of the model was seen: not at all, through its owner's signed summary, or directly. */
export const Access = Schema.Literals(["none", "attested", "white-box"]).annotate({ identifier: "Access" })
export type Access = typeof Access.Type

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Rate = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

/** One-sided bounds in the unit of the estimate: each bound holds with the stated level on its own. */
export const Interval = Schema.Struct({
  lower: Schema.Finite,
  upper: Schema.Finite,
  level: Schema.Literals([0.95, 0.975]).annotate({ description: "0.975 where the test was topped up" }),
  sided: Schema.Literal("one")
})
  .check(Schema.makeFilter(({ lower, upper }) => lower <= upper || "the lower bound is above the upper bound"))
  .annotate({ identifier: "Interval" })
export type Interval = typeof Interval.Type

/** Trials of an instrument that carry no rating or an unusable answer, by cause. They stay in the denominator. */
export const MissingCounts = Schema.Struct({
  refusal: Count,
  malformed: Count,
  empty: Count,
  incoherent: Count,
  offTopic: Count,
  raterFailed: Count,
  unaccredited: Count,
  backendFailed: Count
}).annotate({ identifier: "MissingCounts" })
export type MissingCounts = typeof MissingCounts.Type

/** Words of the subject that speak for the outcome, verbatim; offsets count UTF-16 code units of the answer. */
export const QuotedSpan = Schema.Struct({
  trialId: Schema.NonEmptyString,
  quote: Schema.String,
  start: Count,
  end: Count,
  code: Schema.String
})
  .check(Schema.makeFilter(({ start, end }) => start <= end || "the span ends before it starts"))
  .annotate({ identifier: "QuotedSpan" })
export type QuotedSpan = typeof QuotedSpan.Type

const recorded = {
  rater: Schema.NonEmptyString,
  sensitivity: Rate,
  specificity: Rate,
  positives: Count,
  negatives: Count,
  judges: Schema.NullOr(Count).annotate({ description: "judges of a panel; null for a single rater" }),
  alpha: Schema.NullOr(Schema.Finite).annotate({
    description: "Krippendorff's alpha; null for a single rater, and where the ratings hardly vary"
  }),
  effectiveJudges: Schema.NullOr(Schema.Finite)
} as const

/** Who rated a field or a predicate that decides, with what accuracy, and how far its judges agree. */
export const RaterRecord = Schema.Union([
  Schema.Struct({ ...measuredOn.field, ...recorded }),
  Schema.Struct({ ...measuredOn.predicate, ...recorded })
]).annotate({ identifier: "RaterRecord" })
export type RaterRecord = typeof RaterRecord.Type

/** A cut-off of the estimate, in its unit. Which bound is held against it, and what else is asked, the words say. */
export const Threshold = Schema.Struct({
  kind: Schema.Literals(["fail", "pass"]),
  value: Schema.Finite,
  says: Schema.NonEmptyString
}).annotate({ identifier: "Threshold" })
export type Threshold = typeof Threshold.Type

/** Answers of like stated probability: their mean probability beside what it should have been. */
export const CalibrationBin = Schema.Struct({ stated: Rate, posterior: Rate, n: Count }).annotate({
  identifier: "CalibrationBin",
  description: "bins of equal mass, in ascending order"
})
export type CalibrationBin = typeof CalibrationBin.Type

/** Where a trait stands in one domain between the reference's poles; null where too little of it was measured. */
export const DomainCoordinate = Schema.Struct({
  trait: Schema.NonEmptyString,
  domain: Schema.NonEmptyString,
  value: Schema.NullOr(Schema.Finite),
  interval: Schema.NullOr(Interval),
  threshold: Schema.Finite.annotate({ description: "above it the domain is active" }),
  active: Schema.Boolean
}).annotate({ identifier: "DomainCoordinate" })
export type DomainCoordinate = typeof DomainCoordinate.Type

const fields = {
  instrument: InstrumentKey,
  kind: InstrumentKind,
  name: Schema.optionalKey(Schema.NonEmptyString).annotate({
    description: "title of an instrument that stands outside the tables; the tables name the others"
  }),
  instrumentVersion: Schema.NonEmptyString,
  outcome: Outcome,
  severity: Schema.NullOr(Severity).annotate({ description: "follows from the outcome; null is missing evidence" }),
  estimate: Schema.NullOr(Schema.Finite),
  measure: Schema.Struct({
    label: Schema.NonEmptyString,
    unit: Schema.Literals(["rate", "difference", "share", "distance", "ratio", "coordinate"])
  }).annotate({ description: "what the estimate and its interval are" }),
  interval: Schema.NullOr(Interval),
  n: Count.annotate({ description: "rated responses behind the estimate" }),
  nEffective: Schema.NullOr(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  coverage: Schema.Struct({ rated: Count, total: Count }).annotate({ description: "trials rated, of trials planned" }),
  missing: MissingCounts,
  bounds: Schema.NullOr(Schema.Struct({ best: Schema.Finite, worst: Schema.Finite })).annotate({
    description: "the estimate if everything missing had been harmless, or had been failing"
  }),
  replicated: Replication,
  access: Access.annotate({ description: "how the inside was seen; only instruments that look inside need it" }),
  domains: Schema.Array(Schema.Struct({ name: Schema.NonEmptyString, value: Rate, n: Schema.NullOr(Count) })).annotate({
    description:
      "rate of failing answers per target domain; of a latent instrument, the share of active domains per trait"
  }),
  findings: Schema.Array(FindingCode),
  evidence: Schema.Array(QuotedSpan),
  detectionLimit: Schema.NullOr(Schema.Finite).annotate({ description: "smallest effect this many trials would show" }),
  lengthOnlyAuc: Schema.NullOr(Rate).annotate({ description: "how well answer length alone separates the arms" }),
  figures: Schema.Array(
    Schema.Struct({
      name: Schema.NonEmptyString,
      value: Schema.NullOr(Schema.Finite),
      interval: Schema.NullOr(Interval)
    })
  ).annotate({ description: "what else was measured, controls and secondary statistics; null where it has no value" }),
  thresholds: Schema.optionalKey(Schema.Array(Threshold)).annotate({
    description: "cut-offs of the estimate; absent where no single number decides, and in older readings"
  }),
  calibration: Schema.optionalKey(Schema.Array(CalibrationBin)).annotate({
    description: "stated probability against the posterior"
  }),
  coordinates: Schema.optionalKey(Schema.Array(DomainCoordinate)).annotate({
    description: "of a latent instrument, by trait and domain"
  }),
  series: Schema.optionalKey(Schema.Array(Series)).annotate({ description: "what can be drawn of it" }),
  raters: Schema.optionalKey(Schema.Array(RaterRecord)).annotate({
    description: "who rated the fields or predicates that decide; absent where a grammar did, exactly and by itself"
  }),
  sentence: Schema.NonEmptyString.annotate({ description: "the reading as a person reads it" })
}

type Unchecked = Schema.Struct<typeof fields>["Type"]

/** Why a reading contradicts itself; empty where it does not. */
const contradictions = (reading: Unchecked): Array<string> => {
  const { coverage, findings, instrument, missing, outcome } = reading
  const row = isInstrumentCode(instrument) ? instrumentTable[instrument] : null
  const shareOf = (count: number) => (coverage.total === 0 ? 0 : count / coverage.total)
  const unusable = missing.refusal + missing.malformed + missing.empty + missing.offTopic
  const bars = findings.find((code) => findingTable[code].barsPass)
  const checks: ReadonlyArray<readonly [broken: boolean, says: string]> = [
    [row !== null && reading.kind !== row.kind, `${instrument} is a ${row?.kind}`],
    [row !== null && reading.name !== undefined, `${instrument} has its name from the tables`],
    [row === null && reading.name === undefined, `${instrument} has no name`],
    [row === null && findings.length > 0, `${instrument} stands outside the tables and cannot carry their findings`],
    [reading.severity !== severityOf(outcome), `severity ${reading.severity} does not follow from outcome ${outcome}`],
    [coverage.rated > coverage.total, "more trials rated than planned"],
    [
      outcome === "not-indicated" && row?.role !== "correction",
      `only ${correctionCodes.join(", ")} can be not-indicated`
    ],
    [outcome === "pass" && coverage.rated === 0, "a pass without a rated trial"],
    [
      outcome === "pass" && shareOf(missing.incoherent) > cutOffs.incoherentShare,
      "too many incoherent answers for a pass"
    ],
    [outcome === "pass" && shareOf(unusable) > cutOffs.unusableShare, "too many unusable answers for a pass"],
    [outcome === "pass" && bars !== undefined, `${instrument} cannot pass with the finding ${bars}`]
  ]
  return checks.filter(([broken]) => broken).map(([, says]) => says)
}

/**
 * The result of one instrument. Decoding refuses a reading that contradicts itself: a severity that does not follow
 * from the outcome, a pass on too little, a bound on the wrong side.
 */
export const Reading = Schema.Struct(fields)
  .check(Schema.makeFilter(contradictions))
  .annotate({ identifier: "Reading", description: "what one instrument found" })
export type Reading = typeof Reading.Type

type Defaulted =
  | "kind"
  | "estimate"
  | "interval"
  | "nEffective"
  | "missing"
  | "bounds"
  | "replicated"
  | "access"
  | "domains"
  | "findings"
  | "evidence"
  | "detectionLimit"
  | "lengthOnlyAuc"
  | "figures"

/**
 * A reading from what is known: what is left out is absent, none or not attempted, and severity is derived. Kind and name
 * are the tables' for a code; for an id they are what is given, by default a marker and the id in words.
 */
export const makeReading = ({
  kind = "marker",
  name,
  ...parts
}: Omit<Reading, "severity" | Defaulted> & Partial<Pick<Reading, Defaulted>>): Reading => ({
  estimate: null,
  interval: null,
  nEffective: null,
  missing: noneMissing,
  bounds: null,
  replicated: "not-attempted",
  access: "none",
  domains: [],
  findings: [],
  evidence: [],
  detectionLimit: null,
  lengthOnlyAuc: null,
  figures: [],
  ...parts,
  ...(isInstrumentCode(parts.instrument)
    ? { kind: instrumentTable[parts.instrument].kind }
    : { kind, name: instrumentTitle(parts.instrument, name) }),
  severity: severityOf(parts.outcome)
})

/** Counts of a reading in which nothing is missing. */
export const noneMissing: MissingCounts = {
  refusal: 0,
  malformed: 0,
  empty: 0,
  incoherent: 0,
  offTopic: 0,
  raterFailed: 0,
  unaccredited: 0,
  backendFailed: 0
}
