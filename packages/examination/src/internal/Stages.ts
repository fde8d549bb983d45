/** The parts of an examination: each puts what it needs, reads it, and knows nothing of the others. */

import type { Activations, AttestedSummary, BackendError, Form, SeverityDraw } from "@model-intake/core"
import {
  type Administered,
  type BehaviouralMarker,
  behaviouralMarkers,
  type CheckpointMeasure,
  type CorrectionResult,
  digest,
  type ExamResult,
  formatSubject,
  type InstrumentCode,
  type InstrumentKey,
  instrumentCodes,
  isInstrumentCode,
  type LatentSide,
  type Lineage,
  type MeasuredRegime,
  makeReading,
  publish,
  type ReferenceBundle,
  type ReferenceBundleError,
  type Replication,
  type Severity,
  type Stage,
  standingCorrections,
  type TriggerSearch
} from "@model-intake/core"
import { coordinatesOf, measureCoordinates } from "@model-intake/instruments"
import type { Journal } from "@model-intake/journal"
import { deriveSeed, holm, type ItemOutcomes, makeRandom } from "@model-intake/psychometrics"
import * as Effect from "effect/Effect"
import type { Plugins } from "../Plugins.ts"
import { confirmTriggers, type PrefixOutcomes, suspectPrefixes, triggerConventions } from "../TriggerRule.ts"
import {
  type CorrectionInstrument,
  type KeyedInstrument,
  type LatentInstrument,
  ofTables,
  type PlannedInstrument,
  underKey
} from "./ChosenInstruments.ts"
import { assignForForm } from "./FieldAssignment.ts"
import { drawItems, type Selection } from "./Plan.ts"
import { reportRaters } from "./RaterReport.ts"
import { type Job, openNamed, type Run, type RunFailure, type Side, timed } from "./Run.ts"

/** Subject and reference of a part of the exam. */
export interface Sides {
  readonly subject: Side
  readonly reference: Side | null
}

/** What an instrument with questions found, with the rows it read. */
export interface Held {
  readonly planned: PlannedInstrument
  readonly subject: ReadonlyArray<Administered>
  readonly reference: ReadonlyArray<Administered> | null
  readonly result: ExamResult
}

export type ByInstrument<A> = ReadonlyMap<InstrumentKey, A>

const reading = <A>(evaluate: () => A): Effect.Effect<A> => timed("statistics", Effect.sync(evaluate))

/** Puts the questions to subject and reference and reads the answers; a BORDERLINE buys its one top-up of items. */
export const holdAnswers = Effect.fn("Examination.answers")(function* (
  run: Run,
  { subject, reference }: Sides,
  instruments: ReadonlyArray<PlannedInstrument>,
  stage: Stage,
  { topUp }: { readonly topUp: boolean }
): Effect.fn.Return<ByInstrument<Held>, RunFailure, Journal> {
  const jobs = (chosen: ReadonlyArray<PlannedInstrument>, selection: Selection): ReadonlyArray<Job> =>
    (reference === null ? [subject] : [subject, reference]).map((side) => ({ side, instruments: chosen, selection }))
  const seed = run.settings.seed
  const held = new Map<InstrumentKey, Held>()
  const [own, compared] = yield* run.put(stage, jobs(instruments, { items: "drawn" }))
  const read = (
    planned: PlannedInstrument,
    rows: Pick<Held, "subject" | "reference">,
    toppedUp: boolean,
    pool: ReadonlyArray<Administered>
  ) =>
    reading(() => {
      const { exam, form, instrument } = planned
      const { deciding: raters } = assignForForm(run.raters, form.id, instrument.id, exam.predicates)
      const result = reportRaters(exam.read({ form, ...rows, toppedUp, seed, raters }), {
        instrument,
        exam,
        raters,
        rows: [...rows.subject, ...(rows.reference ?? [])],
        pool
      })
      return underKey(planned, result)
    })
  const drawn = [...own!.values(), ...(compared?.values() ?? [])].flat()
  for (const planned of instruments) {
    const { key } = planned
    const rows = { subject: own!.get(key) ?? [], reference: compared?.get(key) ?? null }
    const result = yield* read(planned, rows, false, drawn)
    held.set(key, { planned, ...rows, result })
  }
  if (!topUp) return held
  const borderline = [...held.values()].filter(({ result }) => result.reading.outcome === "borderline")
  const [more, moreCompared] = yield* run.put(
    "top-up",
    jobs(
      borderline.map(({ planned }) => planned),
      { items: "top-up" }
    )
  )
  const pool = [drawn, ...more!.values(), ...(moreCompared?.values() ?? [])].flat()
  for (const before of borderline) {
    const { planned } = before
    const { key } = planned
    const added = more!.get(key) ?? []
    if (added.length === 0) continue
    const rows = {
      subject: [...before.subject, ...added],
      reference: before.reference === null ? null : [...before.reference, ...(moreCompared?.get(key) ?? [])]
    }
    const result = yield* read(planned, rows, true, pool)
    held.set(key, { planned, ...rows, result })
  }
  return held
})

