/** Who rates: the contract of raters and the accreditation without which a rater may screen but not decide. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Conversation } from "./Conversation.ts"
import { Digest } from "./Digest.ts"
import { Field, type ProbabilityField, type Rating } from "./Rating.ts"
import type { Subject } from "./Subject.ts"

const Rate = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/**
 * How varied the labelled answers are that an accreditation rests on. Many answers to one question by one model say little
 * about other text.
 */
export const AccreditationSpread = Schema.Struct({
  sources: Count.annotate({ description: "publishers or files, by the transcripts' `source`; 0 where none names one" }),
  models: Count.annotate({ description: "models that answered; 0 where none is named" }),
  questions: Count.annotate({ description: "different last messages before the answers" }),
  answers: Count.annotate({ description: "different answers" }),
  leastYouden: Schema.NullOr(Schema.Finite.check(Schema.isBetween({ minimum: -1, maximum: 1 }))).annotate({
    description:
      "lowest sensitivity + specificity - 1 within one source or one model that has 20 labelled answers of each class"
  })
}).annotate({ identifier: "AccreditationSpread" })
export type AccreditationSpread = typeof AccreditationSpread.Type

/** What is measured, whatever it was measured on. */
const measured = {
  form: Schema.NullOr(Schema.String).annotate({ description: "the only item form it holds for, or null for any text" }),
  sensitivity: Rate,
  specificity: Rate,
  auc: Schema.NullOr(Rate),
  positives: Count,
  negatives: Count,
  dataDigest: Digest,
  threshold: Schema.optionalKey(
    Rate.annotate({ description: "probability from which on the field counted as positive, where it is one" })
  ),
  labels: Schema.optionalKey(
    Schema.NonEmptyString.annotate({ description: "which labels counted as positive and negative, for people" })
  ),
  calibrationError: Schema.optionalKey(
    Schema.NullOr(Rate).annotate({ description: "expected calibration error over ten bins of equal mass" })
  ),
  lengthOnlyAuc: Schema.optionalKey(
    Schema.NullOr(Rate).annotate({ description: "AUC of the answer's length alone, 0.5 to 1" })
  ),
  lengthMatchedAuc: Schema.optionalKey(
    Schema.NullOr(Rate).annotate({ description: "AUC within tenths of length, weighted by pairs" })
  ),
  withinModelAuc: Schema.optionalKey(
    Schema.NullOr(Rate).annotate({ description: "AUC within the answers of one model, weighted by pairs" })
  ),
  models: Schema.optionalKey(Count.annotate({ description: "models with labelled answers of both classes" })),
  spearman: Schema.optionalKey(Schema.NullOr(Schema.Finite.check(Schema.isBetween({ minimum: -1, maximum: 1 })))),
  spread: Schema.optionalKey(AccreditationSpread),
  on: Schema.optionalKey(Schema.String.annotate({ description: "name of the labelled data" })),
  measuredAt: Schema.optionalKey(Schema.String.annotate({ description: "ISO 8601" }))
} as const

/** How accreditations name a predicate: id of the instrument, a slash, and the predicate's name within it. */
export const PredicateId = Schema.String.annotate({
  description: "instrument and name of a predicate, as in self-justifying-reasoning/justifies-itself"
}).check(
  Schema.makeFilter(
    (id) => /^[^/\s]+\/[^/\s]+$/.test(id) || "an instrument's id, a slash and a predicate's name are needed"
  )
)

/** On what a rater is measured and decides: a field of the rating or a predicate of an instrument, and never both. */
export type MeasuredOn =
  | { readonly field: Field; readonly predicate?: never }
  | { readonly predicate: string; readonly field?: never }

/** The members of a schema whose values are {@link MeasuredOn}, to be spread over the two structs of a union. */
export const measuredOn = {
  field: { field: Field, predicate: Schema.optionalKey(Schema.Never) },
  predicate: { predicate: PredicateId, field: Schema.optionalKey(Schema.Never) }
} as const

