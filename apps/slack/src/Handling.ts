/**
 * How every delivery of Slack is handled once it is acknowledged: done once however often it is delivered, answered with
 * one clear sentence where it fails, and logged with an id that the sentence names.
 */
import { randomUUID } from "node:crypto"
import type { CaseFiles } from "@model-intake/case-files"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type { Access } from "./Access.ts"
import type { Answers } from "./Answers.ts"
import type { Settings } from "./Configuration.ts"
import { errorCard } from "./cards/index.ts"
import type { ExamDesk } from "./exams/ExamDesk.ts"
import type { Installations } from "./Installations.ts"
import { type Place, privately } from "./Replies.ts"
import { State } from "./State.ts"

/** What listeners work with. */
export type Services = Access | Answers | CaseFiles | ExamDesk | Installations | Settings | State

export interface Delivery {
  /** Slack's id of it; the same one twice is the same question. Null where Slack gives none. */
  readonly id: string | null
  /** For the log: what was delivered, such as `command`. */
  readonly what: string
  readonly place: Place
}

/** Runs the work of a listener. The promise always resolves: what goes wrong is told and logged here. */
export type Handle = (delivery: Delivery, work: Effect.Effect<unknown, unknown, Services>) => Promise<void>

export const handling = (
  { id, place, what }: Delivery,
  work: Effect.Effect<unknown, unknown, Services>
): Effect.Effect<void, never, Services> =>
  Effect.gen(function* () {
    const state = yield* State
    if (id !== null && !(yield* state.firstTime(`${what}:${id}`))) {
      return yield* Effect.logInfo("delivered again; nothing to do")
    }
    const began = yield* Clock.currentTimeMillis
    yield* work
    yield* Effect.logInfo("done", { milliseconds: (yield* Clock.currentTimeMillis) - began })
  }).pipe(
    Effect.catchCause((cause) => failed(cause, place)),
    Effect.annotateLogs({
      what,
      delivery: id ?? "none",
      team: place.team,
      user: place.user,
      channel: place.channel ?? "none"
    }),
    Effect.withSpan(`slack.${what}`)
  )

/** An interrupted listener belongs to a bot that ends, and says nothing. */
const failed = (cause: Cause.Cause<unknown>, place: Place): Effect.Effect<void, never, Installations> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.void
  const error = Cause.squash(cause)
  const says = sentenceFor(error)
  const id = randomUUID().slice(0, 8)
  const log =
    says === null
      ? Effect.logError("a delivery failed", { id, fault: faultText(error) })
      : Effect.logInfo("a delivery was refused", { id, says })
  const card = says === null ? errorCard({ says: faultSentence(error), id }) : errorCard({ says })
  return Effect.andThen(log, privately(place, card)).pipe(
    Effect.catchCause((again) =>
      Effect.logError("a person could not be told", { id, fault: faultText(Cause.squash(again)) })
    )
  )
}

/** The sentence of an error that is the person's to read; null for a fault of the bot, its disk or its network. */
const sentenceFor = (error: unknown): string | null => {
  if (!Predicate.hasProperty(error, "_tag") || !(error instanceof Error)) return null
  if (error._tag === "UsageError" || error._tag === "SubjectError") return error.message
  return error._tag === "CaseFilesError" && Predicate.hasProperty(error, "reason") && error.reason === "document"
    ? error.message
    : null
}

/** What a person hears of a fault; the rest is in the log under the id. */
const faultSentence = (error: unknown): string => {
  const reason =
    Predicate.isTagged(error, "CaseFilesError") && Predicate.hasProperty(error, "reason") ? error.reason : null
  if (reason === "log") {
    return "The verdict log does not check out, so nothing can be said that could be relied on. Tell whoever runs this bot."
  }
  if (reason === "store") return "The case files cannot be reached just now. Try again in a minute."
  return "That did not work, and it is not your fault. Try again in a minute."
}

/** One line for the log: kind and message, no stack. */
const faultText = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replaceAll(/\s+/g, " ").slice(0, 500)