/** The reading of an instrument that could not be examined: missing evidence with its cause. */
export const notEvaluable = ({ instrument: { title, version }, key }: KeyedInstrument, why: string): ExamResult => ({
  reading: makeReading({
    instrument: key,
    instrumentVersion: version,
    outcome: "not-evaluable",
    measure: { label: title.toLowerCase(), unit: "coordinate" },
    n: 0,
    coverage: { rated: 0, total: 0 },
    sentence: why
  }),
  pValue: null,
  redraw: () => null
})

/** Hidden states that come from elsewhere. */
export interface GivenLatents {
  readonly subject?: Activations | AttestedSummary | undefined
  readonly reference?: Activations | undefined
}

export interface LatentSetting {
  readonly bundles: ReadonlyArray<ReferenceBundle>
  readonly given: GivenLatents
}

/** The bundle that was made with this reference on this form, or why there is none. */
const bundleFor = (
  { bundles }: LatentSetting,
  form: Form,
  reference: Side | null
): ReferenceBundle | { readonly why: string } => {
  const formDigest = digest(form)
  const name = reference === null ? null : formatSubject(reference.examinee.subject)
  const onForm = bundles.filter((bundle) => bundle.form.digest === formDigest)
  const found = onForm.find((bundle) => name === null || bundle.reference === name)
  if (found !== undefined) return found
  const has = onForm.length === 0 ? "" : `; there is one of ${onForm.map((bundle) => bundle.reference).join(", ")}`
  return {
    why: `There is no reference bundle of ${name ?? "any reference"} on form ${form.id}${has}. Make one with intake reference build.`
  }
}

/** Looks inside: coordinates of subject and reference on frozen poles. */
export const holdLatent = Effect.fn("Examination.latent")(function* (
  run: Run,
  sides: Sides,
  latent: LatentInstrument,
  setting: LatentSetting
): Effect.fn.Return<ExamResult, ReferenceBundleError> {
  return yield* lookInside(run, sides, latent, setting).pipe(
    // A backend that fails here leaves the inside unseen: missing evidence, and the questions are still worth asking.
    Effect.catchTag("BackendError", ({ message }) => Effect.succeed(notEvaluable(latent, `${message}.`))),
    Effect.map((result) => underKey(latent, result))
  )
})

const lookInside = Effect.fnUntraced(function* (
  run: Run,
  { subject, reference }: Sides,
  latent: LatentInstrument,
  setting: LatentSetting
): Effect.fn.Return<ExamResult, BackendError | ReferenceBundleError> {
  const { exam, form } = latent
  const bundle = bundleFor(setting, form, reference)
  if ("why" in bundle) return notEvaluable(latent, bundle.why)
  const { given } = setting
  const canSee = (side: Side) => side.examinee.activations !== undefined
  if (given.subject === undefined && !canSee(subject)) {
    return notEvaluable(
      latent,
      `${formatSubject(subject.examinee.subject)} hands out no hidden states, and none were given.`
    )
  }
  const states = (side: Side, activations: Activations | undefined) =>
    timed(
      "hidden states",
      activations === undefined
        ? measureCoordinates(bundle, form, side.examinee)
        : coordinatesOf(bundle, form, activations)
    )
  const own: LatentSide =
    given.subject?.source === "attested"
      ? { _tag: "attested", summary: given.subject }
      : { _tag: "measured", coordinates: yield* states(subject, given.subject) }
  const compared =
    reference === null || own._tag === "attested" || (given.reference === undefined && !canSee(reference))
      ? null
      : yield* states(reference, given.reference)
  return yield* reading(() =>
    exam.read({
      form,
      bundle,
      subject: own,
      reference: compared,
      selfReference:
        reference !== null && formatSubject(reference.examinee.subject) === formatSubject(subject.examinee.subject),
      access: own._tag === "attested" ? "attested" : "white-box",
      seed: run.settings.seed
    })
  )
})

