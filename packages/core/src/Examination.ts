/**
 * The exam from plan to verdict: `subject -> plan -> administer -> rate -> read -> place -> triage -> verdict`. One
 * direction; no step reaches back, and every aggregate is derived from the journalled responses.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { BackendError, Decoding, Examinee } from "./Backend.ts"
import { digest } from "./Digest.ts"
import { publish } from "./Events.ts"
import type { Administered, ExamSize, Missing } from "./Instrument.ts"
import type { FormError } from "./Item.ts"
import { administer } from "./internal/Administration.ts"
import { assignForForm, mergeRatings, rateAll } from "./internal/FieldAssignment.ts"
import { type PlannedInstrument, planTrials } from "./internal/Plan.ts"
import type { Journal, JournalError } from "./Journal.ts"
import { type PluginError, Plugins } from "./Plugin.ts"
import type { Rater, RaterError, RatingOutcome } from "./Rater.ts"
import type { RatingField } from "./Rating.ts"
import type { InstrumentCode } from "./Reading.ts"
import { type Answered, answerOf, type Response } from "./Response.ts"
import type { HistoryEvent, PlacementError, Spectrum } from "./Spectrum.ts"
import { formatSubject, type Subject } from "./Subject.ts"
import type { Triage } from "./Triage.ts"
import type { Trial } from "./Trial.ts"
import { makeVerdict, type Verdict } from "./Verdict.ts"

export interface ExamineOptions {
  readonly subject: Subject
  /** The trusted model it is compared with; null where there is none. */
  readonly reference?: Subject | null | undefined
  /** Id of the item form, such as `A`. */
  readonly form: string
  /** `full` (METHODS sizes) or `brief` (stated smaller ones); full unless given. */
  readonly size?: ExamSize | undefined
  /** Seed of the plan, of the sampling and of all statistics; "intake" unless given. */
  readonly seed?: string | undefined
  /** Codes of the instruments to administer; all installed ones unless given. What is left out is missing evidence. */
  readonly instruments?: ReadonlyArray<InstrumentCode> | undefined
  readonly decoding?: Partial<Omit<Decoding, "seed">> | undefined
  /** Trials under way at once; what the backend asks for, or 8, unless given. Changes no reading. */
  readonly concurrency?: number | undefined
  /** Earlier life of the subject, oldest first. */
  readonly history?: ReadonlyArray<HistoryEvent> | undefined
}

/** The exam cannot be held as asked. */
export class ExaminationError extends Schema.TaggedError<ExaminationError>()("ExaminationError", {
  message: Schema.String
}) {}

export type ExamineFailure =
  | BackendError
  | ExaminationError
  | FormError
  | JournalError
  | PlacementError
  | PluginError
  | RaterError

/** Trials under way at once where neither the caller nor the backend says. */
const defaultConcurrency = 8

const defaultDecoding: Omit<Decoding, "seed"> = { temperature: 1, topP: 1, maxTokens: 1024, stop: [] }

/** Findings that procedures beyond the instruments look for; no such procedure ran, and the verdict says so. */
const notExamined = ["trigger-found", "external-censorship", "bypass", "faster-harm"] as const

/** Examines a subject and issues a verdict on it. */
export const examine = Effect.fn("Examination.examine")(function* (
  options: ExamineOptions
): Effect.fn.Return<Verdict, ExamineFailure, Plugins | Journal | Spectrum | Triage> {
  const plugins = yield* Plugins
  const seed = options.seed ?? "intake"
  const size = options.size ?? "full"
  const reference = options.reference ?? null
  const instruments = yield* chooseInstruments(options)
  const raters = yield* plugins.raters

  return yield* Effect.scoped(
    Effect.gen(function* () {
      const sides: Array<{ readonly examinee: Examinee; readonly trials: ReadonlyArray<Trial> }> = []
      for (const subject of reference === null ? [options.subject] : [options.subject, reference]) {
        const backend = yield* plugins.backend(subject.backend)
        const examinee = yield* backend.open(subject)
        yield* checkCapabilities(examinee, instruments)
        const decoding = { ...defaultDecoding, ...options.decoding }
        const seeded = examinee.capabilities.seed
        // The backend says what it opened: a pinned revision, the full name behind a short one.
        const opened = examinee.subject
        sides.push({ examinee, trials: planTrials(instruments, { subject: opened, size, seed, decoding, seeded }) })
      }
      const total = sides.reduce((count, { trials }) => count + trials.length, 0)
      yield* publish({
        _tag: "Planned",
        trials: total,
        instruments: instruments.map(({ instrument }) => instrument.code)
      })

      let done = 0
      const administered = yield* Effect.forEach(sides, ({ examinee, trials }) =>
        administer(
          examinee,
          trials,
          options.concurrency ?? examinee.concurrency ?? defaultConcurrency,
          (trial, response) =>
            publish({ _tag: "TrialDone", trial: trial.id, answered: response._tag === "answered", done: ++done, total })
        ).pipe(Effect.map((responses) => inOrder(trials, responses)))
      )

      const readings = yield* Effect.forEach(instruments, (planned) =>
        Effect.gen(function* () {
          const [subjectRows, referenceRows] = yield* Effect.forEach(administered, (rows) =>
            rateRows(planned, raters, rows)
          )
          const evidence = { form: planned.form, subject: subjectRows!, reference: referenceRows ?? null, seed }
          const reading = planned.exam.read(evidence)
          yield* publish({ _tag: "ReadingMade", reading })
          return reading
        })
      )

      const [subject, comparedWith] = sides.map(({ examinee }) => examinee.subject)
      const verdict = yield* makeVerdict({
        subject: subject!,
        reference: comparedWith ?? null,
        readings,
        history: options.history ?? [],
        findings: selfReference(subject!, comparedWith ?? null),
        notExamined,
        draws: [],
        limits: sides[0]!.examinee.limits ?? [],
        digests: {
          ...Object.fromEntries(instruments.map(({ form }) => [`form ${form.instrument} ${form.id}`, digest(form)])),
          ...Object.fromEntries(raters.map((rater) => [`rater ${rater.id}`, rater.digest])),
          responses: digest(administered.flatMap((rows) => rows.map(({ response }) => response)))
        },
        seed,
        form: options.form,
        issuedAt: DateTime.formatIso(yield* DateTime.now)
      })
      yield* publish({ _tag: "VerdictMade", verdict })
      return verdict
    })
  )
})

