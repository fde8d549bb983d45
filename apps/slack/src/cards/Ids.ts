/** Names by which listeners and cards agree: actions, dialogs, their fields, and what a button carries. */
import { DeploymentContext } from "@model-intake/core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** The slash command. */
export const command = "/intake"

/** `action_id` of every button and input. Those in {@link repeated} stand several times in a message, with a number. */
export const actions = {
  evidence: "verdict.evidence",
  history: "verdict.history",
  report: "verdict.report",
  compare: "verdict.compare",
  exam: "subject.exam",
  waive: "subject.waive",
  /** One of several subjects that a question may mean. */
  choose: "subject.choose",
  stopExam: "exam.stop",
  openReport: "verdict.open-report",
  unwatch: "watch.end",
  homeSearch: "home.search",
  homeVerdict: "home.verdict",
  homeExam: "home.exam"
} as const
export type Action = (typeof actions)[keyof typeof actions]

/** Action ids are unique in a message, so a button that is repeated is numbered: `subject.choose:2`. */
export const numbered = (action: Action, index: number): string => `${action}:${index}`

/** Matches an action and its numbered forms. */
export const matching = (action: Action): RegExp => new RegExp(`^${action.replaceAll(".", "\\.")}(:\\d+)?$`)

/** `callback_id` of dialogs. */
export const views = { exam: "exam.ask", waiver: "waiver.give", verdict: "verdict.ask" } as const

/** Block and action of every field of a dialog: `view.state.values[block][action]`. */
export const fields = {
  subject: { block: "field.subject", action: "subject" },
  reference: { block: "field.reference", action: "reference" },
  form: { block: "field.form", action: "form" },
  size: { block: "field.size", action: "size" },
  replicate: { block: "field.replicate", action: "replicate" },
  context: { block: "field.context", action: "context" },
  budget: { block: "field.budget", action: "budget" },
  why: { block: "field.why", action: "why" },
  until: { block: "field.until", action: "until" },
  /** In App Home, and no field of a dialog: its action is {@link actions.homeSearch}. */
  search: { block: "home.search", action: "home.search" }
} as const

/** Values of the options in a dialog. */
export const choices = { full: "full", brief: "brief", replicate: "replicate", noContext: "none" } as const

/** What a button is about. */
export const Target = Schema.Struct({
  subject: Schema.NonEmptyString,
  /** Digest of the log record of the verdict that was shown; null for the latest. */
  verdict: Schema.NullOr(Schema.String),
  context: Schema.NullOr(DeploymentContext),
  /** What the person had asked for, where the subject was not clear. */
  asks: Schema.NullOr(Schema.String),
  /** The other subject of a comparison, or the id of an exam ticket. */
  other: Schema.NullOr(Schema.String)
})
export type Target = typeof Target.Type

/** A button's value, at most 2,000 characters; null where the names are too long for one, so that there is no button. */
export const encodeTarget = (target: Pick<Target, "subject"> & Partial<Target>): string | null => {
  const value = JSON.stringify({ verdict: null, context: null, asks: null, other: null, ...target })
  return value.length <= 2000 ? value : null
}

/** The inverse; null for anything else. */
export const decodeTarget = (value: string | undefined): Target | null => Option.getOrNull(decode(value ?? ""))

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Target))
