/**
 * The record of an examination: every response is here before it counts, and every aggregate is derived from these
 * rows, so that an interrupted run can go on where it was.
 */

import type { ChatReply, Digest, Response } from "@model-intake/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/** The journal cannot be read or written; the run stops, since what is not recorded does not count. */
export class JournalError extends Schema.TaggedError<JournalError>()("JournalError", {
  message: Schema.String
}) {}

/** An exam cannot be resumed: there is none, it has another plan, or another process holds it. */
export class ResumeError extends Schema.TaggedError<ResumeError>()("ResumeError", {
  message: Schema.String
}) {}

/** What makes an exam this one and no other: another setting is another exam, and is not resumed. */
export interface ExamPlan {
  /** As it was asked for. */
  readonly subject: string
  /** By name, in words that a person understands: the seed, the subject as opened, digests of forms and raters. */
  readonly settings: Readonly<Record<string, string>>
}

/** Settings of a plan that name who serves the models: another server's answers are another model's. */
export const serverSettings = {
  subject: "server and limits of the subject",
  reference: "server and limits of the reference"
} as const

/** The rows of one exam. */
export interface ExamJournal extends JournalRows {
  /** Names the exam for `--resume`; null where nothing outlives the process. */
  readonly id: string | null
  readonly file: string | null
  /** Rows of an earlier run of the same exam. */
  readonly resumedRows: number
  /** Trials so far that an earlier exam answered. */
  readonly reused: () => number
  /** Marks the exam as ended, once everything in it is safe from a loss of power too. */
  readonly finish: Effect.Effect<void, JournalError>
}

/** Reads and writes rows. */
export interface JournalRows {
  /** Records a response; when the effect succeeds the response is durable. The first one for a trial stays. */
  readonly record: (response: Response) => Effect.Effect<void, JournalError>
  /** The response to a trial, if there is one. */
  readonly find: (trial: Digest) => Effect.Effect<Response | null, JournalError>
  /** Records what a judge said to a call, by the digest of the call. */
  readonly recordReply?: ((call: Digest, reply: ChatReply) => Effect.Effect<void, JournalError>) | undefined
  readonly findReply?: ((call: Digest) => Effect.Effect<ChatReply | null, JournalError>) | undefined
}

export class Journal extends Context.Service<
  Journal,
  JournalRows & {
    /** Begins the exam of a plan, or resumes it; its rows are its own. Without it all rows are of one exam. */
    readonly begin?:
      | ((plan: ExamPlan) => Effect.Effect<ExamJournal, JournalError | ResumeError, Scope.Scope>)
      | undefined
  }
>()("@model-intake/core/Journal") {
  /** Keeps the rows in memory: for tests and for runs that nobody needs to resume. */
  static readonly layerMemory = Layer.sync(Journal, () => {
    const rows = new Map<Digest, Response>()
    const replies = new Map<Digest, ChatReply>()
    return Journal.of({
      record: (response) =>
        Effect.sync(() => {
          if (!rows.has(response.trial)) rows.set(response.trial, response)
        }),
      find: (trial) => Effect.sync(() => rows.get(trial) ?? null),
      recordReply: (call, reply) => Effect.sync(() => void replies.set(call, reply)),
      findReply: (call) => Effect.sync(() => replies.get(call) ?? null)
    })
  })
}

/** The rows of the exam under way, for calls that are not trials, as those of judges are. */
export const CurrentRows: Context.Reference<JournalRows | null> = Context.Reference<JournalRows | null>(
  "@model-intake/core/CurrentRows",
  { defaultValue: () => null }
)

/** The names of the settings that differ, each with what it was and is. */
export const planDifferences = (before: ExamPlan["settings"], now: ExamPlan["settings"]): ReadonlyArray<string> => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()
  return names.flatMap((name) => {
    const [was, is] = [before[name], now[name]]
    if (was === is) return []
    if (was === undefined) return [`the ${name} is new`]
    if (is === undefined) return [`the ${name} is gone`]
    if (was.startsWith("sha256:") || is.startsWith("sha256:")) return [`the ${name} changed`]
    return [`the ${name} was ${JSON.stringify(was)} and is ${JSON.stringify(is)}`]
  })
}
