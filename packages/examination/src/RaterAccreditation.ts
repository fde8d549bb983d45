/** Accrediting a rater: reads labelled transcripts, has them rated, and measures. */
import type { Readable } from "node:stream"
import type {
  Field,
  Instrument,
  NamedPredicate,
  Rater,
  RaterError,
  Rating,
  RatingOutcome,
  RatingTask
} from "@model-intake/core"
import {
  accreditationWarnings,
  canonicalJson,
  contextBefore,
  digestBytes,
  fieldValue,
  messageText,
  positiveOf,
  predicatesOf,
  probabilityFields,
  type Transcript,
  thresholdOf
} from "@model-intake/core"
import { defaultMaxLineBytes, readTranscripts, TranscriptError } from "@model-intake/formats"
import { type LabelledRating, type LabelRule, type Measurement, measureRater } from "@model-intake/instruments"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { rateAll } from "./internal/CheckedRatings.ts"
import { assignForForm } from "./internal/FieldAssignment.ts"

/** What is measured: a field, or a predicate of an instrument under its full name. */
export type Measured =
  | { readonly field: Field; readonly predicate?: never }
  | { readonly predicate: NamedPredicate; readonly field?: never }

export type AccreditOptions = Measured & {
  readonly rater: Rater
  /** Transcript files; `-` is standard input. The last answer of each transcript is the labelled one. */
  readonly files: ReadonlyArray<string>
  /** Dotted path of the label in a transcript, such as `labels.misalignment`. */
  readonly label: string
  /** Which labels are positive and negative; by default those of the field's own side, or a predicate's yes and no. */
  readonly rule?: LabelRule | undefined
  /** Dotted path of the model that answered; `model` by default. */
  readonly modelField?: string | undefined
  /** The item form that the text comes from; any text by default. */
  readonly form?: string | null | undefined
  /** Name of the data, for people. */
  readonly on: string
  readonly stdin?: Readable | undefined
}

export interface AccreditReport extends Measurement {
  /** Transcripts read, and those left out because their label is on neither side or they end without an answer. */
  readonly transcripts: number
  readonly leftOut: number
  /** What may not hold for other text, as whole sentences; see {@link accreditationWarnings}. */
  readonly warnings: ReadonlyArray<string>
}

/** A rater cannot be accredited as asked: one sentence. */
export class AccreditingError extends Schema.TaggedError<AccreditingError>()("AccreditingError", {
  message: Schema.String
}) {}

/**
 * Which predicates of an instrument a rater may decide by itself, by their full names.
 *
 * @param form id of the item form; any text by default
 */
export const decidesAlone = (
  rater: Rater,
  { exam, id }: Pick<Instrument, "exam" | "id">,
  form = ""
): ReadonlyMap<string, boolean> => {
  const { unaccredited } = assignForForm([rater], form, id, exam?._tag === "answers" ? exam.predicates : {})
  return new Map(predicatesOf([{ exam, id }]).map((predicate) => [predicate.id, !unaccredited.includes(predicate.id)]))
}

/** Answers that are rated at a time. */
const batch = 64

/** Measures a rater on labelled transcripts. The digest is of everything that was measured on, in the order of its text. */
export const accreditRater = Effect.fn("Rater.accredit")(function* (
  options: AccreditOptions
): Effect.fn.Return<AccreditReport, AccreditingError | RaterError | TranscriptError> {
  const { field, files, on, predicate, rater } = options
  const fields = field === undefined ? predicate.fields : [field]
  const lacking = fields.filter((one) => !rater.fields.includes(one))
  if (lacking.length > 0) {
    const rates = rater.fields.length === 0 ? "nothing; is it configured?" : rater.fields.join(", ")
    const why = field === undefined ? `, which ${predicate.id} reads` : ""
    return yield* new AccreditingError({
      message: `rater ${rater.id} does not rate ${lacking.join(" and ")}${why}; it rates ${rates}`
    })
  }
  const { labelled, leftOut, transcripts } = yield* readLabelled(options)
  for (const side of [true, false]) {
    if (labelled.some(({ label }) => label === side)) continue
    return yield* new AccreditingError({
      message: `${files.join(", ")} has no ${side ? "positive" : "negative"} label at ${options.label} in ${transcripts} transcripts; say which labels are ${side ? "positive" : "negative"} with --${side ? "positive" : "negative"}`
    })
  }
  const rated: Array<LabelledRating> = []
  for (let start = 0; start < labelled.length; start += batch) {
    const part = labelled.slice(start, start + batch)
    const outcomes = yield* rateAll(
      rater,
      part.map(({ task }) => task),
      { evidence: false, fields }
    )
    rated.push(...part.map((one, index) => ratingOf(one, options, outcomes[index]!)))
  }
  const data = labelled.map(({ label, task }) => canonicalJson({ label, ...task })).sort()
  const measured = measureRater(rated, {
    ...(field === undefined ? { predicate: predicate.id } : { field, threshold: thresholdOf(rater, field) }),
    form: options.form ?? null,
    dataDigest: digestBytes(data.join("\n")),
    labels:
      options.rule === undefined
        ? undefined
        : `${options.label} ${options.rule.positive.expression} against ${options.rule.negative.expression}`,
    on,
    measuredAt: DateTime.formatIso(yield* DateTime.now)
  })
  return { ...measured, transcripts, leftOut, warnings: accreditationWarnings(measured.accreditation) }
})

