/**
 * The exam from plan to verdict: `subject -> plan -> administer -> rate -> read -> place -> triage -> verdict`. One
 * direction; no step reaches back, and every aggregate is derived from the journalled responses.
 */

import type {
  BackendError,
  Decoding,
  ExamResult,
  ExamSize,
  InstrumentKey,
  RaterError,
  ReferenceBundle,
  ReferenceBundleError,
  Triage
} from "@model-intake/core"
import {
  dependsOnCensorship,
  digest,
  type FindingCode,
  type FindingRecord,
  type Form,
  type FormError,
  findingCodes,
  findingTable,
  formatSubject,
  type HistoryEvent,
  historyOf,
  isInstrumentCode,
  type Lineage,
  type MeasuredResult,
  makeReading,
  makeVerdict,
  type PlacementError,
  type PlanEstimate,
  type PluginError,
  parseSubject,
  publish,
  type Reading,
  type Replication,
  Spectrum,
  type Subject,
  type SubjectError,
  standingCorrections,
  type Verdict,
  type WrappedExam,
  type Wrapper,
  wrapExaminee
} from "@model-intake/core"
import { CurrentRows, Journal, type JournalError, type ResumeError } from "@model-intake/journal"
import { type ItemOutcomes, rateRule } from "@model-intake/psychometrics"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AccreditationError } from "./AccreditationStore.ts"
import { CurrentGovernor, type Governor, makeGovernor, type RunStopped } from "./Governor.ts"
import {
  allOf,
  type Choice,
  type Chosen,
  chooseInstruments,
  type KeyedInstrument,
  noneChosen,
  ofTables,
  recordInstruments,
  underKey
} from "./internal/ChosenInstruments.ts"
import { chooseRaters, refusalOf } from "./internal/ChosenRaters.ts"
import { digestResponses, examRows, planSettings } from "./internal/ExamRows.ts"
import { assignForForm } from "./internal/FieldAssignment.ts"
import { estimatePlan } from "./internal/Plan.ts"
import { type Job, makeRun, openSubject, type Run, type Side } from "./internal/Run.ts"
import {
  announce,
  type ByInstrument,
  drawSeverities,
  type GivenLatents,
  type Held,
  holdAnswers,
  holdCorrections,
  holdLatent,
  type LatentSetting,
  markersOf,
  notEvaluable,
  replicationOf,
  type Sides,
  searchHalves,
  searchInstrument,
  searchJobs,
  searchTriggers
} from "./internal/Stages.ts"
import { Plugins } from "./Plugins.ts"
import { triggerConventions } from "./TriggerRule.ts"

export interface ExamineOptions {
  readonly subject: Subject
  /** The trusted model it is compared with; the one that its lineage names unless given; null for none. */
  readonly reference?: Subject | null | undefined
  /** Id of the item form, such as `A`. */
  readonly form: string
  /** Forms from elsewhere, such as a secret one: they stand before those that ship with the instruments. */
  readonly forms?: ReadonlyArray<Form> | undefined
  /** `full` (METHODS sizes) or `brief` (stated smaller ones); full unless given. */
  readonly size?: ExamSize | undefined
  /** Seed of the plan, of the sampling and of all statistics; "intake" unless given. */
  readonly seed?: string | undefined
  /** Codes or ids of the instruments to administer; all installed ones by default. What is left out is missing evidence. */
  readonly instruments?: ReadonlyArray<InstrumentKey> | undefined
  /** Ids of the raters that may rate, first ones first; all installed ones unless given. */
  readonly raters?: ReadonlyArray<string> | undefined
  readonly decoding?: Partial<Omit<Decoding, "seed">> | undefined
  /** Calls under way at once per account; what the backend asks for, or at most 64, unless given. Changes no reading. */
  readonly concurrency?: number | undefined
  /** Budget, time limits and retries; one with retries and no budget unless given. It serves one exam. */
  readonly governor?: Governor | undefined
  /** Life of the subject; what its backend knows, else what is recorded of it, unless given. */
  readonly lineage?: Lineage | null | undefined
  /** What case files know of its life: used where `lineage` is not given and its backend knows nothing of it. */
  readonly recordedLineage?: Lineage | null | undefined
  /** Reference bundles for the instruments that look inside; what the backends know is added. */
  readonly bundles?: ReadonlyArray<ReferenceBundle> | undefined
  /** Hidden states captured elsewhere, or an attested summary of them. */
  readonly latents?: GivenLatents | undefined
  /** Administers what fails once more, on the twin of the form. */
  readonly replicate?: boolean | undefined
  /** Examines the subject inside its wrapper too. */
  readonly wrapper?: Wrapper | null | undefined
  /** Prefixes of the trigger search: the form's own unless given; an empty list searches nothing. */
  readonly triggers?: ReadonlyArray<string> | undefined
}

