/**
 * The facade for programs that do not use Effect: plain promises, plain values. A rejected promise carries one of the
 * tagged errors of this package, whose `message` is one sentence for people.
 */

import type { ScreeningReport, Verdict } from "@model-intake/core"
import {
  type ContextDecision,
  type DeploymentContext,
  type Event,
  Events,
  type Plugin,
  Spectrum,
  Triage
} from "@model-intake/core"
import { Journal, type JournalOptions, journalLayer } from "@model-intake/journal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { type ExamineOptions, examine } from "./Examination.ts"
import { Plugins } from "./Plugins.ts"
import { type ScreenOptions, screen } from "./Screening.ts"

export interface IntakeOptions {
  /** In the order of precedence: where two raters rate the same field, the first one's rating counts. */
  readonly plugins: ReadonlyArray<Plugin>
  /** Settings by plugin id. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Keeps exams in a file, to be resumed; in memory for as long as this object lives unless given. */
  readonly journal?: JournalOptions
  /** Called with each event while work is under way. */
  readonly onEvent?: (event: Event) => void
}

export interface Intake {
  /** Screens transcript files. Rejects with `TranscriptError` at the first invalid line unless `skipInvalid` is set. */
  readonly screen: (files: ReadonlyArray<string>, options?: ScreenOptions) => Promise<ScreeningReport>
  /** Examines a subject. The journal of the exam lives as long as this object. */
  readonly examine: (options: ExamineOptions) => Promise<Verdict>
  /** Whether a verdict opens a context of use, and the reasons. */
  readonly gate: (verdict: Verdict, context: DeploymentContext) => ContextDecision
  /** Releases what the plugins hold. */
  readonly close: () => Promise<void>
}

/** Builds the facade. Plugins start only when they are needed. */
export const makeIntake = (options: IntakeOptions): Intake => {
  const runtime = ManagedRuntime.make(
    Layer.mergeAll(
      Plugins.layer(options.plugins, options.settings),
      options.journal === undefined ? Journal.layerMemory : journalLayer(options.journal),
      Spectrum.layer,
      Triage.layer,
      Layer.succeed(Events, (event: Event) => Effect.sync(() => options.onEvent?.(event)))
    )
  )
  return {
    screen: (files, screenOptions) => runtime.runPromise(screen(files, screenOptions)),
    examine: (examineOptions) => runtime.runPromise(examine(examineOptions)),
    gate: (verdict, context) => verdict.contexts[context],
    close: () => runtime.dispose()
  }
}