/** What a correction looks like on its checkpoints: behaviour by the markers, the inside by the bundle's poles. */
export const holdCorrections = Effect.fn("Examination.corrections")(function* (
  run: Run,
  { reference }: Sides,
  correction: CorrectionInstrument,
  setting: LatentSetting,
  what: {
    readonly lineage: Lineage | null
    readonly markers: ReadonlyArray<PlannedInstrument>
    readonly latentForm: Form | null
    readonly othersFail: boolean
    readonly stage: Stage
  }
): Effect.fn.Return<CorrectionResult, BackendError | ReferenceBundleError | RunFailure, Journal | Plugins> {
  const { latentForm, lineage, markers, othersFail, stage } = what
  const found = latentForm === null ? null : bundleFor(setting, latentForm, reference)
  const bundle = found === null || "why" in found ? null : found
  const measured = new Map<string, CheckpointMeasure | null>()
  const measureSide = Effect.fnUntraced(function* (name: string, side: Side) {
    const [rows] = yield* run.put(stage, [
      {
        side,
        instruments: markers,
        selection: { items: "drawn", arms: (arm, item, own) => own.failing?.arms(arm, item) ?? false }
      }
    ])
    const failing: Partial<Record<BehaviouralMarker, ReadonlyMap<string, ItemOutcomes>>> = {}
    for (const planned of markers) {
      if (!isBehaviouralMarker(planned.key)) continue
      failing[planned.key] = planned.exam.failing!.outcomes(planned.form, rows!.get(planned.key) ?? [])
    }
    const coordinates =
      bundle === null || side.examinee.activations === undefined
        ? null
        : yield* timed("hidden states", measureCoordinates(bundle, latentForm!, side.examinee))
    return { subject: name, failing, coordinates } satisfies CheckpointMeasure
  })
  const measure = Effect.fnUntraced(function* (name: string | null) {
    if (name === null) return null
    const known = measured.get(name)
    if (known !== undefined) return known
    const made = yield* Effect.scoped(
      Effect.flatMap(openNamed(name), (side) => measureSide(name, side)).pipe(
        // A checkpoint that is gone leaves its regime unmeasured; it does not end the exam.
        Effect.catchTags({
          BackendError: () => Effect.succeed(null),
          PluginError: () => Effect.succeed(null),
          SubjectError: () => Effect.succeed(null)
        })
      )
    )
    measured.set(name, made)
    return made
  })

  const corrections = lineage === null ? [] : standingCorrections(lineage)
  const regimes: Array<MeasuredRegime> = []
  for (const { after, before, regime } of new Map(corrections.map((event) => [event.regime, event])).values()) {
    regimes.push({ name: regime, before: yield* measure(before), after: yield* measure(after) })
  }
  const compared =
    reference === null || regimes.length === 0
      ? null
      : yield* measureSide(formatSubject(reference.examinee.subject), reference).pipe(
          Effect.catchTag("BackendError", () => Effect.succeed(null))
        )
  const benign = regimes.length === 0 ? null : yield* measure(lineage?.benignTune ?? null)
  return yield* reading(() =>
    correction.exam.read({
      reference: compared,
      regimes,
      benign,
      deltaCosines: lineage?.deltaCosines ?? [],
      othersFail,
      access: bundle === null ? "none" : "white-box",
      seed: run.settings.seed
    })
  ).pipe(Effect.map((result) => underKey(correction, result)))
})

const isBehaviouralMarker = (key: InstrumentKey): key is BehaviouralMarker =>
  behaviouralMarkers.some((marker) => marker === key)

/** Markers of the tables whose answers fail one by one. */
export const markersOf = (answers: ReadonlyArray<PlannedInstrument>): ReadonlyArray<PlannedInstrument> =>
  answers.filter(({ exam, key }) => exam.failing !== undefined && isBehaviouralMarker(key))

/**
 * The instrument of the tables on whose items triggers are searched: the first that brings prefixes, or the first that
 * can.
 */
export const searchInstrument = (
  answers: ReadonlyArray<PlannedInstrument>,
  prefixes: ReadonlyArray<string> | undefined
): { readonly planned: PlannedInstrument; readonly prefixes: ReadonlyArray<string> } | null => {
  const able = ofTables(answers).filter(({ exam }) => exam.failing !== undefined)
  const planned = able.find(({ form }) => form.lists?.prefixes !== undefined) ?? able[0]
  if (planned === undefined) return null
  const chosen = prefixes ?? planned.form.lists?.prefixes ?? []
  return chosen.length === 0 ? null : { planned, prefixes: chosen }
}

/** Halves the drawn items of an instrument: one half searches, the other confirms. */
export const searchHalves = (planned: PlannedInstrument, run: Pick<Run, "settings">) => {
  const ids = drawItems(planned.exam, planned.form, run.settings).map(({ id }) => id)
  const shuffled = makeRandom(deriveSeed(run.settings.seed, "trigger halves")).shuffle(ids.sort())
  const middle = Math.ceil(shuffled.length / 2)
  return { search: new Set(shuffled.slice(0, middle)), confirm: new Set(shuffled.slice(middle)) }
}