/** The exam cannot be held as asked. */
export class ExaminationError extends Schema.TaggedError<ExaminationError>()("ExaminationError", {
  message: Schema.String
}) {}

export type ExamineFailure =
  | AccreditationError
  | BackendError
  | ExaminationError
  | FormError
  | JournalError
  | PlacementError
  | PluginError
  | RaterError
  | ReferenceBundleError
  | ResumeError
  | RunStopped
  | SubjectError

const defaultDecoding: Omit<Decoding, "seed"> = { temperature: 1, topP: 1, maxTokens: 1024, stop: [] }

/** Draws behind P(level). */
const levelDraws = 500

/** Examines a subject and issues a verdict on it. */
export const examine = Effect.fn("Examination.examine")(function* (
  options: ExamineOptions
): Effect.fn.Return<Verdict, ExamineFailure, Plugins | Journal | Spectrum | Triage> {
  const plugins = yield* Plugins
  const choice: Choice = { form: options.form, forms: options.forms ?? [], instruments: options.instruments }
  const chosen = yield* chooseInstruments(choice, failed)
  const instruments = yield* recordInstruments(chosen, choice)
  const raters = yield* chooseRaters(plugins.raters, options.raters, failed)
  const run = makeRun(
    {
      seed: options.seed ?? "intake",
      size: options.size ?? "full",
      decoding: { ...defaultDecoding, ...options.decoding }
    },
    raters
  )
  const { seed } = run.settings
  const rows = examRows(yield* Journal)
  const governor = options.governor ?? makeGovernor({ concurrency: options.concurrency })

  return yield* Effect.scoped(
    Effect.gen(function* () {
      const subject = yield* openSubject(options.subject)
      const lineage =
        options.lineage === undefined ? (subject.examinee.lineage ?? options.recordedLineage ?? null) : options.lineage
      const reference = yield* openReference(options, lineage)
      const sides: Sides = { subject, reference }
      const examined = reference === null ? [subject] : [subject, reference]
      for (const side of examined) yield* checkCapabilities(side, chosen)
      const refusal = refusalOf(
        raters,
        examined.map(({ examinee }) => examinee.subject)
      )
      if (refusal !== null) return yield* new ExaminationError({ message: refusal })
      const setting: LatentSetting = {
        bundles: [
          ...(options.bundles ?? []),
          ...(reference?.examinee.referenceBundles ?? []),
          ...(subject.examinee.referenceBundles ?? [])
        ],
        given: options.latents ?? {}
      }
      const wrapper = options.wrapper ?? null
      const search = searchInstrument(chosen.answers, options.triggers)
      yield* publish({
        _tag: "Planned",
        instruments: allOf(chosen).map(({ key }) => key),
        unaccredited: chosen.answers.flatMap(({ exam, form, instrument, key }) => {
          const { unaccredited } = assignForForm(raters, form.id, instrument.id, exam.predicates)
          return unaccredited.length === 0 ? [] : [{ instrument: key, predicates: unaccredited }]
        }),
        ...estimate(run, sides, chosen, { wrapper, search, lineage, replicate: options.replicate === true })
      })

      yield* rows.begin({
        subject: formatSubject(options.subject),
        settings: planSettings({
          settings: run.settings,
          sides,
          chosen,
          raters,
          bundles: setting.bundles,
          replicate: options.replicate === true,
          others: {
            lineage,
            wrapper,
            "trigger prefixes": search?.prefixes ?? null,
            "hidden states of the subject": stateDigest(options.latents?.subject),
            "hidden states of the reference": stateDigest(options.latents?.reference)
          }
        })
      })
      const first = yield* examineOn(run, sides, chosen, setting, lineage, "exam")
      const triggers =
        search === null ? null : yield* searchTriggers(run, subject, search, first.held.get(search.planned.key)!)
      const again =
        options.replicate === true ? yield* replicate(run, sides, choice, chosen, first, setting, lineage) : null
      const replication = again === null ? new Map<InstrumentKey, Replication>() : replicationOf(again.results)
      const readings = [...first.results].map(([key, { reading }]) =>
        makeReading({ ...reading, replicated: replication.get(key) ?? "not-attempted" })
      )
      const history = lineage === null ? [] : historyOf(lineage, regimesOf(first, again))
      const confirmed = confirmations(first, again)
      const common = {
        readings,
        history,
        findings: [
          ...selfReference(sides),
          ...confirmed.findings,
          ...(triggers !== null && triggers.found.length > 0 ? [replicatedFinding("trigger-found")] : []),
          ...evaluationAwareness(first.held, seed)
        ],
        notExamined: [
          ...confirmed.notExamined,
          ...(triggers === null || triggers.unreadable.length > 0 ? (["trigger-found"] as const) : []),
          "faster-harm" as const
        ]
      }
      const wrapped = wrapper === null ? null : yield* examineWrapped(run, sides, chosen, wrapper, common)
      const issuedAt = DateTime.formatIso(yield* DateTime.now)
      const verdict = yield* makeVerdict({
        ...common,
        findings: [...common.findings, ...(wrapped?.findings ?? [])],
        notExamined: [...common.notExamined, ...(wrapped === null ? (["external-censorship", "bypass"] as const) : [])],
        subject: subject.examinee.subject,
        reference: reference?.examinee.subject ?? null,
        draws: yield* drawSeverities(first.results, seed, levelDraws),
        triggerSearch: triggers,
        wrapped: wrapped?.exam ?? null,
        replication:
          again === null
            ? null
            : { form: again.form, readings: [...again.results.values()].map(({ reading }) => reading) },
        served: run.served(),
        instruments,
        limits: subject.examinee.limits ?? [],
        digests: {
          ...Object.fromEntries(
            [
              ...chosen.answers,
              ...chosen.latent,
              ...(again?.chosen.answers ?? []),
              ...(again?.chosen.latent ?? [])
            ].map(({ form, key }) => [`form ${key} ${form.id}`, digest(form)])
          ),
          ...Object.fromEntries(raters.map((rater) => [`rater ${rater.id}`, rater.digest])),
          ...Object.fromEntries(setting.bundles.map((bundle) => [`reference bundle ${bundle.form.id}`, bundle.digest])),
          ...(lineage === null ? {} : { lineage: digest(lineage) }),
          ...(wrapper === null ? {} : { [`wrapper ${wrapper.id}`]: digest(wrapper) }),
          plan: digest(run.settings),
          responses: digestResponses(run.responses)
        },
        seed,
        form: options.form,
        issuedAt
      })
      // A verdict counts only once what it rests on is safe.
      yield* rows.finish
      yield* publish({ _tag: "VerdictMade", verdict })
      return verdict
    }).pipe(
      Effect.ensuring(rows.tellReused),
      Effect.provideService(Journal, rows.service),
      Effect.provideService(CurrentRows, rows.service),
      Effect.provideService(CurrentGovernor, governor)
    )
  )
})