interface Labelled {
  readonly task: RatingTask
  readonly label: boolean
  readonly model: string | null
  readonly source: string | null
}

const readLabelled = Effect.fnUntraced(function* (options: AccreditOptions) {
  const labelled: Array<Labelled> = []
  let transcripts = 0
  let leftOut = 0
  for (const file of options.files) {
    const blocks = readTranscripts(file, {
      maxLineBytes: defaultMaxLineBytes,
      stdin: options.stdin ?? process.stdin
    })
    for (;;) {
      const next = yield* Effect.promise(() => blocks.next())
      if (next.done === true) break
      for (const line of next.value.lines) {
        if (line instanceof TranscriptError) {
          yield* Effect.promise(() => blocks.return())
          return yield* line
        }
        transcripts++
        const one = labelledOf(line.transcript, options)
        if (one === null) leftOut++
        else labelled.push(one)
      }
    }
  }
  return { labelled, transcripts, leftOut }
})

const labelledOf = (transcript: Transcript, options: AccreditOptions): Labelled | null => {
  const { label, modelField, rule } = options
  const at = transcript.messages.findLastIndex(({ role }) => role === "assistant")
  if (at === -1) return null
  const answer = messageText(transcript.messages[at]!)
  const value = valueAt(transcript, label)
  const side = rule === undefined ? defaultSide(options, value) : sideOf(value, rule)
  if (answer.trim() === "" || side === null) return null
  return {
    task: { context: contextBefore(transcript, at), answer },
    label: side,
    model: nameIn(transcript, modelField ?? "model"),
    source: nameIn(transcript, "source")
  }
}

const nameIn = (transcript: Transcript, path: string): string | null => {
  const name = valueAt(transcript, path)
  return typeof name === "string" || typeof name === "number" ? String(name) : null
}

/** A label of the field's own kind, or yes and no, which is all that there is of a predicate. */
const defaultSide = ({ field, rater }: AccreditOptions, value: unknown): boolean | null => {
  if (typeof value === "boolean" && field !== "constraintKept") return value
  return field === undefined ? yesOrNo(value) : positiveOf(field, value, thresholdOf(rater, field))
}

const yesOrNo = (value: unknown): boolean | null => {
  const word = typeof value === "string" ? value.trim().toLowerCase() : ""
  return word === "yes" ? true : word === "no" ? false : null
}

/** A label on both sides is on neither. */
const sideOf = (value: unknown, { negative, positive }: LabelRule): boolean | null => {
  const is = positive.test(value)
  return is === negative.test(value) ? null : is
}

const ratingOf = (
  { label, model, source, task }: Labelled,
  options: AccreditOptions,
  outcome: RatingOutcome
): LabelledRating => ({
  label,
  ...saidBy(options, outcome),
  length: task.answer.length,
  model,
  source,
  asked: {
    question: digestBytes(task.context.findLast(({ role }) => role === "user")?.content ?? ""),
    answer: digestBytes(task.answer)
  }
})

/** What a rating says of what is measured; nothing where there is none. */
const saidBy = (
  { field, predicate, rater }: AccreditOptions,
  outcome: RatingOutcome
): Pick<LabelledRating, "isProbability" | "rated" | "score"> => {
  const rating: Rating | null = outcome._tag === "failed" ? null : outcome.rating
  if (field === undefined) {
    return { rated: rating === null ? null : predicate.of(rating), score: null, isProbability: false }
  }
  const value = rating === null ? null : fieldValue(rating, field)
  return {
    rated: positiveOf(field, value, thresholdOf(rater, field)),
    score: typeof value === "number" ? value : null,
    isProbability: (probabilityFields as ReadonlyArray<string>).includes(field)
  }
}

const valueAt = (transcript: Transcript, path: string): unknown => {
  let value: unknown = transcript
  for (const step of path.split(".")) {
    if (!Predicate.isObject(value) || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}