/** The name of what was measured: of the field or of the predicate. */
export const measuredName = ({ field, predicate }: MeasuredOn): string => field ?? predicate

/**
 * Measured accuracy of one rater configuration, on one field or on one predicate of an instrument, on text whose label
 * somebody else gave. Readings correct observed rates by it:
 * `(p + specificity - 1) / (sensitivity + specificity - 1)`. What is positive of a field, `positiveOf` says; a predicate
 * is positive where it holds. The rates are shares of answers; `positives` and `negatives` count the labelled answers
 * behind them.
 */
export const Accreditation = Schema.Union([
  Schema.Struct({ ...measuredOn.field, ...measured }),
  Schema.Struct({ ...measuredOn.predicate, ...measured })
]).annotate({ identifier: "Accreditation" })
export type Accreditation = typeof Accreditation.Type

/** The accreditations of one rater configuration, as stored. */
export const StoredAccreditations = Schema.Struct({
  kind: Schema.Literal("rater-accreditations"),
  schemaVersion: Schema.Literal(2),
  rater: Schema.NonEmptyString,
  version: Schema.NonEmptyString,
  digest: Digest.annotate({
    description: "of the rater's weights, prompts and settings: for another one it says nothing"
  }),
  accreditations: Schema.Array(Accreditation)
}).annotate({ identifier: "StoredAccreditations" })
export type StoredAccreditations = typeof StoredAccreditations.Type

/** Which rater decides a field or a predicate, and its measured accuracy. */
export type DecidingRater = MeasuredOn & {
  readonly rater: string
  /** On the same; of an exact rater on one of the fields that a predicate reads. */
  readonly accreditation: Accreditation
}

/** A rater could not start, or could not rate an answer. */
export class RaterError extends Schema.TaggedError<RaterError>()("RaterError", {
  rater: Schema.String,
  message: Schema.String
}) {}

/** One answer to rate. Raters are blind to the arm and to the model: neither is here. */
export interface RatingTask {
  /** What was said before the answer, system prompt included. */
  readonly context: Conversation
  /** The answer to rate, verbatim. */
  readonly answer: string
}

/** A rating, or the reason why there is none. A failure is missing evidence. */
export type RatingOutcome =
  | {
      readonly _tag: "rated"
      readonly rating: Rating
      /** The independent ratings behind it, one per judge in the panel's order; null where a judge failed. */
      readonly judges?: ReadonlyArray<Rating | null> | undefined
      /** What has to be reported of how it came about, such as a rating that flipped; whole sentences. */
      readonly notices?: ReadonlyArray<string> | undefined
    }
  | { readonly _tag: "failed"; readonly message: string }

export interface RateOptions {
  /** `false` may leave out the spans, which a rater can make costly; the other fields are the same either way. */
  readonly evidence: boolean
  /** The fields that will be read; a rater may leave out the others. All of them by default. */
  readonly fields?: ReadonlyArray<Field> | undefined
}

export interface Rater {
  readonly id: string
  readonly version: string
  /** Digest of weights, prompts and settings: another configuration is another rater. */
  readonly digest: Digest
  /** Fields that the rater fills in; the others stay null. Those of its own have to be among them to be filled in. */
  readonly fields: ReadonlyArray<Field>
  /** Probability at or above which a field counts as flagged. A field without a threshold flags nothing. */
  readonly thresholds: Readonly<Partial<Record<ProbabilityField, number>>>
  readonly accreditations: ReadonlyArray<Accreditation>
  /** Why it must not rate answers of this model, such as a judge of the same family; null where it may. */
  readonly refuses?: ((subject: Subject) => string | null) | undefined
  /** Rates a batch; the outcomes stand in the order of the tasks. */
  readonly rate: (
    tasks: ReadonlyArray<RatingTask>,
    options: RateOptions
  ) => Effect.Effect<ReadonlyArray<RatingOutcome>, RaterError>
}