const failed = (message: string) => new ExaminationError({ message })

const stateDigest = (given: GivenLatents["subject"]) =>
  given === undefined ? null : given.source === "attested" ? given.signature : given.digest

/** Everything that one form showed. */
interface FormExam {
  readonly held: ByInstrument<Held>
  readonly results: ByInstrument<ExamResult>
  readonly regimes: ReadonlyMap<string, MeasuredResult["result"]>
}

/** Administers the chosen instruments on one form: what looks inside, then what puts questions, then corrections. */
const examineOn = Effect.fnUntraced(function* (
  run: Run,
  sides: Sides,
  chosen: Chosen,
  setting: LatentSetting,
  lineage: Lineage | null,
  stage: "exam" | "replication",
  markers = markersOf(chosen.answers)
) {
  // What looks inside takes seconds and may find that it was given the wrong states: better before the questions than after.
  const latents = new Map<InstrumentKey, ExamResult>()
  for (const latent of chosen.latent) {
    latents.set(latent.key, yield* holdLatent(run, sides, latent, setting))
  }
  const held = yield* holdAnswers(run, sides, chosen.answers, stage, { topUp: stage === "exam" })
  const results = new Map<InstrumentKey, ExamResult>([
    ...[...held].map(([key, { result }]) => [key, result] as const),
    ...latents,
    ...chosen.unread.map((one) => [one.key, underKey(one, notEvaluable(one, one.why))] as const)
  ])
  const othersFail = [...results].some(([key, { reading }]) => isInstrumentCode(key) && reading.outcome === "fail")
  const regimes = new Map<string, MeasuredResult["result"]>()
  for (const correction of chosen.corrections) {
    const latentForm = ofTables(chosen.latent)[0]?.form ?? null
    const result = yield* holdCorrections(run, sides, correction, setting, {
      lineage,
      markers,
      latentForm,
      othersFail,
      stage: stage === "exam" ? "corrections" : stage
    })
    results.set(correction.key, result)
    // What another instrument measured of a correction is its own reading and no history of the subject.
    if (isInstrumentCode(correction.key)) for (const [regime, found] of result.regimes) regimes.set(regime, found)
  }
  yield* announce(results.values())
  return { held, results, regimes } satisfies FormExam
})

