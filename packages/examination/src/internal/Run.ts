/** A run of the exam: opens models, puts trials to them and has the answers rated, part by part. */

import type {
  Administered,
  BackendError,
  Decoding,
  Digest,
  Examinee,
  ExamSize,
  InstrumentKey,
  Rater,
  RaterError,
  Response,
  Trial
} from "@model-intake/core"
import {
  type Activity,
  type PluginError,
  parseSubject,
  publish,
  type Stage,
  type Subject,
  type SubjectError
} from "@model-intake/core"
import type { Journal, JournalError } from "@model-intake/journal"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { CurrentGovernor, governed, type RunStopped } from "../Governor.ts"
import { Plugins } from "../Plugins.ts"
import { administer } from "./Administration.ts"
import type { PlannedInstrument } from "./ChosenInstruments.ts"
import { type PlanOptions, planTrials, planUnnamed, type Selection } from "./Plan.ts"
import { rateRows } from "./Ratings.ts"
import { makeServedModels, type ServedModels } from "./ServedModels.ts"

/** A model that questions are put to, bare or in its wrapper. */
export interface Side {
  readonly examinee: Examinee
  readonly wrapper: Digest | null
}

export interface RunSettings {
  readonly seed: string
  readonly size: ExamSize
  readonly decoding: Omit<Decoding, "seed">
}

/** What is put to whom. */
export interface Job {
  readonly side: Side
  readonly instruments: ReadonlyArray<PlannedInstrument>
  readonly selection: Selection
}

/** Rated rows by instrument. */
export type Rows = ReadonlyMap<InstrumentKey, ReadonlyArray<Administered>>

export interface Run {
  readonly settings: RunSettings
  readonly raters: ReadonlyArray<Rater>
  /** What a job would ask, for estimates. */
  readonly outline: (job: Job) => ReadonlyArray<Pick<Trial, "request">>
  readonly put: (stage: Stage, jobs: ReadonlyArray<Job>) => Effect.Effect<ReadonlyArray<Rows>, RunFailure, Journal>
  /** Every response so far by trial: what a verdict's digest of responses is of. */
  readonly responses: ReadonlyMap<Digest, Response>
  /** What each model was answered as, by what its server said. */
  readonly served: ServedModels["served"]
}

export type RunFailure = JournalError | RaterError | RunStopped

export const makeRun = (settings: RunSettings, raters: ReadonlyArray<Rater>): Run => {
  const responses = new Map<Digest, Response>()
  const servedModels = makeServedModels()
  const optionsOf = (side: Side): PlanOptions => ({
    ...settings,
    // The backend says what it opened: a pinned revision, the full name behind a short one.
    subject: side.examinee.subject,
    seeded: side.examinee.capabilities.seed,
    wrapper: side.wrapper
  })
  const plan = ({ side, instruments, selection }: Job) => planTrials(instruments, selection, optionsOf(side))
  return {
    settings,
    raters,
    outline: ({ side, instruments, selection }) => planUnnamed(instruments, selection, optionsOf(side)),
    responses,
    served: servedModels.served,
    put: Effect.fnUntraced(function* (stage, jobs) {
      const planned = jobs.map((job) => ({ job, trials: plan(job) }))
      const total = planned.reduce((count, { trials }) => count + trials.length, 0)
      if (total === 0) return jobs.map(() => new Map())
      yield* publish({ _tag: "StageStarted", stage, trials: total })
      const governor = yield* CurrentGovernor
      let done = 0
      const rows: Array<Rows> = []
      for (const { job, trials } of planned) {
        const { examinee } = job.side
        const said = yield* timed(
          "generation",
          administer(examinee, trials, governor.ceiling(examinee), (trial, response) =>
            publish({
              _tag: "TrialDone",
              stage,
              trial: trial.id,
              answered: response._tag === "answered",
              done: ++done,
              total
            })
          )
        )
        // Rows by trial id: the order in which they were put changes nothing after this.
        const ordered = trials
          .map((trial, index) => ({ trial, response: said[index]! }))
          .sort((a, b) => (a.trial.id < b.trial.id ? -1 : 1))
        for (const { trial, response } of ordered) responses.set(trial.id, response)
        const own = servedModels.ofOneModel(examinee.subject, ordered)
        const byInstrument = Map.groupBy(own, ({ trial }) => trial.instrument)
        const rated = new Map<InstrumentKey, ReadonlyArray<Administered>>()
        for (const one of job.instruments) {
          const asked = byInstrument.get(one.key) ?? []
          rated.set(one.key, yield* timed("rating", rateRows(one, raters, asked)))
          // What a judge could not be asked for any more is no rating that failed.
          const stopped = governor.stopped()
          if (stopped !== null) return yield* stopped
        }
        rows.push(rated)
      }
      return rows
    })
  }
}

/** Tells how long an effect took. Nothing that is read depends on it. */
export const timed = <A, E, R>(activity: Activity, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.timed(effect), ([duration, value]) =>
    Effect.as(publish({ _tag: "Timed", activity, milliseconds: Duration.toMillis(duration) }), value)
  )

/** Opens a model for as long as the run takes. */
export const openSubject = Effect.fnUntraced(function* (
  subject: Subject
): Effect.fn.Return<Side, BackendError | PluginError, Plugins | Scope.Scope> {
  const backend = yield* (yield* Plugins).backend(subject.backend)
  return { examinee: governed(yield* backend.open(subject), "subject"), wrapper: null }
})

/** Opens a model by the name that a lineage gives it. */
export const openNamed = (
  name: string
): Effect.Effect<Side, BackendError | PluginError | SubjectError, Plugins | Scope.Scope> =>
  Effect.flatMap(parseSubject(name), openSubject)