interface Row {
  readonly trial: Trial
  readonly response: Response
}

/** Rows by trial id: the order in which they were put changes nothing after this. */
const inOrder = (trials: ReadonlyArray<Trial>, responses: ReadonlyArray<Response>): ReadonlyArray<Row> =>
  trials
    .map((trial, index) => ({ trial, response: responses[index]! }))
    .sort((a, b) => (a.trial.id < b.trial.id ? -1 : 1))

const chooseInstruments = Effect.fnUntraced(function* (
  options: ExamineOptions
): Effect.fn.Return<ReadonlyArray<PlannedInstrument>, ExaminationError | FormError | PluginError, Plugins> {
  const installed = yield* (yield* Plugins).instruments
  const examining = installed.flatMap((instrument) =>
    instrument.exam === null ? [] : [{ instrument, exam: instrument.exam }]
  )
  const known = examining.map(({ instrument }) => instrument.code)
  const unknown = options.instruments?.find((code) => !known.includes(code))
  if (unknown !== undefined) {
    return yield* new ExaminationError({
      message: `no installed plugin examines ${unknown}; installed: ${known.join(", ") || "none"}`
    })
  }
  const chosen = examining.filter(({ instrument }) => options.instruments?.includes(instrument.code) ?? true)
  if (chosen.length === 0) {
    return yield* new ExaminationError({ message: "no installed plugin can examine; install a marker or a battery" })
  }
  return yield* Effect.forEach(chosen, ({ instrument, exam }) =>
    Effect.map(exam.load(options.form), (form) => ({ instrument, exam, form }))
  )
})

/** What a run needs is checked before it, not in the middle of it. */
const checkCapabilities = (
  examinee: Examinee,
  instruments: ReadonlyArray<PlannedInstrument>
): Effect.Effect<void, ExaminationError> => {
  const withSystem = instruments.find(({ form }) =>
    form.items.some(({ arms }) => arms.some(({ system }) => system !== null))
  )
  return withSystem === undefined || examinee.capabilities.systemPrompt
    ? Effect.void
    : Effect.fail(
        new ExaminationError({
          message: `${formatSubject(examinee.subject)} takes no system prompt, which ${withSystem.instrument.code} needs`
        })
      )
}

/** The rows of one instrument with their ratings. What cannot be rated stays, with the reason. */
const rateRows = Effect.fnUntraced(function* (
  { instrument, exam, form }: PlannedInstrument,
  raters: ReadonlyArray<Rater>,
  rows: ReadonlyArray<Row>
): Effect.fn.Return<ReadonlyArray<Administered>, RaterError> {
  const own = rows.filter(({ trial }) => trial.instrument === instrument.code)
  // The flags tell refusals and unusable answers apart, whatever else the rule reads.
  const wanted = (field: RatingField) => field.startsWith("flags.") || exam.fields.includes(field)
  const assignment = new Map([...assignForForm(raters, form.id)].filter(([field]) => wanted(field)))
  const unaccredited = exam.fields.find((field) => !assignment.has(field))
  const answered = own.filter((row): row is Row & { readonly response: Answered } => isRatable(row.response))
  const tasks = answered.map(({ response }) => ({
    context: response.conversation.slice(0, -1),
    answer: answerOf(response)
  }))
  const positions = new Map<Response, number>(answered.map(({ response }, index) => [response, index]))
  const outcomes = new Map<Rater, ReadonlyArray<RatingOutcome>>()
  if (unaccredited === undefined) {
    for (const rater of new Set(assignment.values())) outcomes.set(rater, yield* rateAll(rater, tasks, true))
  }
  const result = own.map((row): Administered => {
    const missing = (why: Missing, message: string): Administered => ({ _tag: "missing", ...row, why, message })
    const { response } = row
    if (response._tag === "unanswered") return missing("backend-failed", response.message)
    if (response.finish === "content-filter") return missing("malformed", "the provider's filter withheld the answer")
    if (answerOf(response).trim() === "") return missing("empty", "the answer is empty")
    if (unaccredited !== undefined) {
      return missing("unaccredited", `no installed rater is accredited for ${unaccredited} on form ${form.id}`)
    }
    const index = positions.get(response)!
    const failed = [...outcomes.values()].map((all) => all[index]!).find((outcome) => outcome._tag === "failed")
    return failed === undefined
      ? {
          _tag: "rated",
          trial: row.trial,
          response,
          rating: mergeRatings(assignment, (rater) => outcomes.get(rater)![index]!)
        }
      : missing("rater-failed", failed.message)
  })
  const rated = result.filter(({ _tag }) => _tag === "rated").length
  yield* publish({ _tag: "Rated", instrument: instrument.code, rated, total: result.length })
  return result
})

const isRatable = (response: Response): boolean =>
  response._tag === "answered" && response.finish !== "content-filter" && answerOf(response).trim() !== ""

const selfReference = (subject: Subject, reference: Subject | null) =>
  reference !== null && formatSubject(subject) === formatSubject(reference)
    ? [{ code: "self-reference", replication: "not-attempted" } as const]
    : []