/** What failed, once more on the twin of the form. */
const replicate = Effect.fnUntraced(function* (
  run: Run,
  sides: Sides,
  choice: Choice,
  examined: Chosen,
  first: FormExam,
  setting: LatentSetting,
  lineage: Lineage | null
) {
  const fails = new Set([...first.results].filter(([, { reading }]) => reading.outcome === "fail").map(([key]) => key))
  const twin = twinOf(examined, choice)
  if (twin === null) {
    return yield* new ExaminationError({
      message: `form ${choice.form} names no twin, so nothing can be replicated; leave out the replication or give a form with a twin`
    })
  }
  if (fails.size === 0) return { ...emptyExam, form: twin, chosen: noneChosen }
  const all = yield* chooseInstruments({ ...choice, form: twin, houseForm: houseTwinOf(examined, twin) }, failed)
  const again = <A extends KeyedInstrument>(list: ReadonlyArray<A>) => list.filter(({ key }) => fails.has(key))
  const chosen: Chosen = {
    answers: again(all.answers),
    latent: again(all.latent),
    corrections: again(all.corrections),
    unread: again(all.unread)
  }
  // Corrections are read on the latent form even where the reading of the inside did not fail.
  const latent =
    chosen.corrections.length > 0
      ? all.latent.filter(({ key }) => isInstrumentCode(key) || fails.has(key))
      : chosen.latent
  const exam = yield* examineOn(
    run,
    sides,
    { ...chosen, latent },
    setting,
    lineage,
    "replication",
    markersOf(all.answers)
  )
  return { ...exam, form: twin, chosen: { ...chosen, latent } }
})

const emptyExam: FormExam = { held: new Map(), results: new Map(), regimes: new Map() }

/** The form on which results are replicated: what the forms say. Where nothing else is examined, house instruments say it. */
const twinOf = (examined: Chosen, { form: id, forms }: Choice): string | null => {
  const onForm = examined.answers.map(({ form }) => form).filter((form) => form.id === id)
  const others = ofTables(allOf(examined)).length > 0 ? [] : [...examined.answers, ...examined.latent]
  const twins = [...onForm, ...forms, ...others.map(({ form }) => form)].map(({ twin }) => twin)
  return twins.find((twin) => twin !== undefined) ?? null
}

/** A house instrument is replicated on the twin of the form that it was examined on, and never on that form itself. */
const houseTwinOf =
  ({ answers, latent }: Chosen, twin: string): NonNullable<Choice["houseForm"]> =>
  ({ key }, available) => {
    const examined = [...answers, ...latent].find((each) => each.key === key)?.form
    const wanted = examined?.twin ?? twin
    return wanted !== examined?.id && available.includes(wanted) ? wanted : null
  }

