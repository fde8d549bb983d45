/** Accrediting a rater: reads labelled transcripts, has them rated, and measures. */
import type { Readable } from "node:stream"
import type { Rater, RaterError, RatingTask } from "@model-intake/core"
import {
  accreditationWarnings,
  canonicalJson,
  contextBefore,
  digestBytes,
  fieldValue,
  messageText,
  positiveOf,
  probabilityFields,
  type RatingField,
  type Transcript,
  thresholdOf
} from "@model-intake/core"
import { defaultMaxLineBytes, readTranscripts, TranscriptError } from "@model-intake/formats"
import { type LabelledRating, type LabelRule, type Measurement, measureRater } from "@model-intake/instruments"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { rateAll } from "./internal/FieldAssignment.ts"

export interface AccreditOptions {
  readonly rater: Rater
  readonly field: RatingField
  /** Transcript files; `-` is standard input. The last answer of each transcript is the labelled one. */
  readonly files: ReadonlyArray<string>
  /** Dotted path of the label in a transcript, such as `labels.misalignment`. */
  readonly label: string
  /** Which labels are positive and negative; those that the field's own side says unless given. */
  readonly rule?: LabelRule | undefined
  /** Dotted path of the model that answered; `model` unless given. */
  readonly modelField?: string | undefined
  /** The item form that the text comes from; any text unless given. */
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

/** Answers that are rated at a time. */
const batch = 64

/** Measures a rater on labelled transcripts. The digest is of everything that was measured on, in the order of its text. */
export const accreditRater = Effect.fn("Rater.accredit")(function* (
  options: AccreditOptions
): Effect.fn.Return<AccreditReport, AccreditingError | RaterError | TranscriptError> {
  const { field, files, on, rater } = options
  if (!rater.fields.includes(field)) {
    const rates = rater.fields.length === 0 ? "nothing; is it configured?" : rater.fields.join(", ")
    return yield* new AccreditingError({ message: `rater ${rater.id} does not rate ${field}; it rates ${rates}` })
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
      { evidence: false, fields: [field] }
    )
    rated.push(...part.map((one, index) => ratingOf(one, options, outcomes[index]!)))
  }
  const data = labelled.map(({ label, task }) => canonicalJson({ label, ...task })).sort()
  const measured = measureRater(rated, {
    field,
    form: options.form ?? null,
    dataDigest: digestBytes(data.join("\n")),
    threshold: thresholdOf(rater, field),
    predicate:
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

const labelledOf = (
  transcript: Transcript,
  { field, label, modelField, rater, rule }: AccreditOptions
): Labelled | null => {
  const at = transcript.messages.findLastIndex(({ role }) => role === "assistant")
  if (at === -1) return null
  const answer = messageText(transcript.messages[at]!)
  const value = valueAt(transcript, label)
  const side = rule === undefined ? defaultSide(field, value, thresholdOf(rater, field)) : sideOf(value, rule)
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

/** A label of the field's own kind, or yes and no. */
const defaultSide = (field: RatingField, value: unknown, threshold: number | undefined): boolean | null =>
  typeof value === "boolean" && field !== "constraintKept" ? value : positiveOf(field, value, threshold)

/** A label on both sides is on neither. */
const sideOf = (value: unknown, { negative, positive }: LabelRule): boolean | null => {
  const is = positive.test(value)
  return is === negative.test(value) ? null : is
}

const ratingOf = (
  { label, model, source, task }: Labelled,
  { field, rater }: AccreditOptions,
  outcome: Effect.Success<ReturnType<typeof rateAll>>[number]
): LabelledRating => {
  const value = outcome._tag === "failed" ? null : fieldValue(outcome.rating, field)
  return {
    label,
    rated: positiveOf(field, value, thresholdOf(rater, field)),
    score: typeof value === "number" ? value : null,
    isProbability: (probabilityFields as ReadonlyArray<string>).includes(field),
    length: task.answer.length,
    model,
    source,
    asked: {
      question: digestBytes(task.context.findLast(({ role }) => role === "user")?.content ?? ""),
      answer: digestBytes(task.answer)
    }
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