/** One job per prefix of a trigger search. */
export const searchJobs = (
  side: Side,
  planned: PlannedInstrument,
  prefixes: ReadonlyArray<string>,
  items: ReadonlySet<string>,
  replicates: number
): ReadonlyArray<Job> =>
  prefixes.map((prefix) => ({
    side,
    instruments: [planned],
    selection: {
      items,
      prefix,
      replicates,
      arms: (arm, item, exam) => exam.failing?.arms(arm, item) ?? false
    }
  }))

/** Searches hidden triggers, on the items of an instrument that was held. */
export const searchTriggers = Effect.fn("Examination.triggers")(function* (
  run: Run,
  side: Side,
  { planned, prefixes }: { readonly planned: PlannedInstrument; readonly prefixes: ReadonlyArray<string> },
  held: Held
): Effect.fn.Return<TriggerSearch, RunFailure, Journal> {
  const outcomes = (rows: ReadonlyArray<Administered>) => planned.exam.failing!.outcomes(planned.form, rows)
  const seed = `${run.settings.seed} triggers`
  const halves = searchHalves(planned, run)
  const bare = outcomes(
    held.subject.filter(({ trial }) => {
      const item = planned.form.items.find(({ id }) => id === trial.item)!
      return planned.exam.failing!.arms(item.arms.find(({ id }) => id === trial.arm)!, item)
    })
  )
  const put = Effect.fnUntraced(function* (chosen: ReadonlyArray<string>, items: ReadonlySet<string>, times: number) {
    const rows = yield* run.put("trigger search", searchJobs(side, planned, chosen, items, times))
    return chosen.map(
      (prefix, index): PrefixOutcomes => ({ prefix, with: outcomes(rows[index]!.get(planned.key) ?? []) })
    )
  })
  const searched = yield* put(prefixes, halves.search, triggerConventions.searchReplicates)
  const { suspects, unreadable } = suspectPrefixes(searched, bare, seed)
  const again = yield* put(suspects, halves.confirm, triggerConventions.confirmReplicates)
  return {
    prefixes: [...prefixes],
    items: halves.search.size,
    found: confirmTriggers(again, bare, seed),
    unreadable: [...unreadable]
  }
})

/**
 * How the failures of an exam fared on the other form: replicated where it fails there too and survives Holm over all ten
 * instruments. A house instrument stands on its own p-value, and one that has none cannot be confirmed. Where the other
 * form could not be evaluated nothing was attempted.
 */
export const replicationOf = (again: ByInstrument<ExamResult>): ByInstrument<Replication> => {
  const pValues = instrumentCodes.map((code) => again.get(code)?.pValue ?? 1)
  const { rejected } = holm(pValues, replicationAlpha)
  const isShown = (key: InstrumentKey, pValue: number | null): boolean | null => {
    if (isInstrumentCode(key)) return rejected[instrumentCodes.indexOf(key)] === true
    return pValue === null ? null : pValue <= replicationAlpha
  }
  return new Map(
    [...again].map(([key, { pValue, reading: found }]): [InstrumentKey, Replication] => {
      if (found.severity === null) return [key, "not-attempted"]
      if (found.outcome !== "fail") return [key, "failed"]
      const shown = isShown(key, pValue)
      return [key, shown === null ? "not-attempted" : shown ? "replicated" : "failed"]
    })
  )
}

/** Chance of confirming by accident: over all ten together, and over each house instrument alone. */
const replicationAlpha = 0.05

/** Draws behind P(level): every instrument of the tables resamples its items by a stream of its own. */
export const drawSeverities = (
  results: ByInstrument<ExamResult>,
  seed: string,
  count: number
): Effect.Effect<ReadonlyArray<SeverityDraw>> =>
  reading(() => {
    const columns = new Map(
      [...results]
        .filter(([key]) => isInstrumentCode(key))
        .map(([code, { redraw }]) => {
          const random = makeRandom(deriveSeed(seed, `severities ${code}`))
          return [code, Array.from({ length: count }, () => redraw(random))] as const
        })
    )
    return Array.from(
      { length: count },
      (_, draw) =>
        Object.fromEntries(instrumentCodes.map((code) => [code, columns.get(code)?.[draw] ?? null])) as Record<
          InstrumentCode,
          Severity | null
        >
    )
  })

/** Tells what an instrument found. */
export const announce = (results: Iterable<ExamResult>): Effect.Effect<void> =>
  Effect.forEach(results, (result) => publish({ _tag: "ReadingMade", reading: result.reading }), { discard: true })
