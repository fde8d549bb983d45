/** Who rates: the contract of raters and the accreditation without which a rater may screen but not decide. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Conversation } from "./Conversation.ts"
import { Digest } from "./Digest.ts"
import { type ProbabilityField, type Rating, RatingField } from "./Rating.ts"
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

/**
 * Measured accuracy of one rater configuration on one field of text whose label somebody else gave. Readings correct
 * observed rates by it: `(p + specificity - 1) / (sensitivity + specificity - 1)`. What is positive, `positiveOf` says.
 * The rates are shares of answers; `positives` and `negatives` count the labelled answers behind them.
 */
export const Accreditation = Schema.Struct({
  field: RatingField,
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
  predicate: Schema.optionalKey(
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
}).annotate({ identifier: "Accreditation" })
export type Accreditation = typeof Accreditation.Type

/** The accreditations of one rater configuration, as stored. */
export const StoredAccreditations = Schema.Struct({
  kind: Schema.Literal("rater-accreditations"),
  schemaVersion: Schema.Literal(1),
  rater: Schema.NonEmptyString,
  version: Schema.NonEmptyString,
  digest: Digest.annotate({
    description: "of the rater's weights, prompts and settings: for another one it says nothing"
  }),
  accreditations: Schema.Array(Accreditation)
}).annotate({ identifier: "StoredAccreditations" })
export type StoredAccreditations = typeof StoredAccreditations.Type

/** Which rater decides a field, and its measured accuracy. */
export interface DecidingRater {
  readonly field: RatingField
  /** Full name of the predicate that was measured, where it was that and not the field; see `predicateId`. */
  readonly predicate?: string | undefined
  readonly rater: string
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
  /** The fields that will be read; a rater may leave out the others. All of them unless given. */
  readonly fields?: ReadonlyArray<RatingField> | undefined
}

export interface Rater {
  readonly id: string
  readonly version: string
  /** Digest of weights, prompts and settings: another configuration is another rater. */
  readonly digest: Digest
  /** Fields that the rater fills in; the others stay null. */
  readonly fields: ReadonlyArray<RatingField>
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
