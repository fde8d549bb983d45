/** What is kept of an exam that somebody asked for in Slack, from the question to the answer. */
import { DeploymentContext } from "@model-intake/core"
import * as Schema from "effect/Schema"

const Text = Schema.NonEmptyString

export const ExamRequest = Schema.Struct({
  subject: Text.annotate({ description: "backend:model[@revision]" }),
  reference: Schema.NullOr(Text).pipe(Schema.optional).annotate({
    description: "the trusted model; null for none, absent for the one that the lineage names"
  }),
  form: Text.annotate({ description: "id of a form, or the name of one that the configuration names" }),
  brief: Schema.Boolean,
  replicate: Schema.Boolean,
  budgetRequests: Schema.NullOr(Schema.Int.check(Schema.isGreaterThan(0))).annotate({
    description: "most requests; null for the most that the configuration allows"
  }),
  deadlineMinutes: Schema.NullOr(Schema.Int.check(Schema.isGreaterThan(0)))
    .pipe(Schema.optional)
    .annotate({
      description: "most minutes; null or absent for the most that the configuration allows"
    }),
  context: Schema.NullOr(DeploymentContext).annotate({
    description: "where it is to be used: the answer says whether"
  }),
  askedBy: Text.annotate({ description: "Slack user" }),
  team: Text,
  channel: Text,
  thread: Schema.NullOr(Text).annotate({ description: "ts of the thread it was asked in, or null" })
}).annotate({ identifier: "ExamRequest" })
export type ExamRequest = typeof ExamRequest.Type

/**
 * - `queued`: waits for its turn
 * - `running`: a worker process examines
 * - `posting`: the outcome stands, and its answer is on the way
 * - `done`: answered with a verdict
 * - `stopped`: answered with why there is none
 */
export const ExamState = Schema.Literals(["queued", "running", "posting", "done", "stopped"])
export type ExamState = typeof ExamState.Type

export const ExamTicket = Schema.Struct({
  ...ExamRequest.fields,
  id: Text,
  state: ExamState,
  exam: Schema.NullOr(Text).annotate({ description: "id in the journal, once it has one" }),
  message: Schema.NullOr(Text).annotate({ description: "ts of the progress message, which is edited" }),
  askedAt: Schema.Finite.annotate({ description: "milliseconds since 1970" }),
  why: Schema.NullOr(Text).annotate({ description: "why there is no verdict, one sentence" }),
  verdict: Schema.NullOr(Text).annotate({ description: "digest of the verdict's record in the case files" }),
  startedAt: Schema.optional(Schema.Finite).annotate({
    description: "when it left the queue, milliseconds since 1970"
  }),
  spent: Schema.optional(Schema.Int).annotate({ description: "requests of earlier runs, to within a few seconds" }),
  sending: Schema.Boolean.annotate({
    description: "the answer was handed to Slack, and it is not known to have arrived"
  })
}).annotate({ identifier: "ExamTicket" })
export type ExamTicket = typeof ExamTicket.Type

/** Whether it still owes an answer. */
export const isOpen = ({ state }: ExamTicket): boolean => state !== "done" && state !== "stopped"

/** How far an exam is. Counts are trials: questions put to the subject and to its reference. */
export interface ExamProgress {
  /** What goes on now, such as "exam", "top-up" or "replication". */
  readonly stage: string
  readonly done: number
  /** Of the plan; more may follow where readings end borderline. */
  readonly total: number
  /** Trials that the journal had already when the exam was resumed. */
  readonly resumed: number
  /** Requests so far. */
  readonly requests: number
  /** Milliseconds until the plan is done at the pace so far; null while that is not known. */
  readonly remainingMs: number | null
}
