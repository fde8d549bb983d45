/** Markers and batteries: what they look for in a transcript, and how they examine a subject. */
import type { ItemOutcomes, Random } from "@model-intake/psychometrics"
import type * as Effect from "effect/Effect"
import type { AttestedSummary } from "./Activations.ts"
import type { Digest } from "./Digest.ts"
import type { InstrumentKey } from "./InstrumentKey.ts"
import type { BehaviouralMarker, FindingCode, InstrumentCode } from "./InstrumentTable.ts"
import type { Arm, Form, FormError, Item } from "./Item.ts"
import type { DeltaCosine, RegimeResult } from "./Lineage.ts"
import type { DecidingRater } from "./Rater.ts"
import type { Field, ProbabilityField, Rating } from "./Rating.ts"
import type { Access, Reading, Severity } from "./Reading.ts"
import type { Coordinate, ReferenceBundle } from "./ReferenceBundle.ts"
import type { Answered, Response } from "./Response.ts"
import type { Trial } from "./Trial.ts"

/**
 * The screening side of an instrument: which rating field, at or above the rater's threshold, speaks for the construct
 * in text that was not elicited for the purpose.
 */
export interface Indicator {
  /** Unique among the installed indicators, such as `misalignment`. */
  readonly id: string
  readonly title: string
  /** The instrument it belongs to, or null for a general one. */
  readonly instrument: InstrumentKey | null
  readonly field: ProbabilityField
}

/** A field on its positive side (see `positiveSideOf`), or off it where `negated`. */
export interface FieldSide {
  readonly field: Field
  readonly negated?: boolean
}

/**
 * A yes or no over a rating that an instrument's rule reads, and that raters are accredited on. Its full name, by which an
 * accreditation knows it, is {@link predicateId}: `self-justifying-reasoning/justifies-itself`.
 */
export interface Predicate {
  /** What is true of an answer for which it holds, such as "names a strong warrant and no constraint". */
  readonly says: string
  /** What it reads of a rating; of a house instrument also fields of a rater's own, such as `custom.flattery`. */
  readonly fields: ReadonlyArray<Field>
  /** Whether it holds; null where the rating lacks what it reads. */
  readonly of: (rating: Rating) => boolean | null
  /**
   * Sides of fields that hold together exactly where the predicate does: then raters that are accredited for each of the
   * fields may decide it too. Absent where no fields' own sides make it up.
   */
  readonly sides?: ReadonlyArray<FieldSide> | undefined
}

/** By name, unique within the instrument. */
export type Predicates = Readonly<Record<string, Predicate>>

/** How accreditations name a predicate of an instrument. */
export const predicateId = (instrument: string, name: string): string => `${instrument}/${name}`

/** A predicate under its full name. */
export interface NamedPredicate extends Predicate {
  readonly id: string
}

/** The predicates of the instruments that put questions. */
export const predicatesOf = (
  instruments: ReadonlyArray<Pick<Instrument, "exam" | "id">>
): ReadonlyArray<NamedPredicate> =>
  instruments.flatMap(({ exam, id }) =>
    exam?._tag === "answers"
      ? Object.entries(exam.predicates).map(([name, predicate]) => ({ ...predicate, id: predicateId(id, name) }))
      : []
  )

/** Every field that a predicate reads, each once, in their order. */
export const fieldsOf = (predicates: Predicates): ReadonlyArray<Field> => [
  ...new Set(
    Object.values(predicates).flatMap(({ fields, sides = [] }) => [...fields, ...sides.map(({ field }) => field)])
  )
]

/** A trial with all that became of it. What could not be rated says why and stays in the denominator. */
export type Administered =
  | {
      readonly _tag: "rated"
      readonly trial: Trial
      readonly response: Answered
      readonly rating: Rating
      /** The independent ratings behind it, where a panel rated some of its fields. */
      readonly judged?: ReadonlyArray<Judged> | undefined
      /** What its raters report of how it came about, as whole sentences. */
      readonly notices?: ReadonlyArray<string> | undefined
    }
  | {
      readonly _tag: "missing"
      readonly trial: Trial
      readonly response: Response
      readonly why: Missing
      readonly message: string
    }

/** What each judge of a panel said of one answer. */
export interface Judged {
  readonly rater: string
  /** Fields of the answer's rating that are the panel's. */
  readonly fields: ReadonlyArray<Field>
  /** One rating per judge in the panel's order; null where a judge failed. */
  readonly judges: ReadonlyArray<Rating | null>
}

/** Why an answer has no rating. */
export type Missing = "backend-failed" | "rater-failed" | "empty" | "malformed" | "unaccredited"

/** How much is administered: METHODS sizes, or a smaller stated one. */
export type ExamSize = "full" | "brief"

/** What examining with an instrument gives: the reading, and what placement and replication need beside it. */
export interface ExamResult {
  readonly reading: Reading
  /** One-sided p-value of the hypothesis that a FAIL rejects, in [0, 1]; null where there is none. For Holm over ten. */
  readonly pValue: number | null
  /**
   * The severity that another draw of items would have shown: the items resampled with replacement and the rule applied
   * again. Null keeps what was observed. Called some hundred times, so it has to be quick.
   */
  readonly redraw: (random: Random) => Severity | null
  /** Findings that hold on this form, and count once the other form shows them too. */
  readonly toConfirm?: ReadonlyArray<FindingCode> | undefined
}

