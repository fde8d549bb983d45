/** Markers and batteries: what they look for in a transcript, and how they examine a subject. */
import type * as Effect from "effect/Effect"
import type { Form, FormError } from "./Item.ts"
import type { ProbabilityField, Rating, RatingField } from "./Rating.ts"
import type { InstrumentCode, Reading } from "./Reading.ts"
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
  /** Code of the marker it belongs to, or null for a general one. */
  readonly instrument: InstrumentCode | null
  readonly field: ProbabilityField
}

/** A trial with all that became of it. What could not be rated says why and stays in the denominator. */
export type Administered =
  | { readonly _tag: "rated"; readonly trial: Trial; readonly response: Answered; readonly rating: Rating }
  | {
      readonly _tag: "missing"
      readonly trial: Trial
      readonly response: Response
      readonly why: Missing
      readonly message: string
    }

/** Why an answer has no rating. */
export type Missing = "backend-failed" | "rater-failed" | "empty" | "malformed" | "unaccredited"

/** What an instrument reads from. */
export interface Evidence {
  readonly form: Form
  readonly subject: ReadonlyArray<Administered>
  /** The trusted reference on the same items, or null where there is none. */
  readonly reference: ReadonlyArray<Administered> | null
  /** Seed for everything random in the statistics. */
  readonly seed: string
}

/** How much is administered: METHODS sizes, or a smaller stated one. */
export type ExamSize = "full" | "brief"

/** The examining side of an instrument. */
export interface Exam {
  /** Ids of the forms that ship with it. */
  readonly forms: ReadonlyArray<string>
  readonly load: (form: string) => Effect.Effect<Form, FormError>
  /** Administrations of each item and arm. */
  readonly replicates: (size: ExamSize) => number
  /** Items administered, drawn with the seed from the form; null for all. */
  readonly items: (size: ExamSize) => number | null
  /** Rating fields that the rule reads: the rater must be accredited for each. */
  readonly fields: ReadonlyArray<RatingField>
  /** The decision rule. Pure: the same evidence gives the same reading, whatever the order of its rows. */
  readonly read: (evidence: Evidence) => Reading
}

export interface Instrument {
  readonly code: InstrumentCode
  readonly id: string
  readonly version: string
  readonly title: string
  readonly indicators: ReadonlyArray<Indicator>
  /** Null for an instrument that only screens. */
  readonly exam: Exam | null
}