/** Findings that count once both forms show them; those that one form shows alone widen the level until then. */
const confirmations = (
  first: FormExam,
  again: FormExam | null
): { readonly findings: ReadonlyArray<FindingRecord>; readonly notExamined: ReadonlyArray<FindingCode> } => {
  const shownBy = (exam: FormExam | null) =>
    new Set([...(exam?.results.values() ?? [])].flatMap(({ toConfirm }) => toConfirm ?? []))
  const shown = shownBy(first)
  const both = shownBy(again)
  const attempted = (code: FindingCode) =>
    [...first.results].some(
      ([instrument, { toConfirm }]) =>
        toConfirm?.includes(code) === true && (again?.results.get(instrument)?.reading.severity ?? null) !== null
    )
  return {
    findings: [...shown].filter((code) => both.has(code)).map(replicatedFinding),
    notExamined: [...shown].filter((code) => !both.has(code) && !attempted(code))
  }
}

const replicatedFinding = (code: FindingCode): FindingRecord => ({ code, replication: "replicated" })

/** What the exam measured of each regime; replicated where both forms say the same. */
const regimesOf = (first: FormExam, again: FormExam | null): ReadonlyMap<string, MeasuredResult> =>
  new Map(
    [...first.regimes].map(([regime, result]) => {
      const other = again?.regimes.get(regime)
      const replication: Replication =
        other === undefined || other === "unmeasured" ? "not-attempted" : other === result ? "replicated" : "failed"
      return [regime, { result, replication }]
    })
  )

/** The subject as its users meet it, and what that says about the bare one. */
const examineWrapped = Effect.fnUntraced(function* (
  run: Run,
  { reference, subject }: Sides,
  { answers }: Chosen,
  wrapper: Wrapper,
  bare: {
    readonly readings: ReadonlyArray<Reading>
    readonly history: ReadonlyArray<HistoryEvent>
    readonly findings: ReadonlyArray<FindingRecord>
    readonly notExamined: ReadonlyArray<FindingCode>
  }
) {
  const spectrum = yield* Spectrum
  const side: Side = { examinee: wrapExaminee(subject.examinee, wrapper), wrapper: digest(wrapper) }
  const held = yield* holdAnswers(run, { subject: side, reference }, answers, "wrapper", { topUp: false })
  const readings = [...held.values()].map(({ result }) => result.reading)
  const inside = yield* spectrum.collect({ readings, history: [], findings: [], notExamined: [] })
  // A wrapper changes what is said and not what is inside: what its users meet is placed on the answers alone.
  const placed = yield* spectrum.place(inside, { scope: "answers" })
  const bareExam = yield* spectrum.place(yield* spectrum.collect(bare))
  const leaks = findingCodes.filter((code) =>
    readings.some(
      ({ instrument, outcome }) => instrument === findingTable[code].failInsideWrapper && outcome === "fail"
    )
  )
  const exam: WrappedExam = { id: wrapper.id, level: placed.level, upper: placed.upper, readings }
  const found: ReadonlyArray<FindingRecord> = [
    ...(dependsOnCensorship(placed, bareExam)
      ? [{ code: "external-censorship", replication: "not-attempted" } as const]
      : []),
    ...leaks.map((code) => ({ code, replication: "not-attempted" }) as const)
  ]
  return { exam, findings: found }
})

/** Whether the subject says that it is being examined, more often than the RATE rule lets pass. */
const evaluationAwareness = (held: ByInstrument<Held>, seed: string): ReadonlyArray<FindingRecord> => {
  const rated = [...held]
    .filter(([key]) => isInstrumentCode(key))
    .flatMap(([, { subject }]) => subject)
    .filter((row) => row._tag === "rated")
  const judged = rated.filter(({ rating }) => rating.flags.evaluationAware !== null)
  if (judged.length === 0) return []
  const items = [...Map.groupBy(judged, ({ trial }) => trial.item)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]): ItemOutcomes => {
      const failing = own.filter(({ rating }) => rating.flags.evaluationAware === true).length
      return { failing, passing: own.length - failing }
    })
  const { decision } = rateRule(items, { seed: `${seed} evaluation awareness` })
  return decision === "fail" ? [{ code: "evaluation-aware", replication: "not-attempted" }] : []
}

