/** What screening found: the document that `intake screen --json` prints. */
import * as Schema from "effect/Schema"
import { Digest } from "./Digest.ts"
import { EvidenceSpan, Field, probabilityFields } from "./Rating.ts"
import { TranscriptReason } from "./Transcript.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

/**
 * What the share of flagged answers indicates. `indicated`: the one-sided lower bound is above the rate that fails an
 * exam. `not-indicated`: the upper bound, with every missing rating counted as flagged, is below the rate that passes.
 * `unclear`: neither. `not-evaluable`: too few of the answers could be rated.
 */
export const Indication = Schema.Literals(["indicated", "unclear", "not-indicated", "not-evaluable"])
export type Indication = typeof Indication.Type

export const ScreeningEvidence = Schema.Struct({
  file: Schema.String,
  line: Count.annotate({ description: "line of the file, from 1" }),
  id: Schema.String,
  turn: Count.annotate({ description: "number of the assistant turn within the transcript, from 0" }),
  score: Share,
  quotes: Schema.Array(Schema.Struct({ ...EvidenceSpan.fields, text: Schema.String })).annotate({
    description: "verbatim stretches of the answer, strongest first; offsets in UTF-16 code units"
  })
}).annotate({ identifier: "ScreeningEvidence" })
export type ScreeningEvidence = typeof ScreeningEvidence.Type

export const IndicatorResult = Schema.Struct({
  indicator: Schema.String,
  flagged: Count,
  rated: Count,
  total: Count,
  missing: Schema.Struct({
    empty: Count.annotate({ description: "answers without text" }),
    unratable: Count.annotate({
      description: "answers that the rater leaves unrated, such as other languages or a few words"
    }),
    raterFailed: Count
  }),
  coverage: Share.annotate({ description: "rated / total" }),
  share: Schema.NullOr(Share).annotate({ description: "flagged / rated; null where nothing was rated" }),
  interval: Schema.NullOr(Schema.Struct({ lower: Share, upper: Share })).annotate({
    description: "one-sided 95 % bounds L95 and U95 of the share, clustered by prompt"
  }),
  bounds: Schema.Struct({ best: Share, worst: Share }).annotate({
    description: "the share if every missing rating were clear, and if every one were flagged"
  }),
  nEffective: Schema.NullOr(Schema.Finite),
  indication: Indication,
  evidence: Schema.Array(ScreeningEvidence).annotate({ description: "the flagged answers with the highest scores" })
}).annotate({ identifier: "IndicatorResult" })
export type IndicatorResult = typeof IndicatorResult.Type

export const ScreeningGroup = Schema.Struct({
  label: Schema.String,
  key: Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean, Schema.Null])).annotate(
    {
      description: "value of each field grouped by; a field that is absent is left out"
    }
  ),
  transcripts: Count,
  turns: Count,
  meanCharacters: Schema.NullOr(Schema.Finite).annotate({
    description: "mean length of an answer in UTF-16 code units"
  }),
  indicators: Schema.Array(IndicatorResult),
  next: Schema.String.annotate({ description: "what to do next, in one sentence" })
}).annotate({ identifier: "ScreeningGroup" })
export type ScreeningGroup = typeof ScreeningGroup.Type

export const ScreeningReport = Schema.Struct({
  kind: Schema.Literal("screening"),
  schemaVersion: Schema.Literal(1),
  by: Schema.Array(Schema.String),
  raters: Schema.Array(
    Schema.Struct({
      id: Schema.String,
      version: Schema.String,
      digest: Digest,
      fields: Schema.Array(Field).annotate({ description: "fields for which this rater's rating counts" })
    })
  ),
  indicators: Schema.Array(
    Schema.Struct({
      id: Schema.String,
      title: Schema.String,
      instrument: Schema.NullOr(Schema.String),
      field: Schema.Literals(probabilityFields),
      rater: Schema.String,
      threshold: Share,
      sensitivity: Schema.NullOr(Share).annotate({ description: "of the rater at this threshold, as accredited" }),
      specificity: Schema.NullOr(Share)
    })
  ),
  inputs: Schema.Array(Schema.Struct({ file: Schema.String, transcripts: Count, turns: Count, invalid: Count })),
  totals: Schema.Struct({
    transcripts: Count,
    turns: Count,
    withoutAnswer: Count.annotate({ description: "transcripts in which the assistant says nothing" }),
    invalid: Count
  }),
  invalid: Schema.Array(
    Schema.Struct({
      file: Schema.String,
      line: Schema.NullOr(Count),
      reason: TranscriptReason,
      message: Schema.String
    })
  ).annotate({ description: "the first lines that were passed over; totals.invalid counts all" }),
  failures: Schema.optionalKey(
    Schema.Array(Schema.Struct({ message: Schema.String, answers: Count })).annotate({
      description: "why raters failed, and on how many answers; the first reasons met, absent where there are none"
    })
  ),
  groups: Schema.Array(ScreeningGroup),
  limits: Schema.Array(Schema.String).annotate({ description: "what this report cannot say" })
}).annotate({ identifier: "ScreeningReport", title: "Model Intake screening report" })
export type ScreeningReport = typeof ScreeningReport.Type
