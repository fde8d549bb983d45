/**
 * What happens while work is under way. Progress bars, logs and reports subscribe; nobody's result depends on it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { BackendReason, Usage } from "./Backend.ts"
import type { Digest } from "./Digest.ts"
import type { Reading } from "./Reading.ts"
import type { Verdict } from "./Verdict.ts"

/** What a number of trials asks of a model. Tokens are guesses: a token is taken as four characters. */
export interface PlanEstimate {
  readonly trials: number
  /** One per turn. */
  readonly calls: number
  readonly inputTokens: number
  /** If every answer were as long as it may be. */
  readonly outputTokensAtMost: number
}

/** Parts of an examination that put questions. */
export type Stage = "exam" | "top-up" | "trigger search" | "wrapper" | "corrections" | "replication"

/** What an examination spends its time on. */
export type Activity = "generation" | "hidden states" | "rating" | "statistics"

export type Event =
  /** Screening has read and rated up to here. `bytesTotal` is null where an input does not tell its size. */
  | {
      readonly _tag: "Screened"
      readonly bytesRead: number
      readonly bytesTotal: number | null
      readonly transcripts: number
      readonly turns: number
    }
  /**
   * The plan of an examination stands, before anything is asked: what it will ask for, and at most how much more if
   * readings end borderline or are to be replicated.
   */
  | {
      readonly _tag: "Planned"
      readonly instruments: ReadonlyArray<string>
      readonly estimate: PlanEstimate
      readonly atMost: PlanEstimate
      /**
       * Instruments whose answers no installed rater may decide on, with the full names of the predicates that nobody is
       * accredited for: they will be missing evidence, whatever is said.
       */
      readonly unaccredited: ReadonlyArray<{ readonly instrument: string; readonly predicates: ReadonlyArray<string> }>
    }
  /** The exam has its place in a journal that outlives the process; `rows` were there already. */
  | {
      readonly _tag: "Journalled"
      readonly exam: string
      readonly file: string
      readonly resumed: boolean
      readonly rows: number
    }
  /** An account met its rate limit; so many calls at once are left to it. */
  | { readonly _tag: "Throttled"; readonly account: string; readonly limit: number }
  /** A call is sent again after a rate limit or a fault of transport. */
  | { readonly _tag: "Retried"; readonly account: string; readonly reason: BackendReason }
  /** Trials that an earlier exam answered, so far. */
  | { readonly _tag: "Reused"; readonly trials: number }
  /** A part of the examination begins to put its trials. */
  | { readonly _tag: "StageStarted"; readonly stage: Stage; readonly trials: number }
  /** A trial has its response in the journal. */
  | {
      readonly _tag: "TrialDone"
      readonly stage: Stage
      readonly trial: Digest
      readonly answered: boolean
      readonly done: number
      readonly total: number
    }
  /** The answers of an instrument are rated. */
  | { readonly _tag: "Rated"; readonly instrument: string; readonly rated: number; readonly total: number }
  /** A judge of a panel answered a call, and what that took. */
  | { readonly _tag: "JudgeCalled"; readonly rater: string; readonly judge: string; readonly usage: Usage }
  /** So much time went into an activity, in milliseconds of wall time. */
  | { readonly _tag: "Timed"; readonly activity: Activity; readonly milliseconds: number }
  | { readonly _tag: "ReadingMade"; readonly reading: Reading }
  | { readonly _tag: "VerdictMade"; readonly verdict: Verdict }

/** Where events go; by default nowhere. Provide a value to listen. */
export const Events: Context.Reference<(event: Event) => Effect.Effect<void>> = Context.Reference(
  "@model-intake/core/Events",
  { defaultValue: () => (_event: Event) => Effect.void }
)

/** Tells whoever listens. */
export const publish = (event: Event): Effect.Effect<void> => Effect.flatMap(Events, (listen) => listen(event))