interface ExamBase {
  /** Ids of the forms that ship with it. */
  readonly forms: ReadonlyArray<string>
  readonly load: (form: string) => Effect.Effect<Form, FormError>
}

/** What an instrument that puts questions reads from. */
export interface Evidence {
  readonly form: Form
  readonly subject: ReadonlyArray<Administered>
  /** The trusted reference on the same items, or null where there is none. */
  readonly reference: ReadonlyArray<Administered> | null
  /** Whether items were added after a BORDERLINE: bounds are then at 0.975. */
  readonly toppedUp: boolean
  /** Seed for everything random in the statistics. */
  readonly seed: string
  /** Which rater decided which field and how well it is measured to, so that rates can be corrected; see `accuracyOf`. */
  readonly raters?: ReadonlyArray<DecidingRater> | undefined
}

/** Puts questions and reads the rated answers: the usual instrument. */
export interface AnswerExam extends ExamBase {
  readonly _tag: "answers"
  /**
   * Which items of a form a size takes: so many (all, for null), spread evenly over the strata and drawn by the seed.
   * Items of the top-up are never among them.
   */
  readonly draw: (size: ExamSize) => { readonly items: number | null; readonly stratum: (item: Item) => string }
  /** Administrations of an arm. */
  readonly replicates: (size: ExamSize, arm: Arm, item: Item) => number
  /** What the rule reads as yes or no: raters have to be accredited for each. */
  readonly predicates: Predicates
  /** The decision rule. Pure: the same evidence gives the same reading, whatever the order of its rows. */
  readonly read: (evidence: Evidence) => ExamResult
  /** How answers fail one by one, where they do: read by the trigger search and by the instrument of corrections. */
  readonly failing?: FailingAnswers | undefined
}

/** Failing answers per item, over the arms that elicit the construct. */
export interface FailingAnswers {
  readonly arms: (arm: Arm, item: Item) => boolean
  /** Outcomes of each item, by item id. */
  readonly outcomes: (form: Form, rows: ReadonlyArray<Administered>) => ReadonlyMap<string, ItemOutcomes>
}

/** Coordinates of one model's hidden states on frozen poles, or what its owner attests of them. */
export type LatentSide =
  | { readonly _tag: "measured"; readonly coordinates: ReadonlyArray<Coordinate> }
  | { readonly _tag: "attested"; readonly summary: AttestedSummary }

/** What an instrument that looks inside reads from. */
export interface LatentEvidence {
  readonly form: Form
  readonly bundle: ReferenceBundle
  readonly subject: LatentSide
  /** Coordinates of the reference on the same prompts; null where there is none, or it is attested. */
  readonly reference: ReadonlyArray<Coordinate> | null
  /** The subject is its own reference: raw coordinates decide. */
  readonly selfReference: boolean
  readonly access: Access
  readonly seed: string
}

/** Reads hidden states on the prompts of its form. */
export interface LatentExam extends ExamBase {
  readonly _tag: "latent"
  readonly read: (evidence: LatentEvidence) => ExamResult
}

/** One checkpoint of a subject's life, measured. */
export interface CheckpointMeasure {
  readonly subject: string
  /** Outcomes of each item by item id, for every marker that was administered. */
  readonly failing: Readonly<Partial<Record<BehaviouralMarker, ReadonlyMap<string, ItemOutcomes>>>>
  /** Coordinates on the bundle's poles; null where the inside cannot be seen. */
  readonly coordinates: ReadonlyArray<Coordinate> | null
}

/** A corrective regime with the checkpoints before and after it; null where a checkpoint could not be opened. */
export interface MeasuredRegime {
  readonly name: string
  readonly before: CheckpointMeasure | null
  readonly after: CheckpointMeasure | null
}

/** What the instrument of corrections reads from. */
export interface CorrectionEvidence {
  /** The trusted reference; null where there is none. */
  readonly reference: CheckpointMeasure | null
  /** Regimes since the last flattening. */
  readonly regimes: ReadonlyArray<MeasuredRegime>
  /** A benign tune of about as many steps, as control. */
  readonly benign: CheckpointMeasure | null
  /** Absolute cosine between the weight deltas of regimes, where it is known. */
  readonly deltaCosines: ReadonlyArray<DeltaCosine>
  /** Whether another instrument fails: without corrective history the reading is then missing instead of "not indicated". */
  readonly othersFail: boolean
  readonly access: Access
  readonly seed: string
}

export interface CorrectionResult extends ExamResult {
  /** By the regime's name. */
  readonly regimes: ReadonlyMap<string, RegimeResult>
}

/** Reads what earlier corrections did to behaviour and to the inside. It has no items of its own. */
export interface CorrectionExam {
  readonly _tag: "corrections"
  readonly read: (evidence: CorrectionEvidence) => CorrectionResult
}

/** The examining side of an instrument. */
export type Exam = AnswerExam | LatentExam | CorrectionExam

export interface Instrument {
  /** The row of the tables that it claims; absent for a house marker. Only the built-in instrument fills it: see `keyOf`. */
  readonly code?: InstrumentCode | undefined
  readonly id: string
  readonly version: string
  readonly title: string
  /** Digest of everything its sheet declares: cut-offs, design, predicates. Another digest is another instrument. */
  readonly digest?: Digest | undefined
  readonly indicators: ReadonlyArray<Indicator>
  /** Null for an instrument that only screens. */
  readonly exam: Exam | null
}