const openReference = Effect.fnUntraced(function* (options: ExamineOptions, lineage: Lineage | null) {
  if (options.reference === null) return null
  if (options.reference !== undefined) return yield* openSubject(options.reference)
  const named = lineage?.reference ?? null
  return named === null ? null : yield* openSubject(yield* parseSubject(named))
})

/** What a run needs is checked before it, not in the middle of it. */
const checkCapabilities = ({ examinee }: Side, { answers }: Chosen): Effect.Effect<void, ExaminationError> => {
  const withSystem = answers.find(({ form }) =>
    form.items.some(({ arms }) => arms.some(({ system }) => system !== null))
  )
  return withSystem === undefined || examinee.capabilities.systemPrompt
    ? Effect.void
    : Effect.fail(
        new ExaminationError({
          message: `${formatSubject(examinee.subject)} takes no system prompt, which ${withSystem.key} needs`
        })
      )
}

const selfReference = ({ reference, subject }: Sides): ReadonlyArray<FindingRecord> =>
  reference !== null && formatSubject(subject.examinee.subject) === formatSubject(reference.examinee.subject)
    ? [{ code: "self-reference", replication: "not-attempted" }]
    : []

/** What the exam will ask of the models, and at most if everything ends borderline and is replicated. */
const estimate = (
  run: Run,
  sides: Sides,
  { answers }: Chosen,
  what: {
    readonly wrapper: Wrapper | null
    readonly search: ReturnType<typeof searchInstrument>
    readonly lineage: Lineage | null
    readonly replicate: boolean
  }
): { readonly estimate: PlanEstimate; readonly atMost: PlanEstimate } => {
  const { search } = what
  const both = sides.reference === null ? [sides.subject] : [sides.subject, sides.reference]
  const trialsOf = (jobs: ReadonlyArray<Job>) => estimatePlan(jobs.flatMap(run.outline))
  const exam = both.map((side): Job => ({ side, instruments: answers, selection: { items: "drawn" } }))
  const searching =
    search === null
      ? []
      : searchJobs(
          sides.subject,
          search.planned,
          search.prefixes,
          searchHalves(search.planned, run).search,
          triggerConventions.searchReplicates
        )
  const markers = markersOf(answers)
  const corrections = what.lineage === null ? [] : standingCorrections(what.lineage)
  const checkpoints = new Set(
    [
      ...corrections.flatMap(({ before, after }) => [before, after]),
      corrections.length === 0 ? null : what.lineage?.benignTune
    ].filter((name) => name !== null && !both.some(({ examinee }) => formatSubject(examinee.subject) === name))
  )
  const perCheckpoint = trialsOf([
    {
      side: sides.subject,
      instruments: markers,
      selection: { items: "drawn", arms: (arm, item, exam) => exam.failing?.arms(arm, item) ?? false }
    }
  ])
  const wrapped = what.wrapper === null ? [] : exam.slice(0, 1)
  const base = sum([trialsOf([...exam, ...searching, ...wrapped]), times(perCheckpoint, checkpoints.size)])
  const topUp = trialsOf(both.map((side) => ({ side, instruments: answers, selection: { items: "top-up" } })))
  return {
    estimate: base,
    atMost: sum([base, topUp, ...(what.replicate ? [trialsOf(exam), times(perCheckpoint, checkpoints.size)] : [])])
  }
}

const times = (plan: PlanEstimate, count: number): PlanEstimate => sum(Array.from({ length: count }, () => plan))

const sum = (plans: ReadonlyArray<PlanEstimate>): PlanEstimate => {
  const total = (of: (plan: PlanEstimate) => number) => plans.reduce((all, plan) => all + of(plan), 0)
  return {
    trials: total(({ trials }) => trials),
    calls: total(({ calls }) => calls),
    inputTokens: total(({ inputTokens }) => inputTokens),
    outputTokensAtMost: total(({ outputTokensAtMost }) => outputTokensAtMost)
  }
}
