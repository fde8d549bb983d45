/** The flags by which an exam is limited, journalled and resumed. */
import { type Governor, type GovernorOptions, makeGovernor } from "@model-intake/examination"
import { journalFile, timeLimitFrom, UsageError } from "@model-intake/host"
import { Journal, type JournalError, journalLayer } from "@model-intake/journal"
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const positive = Flag.withSchema(Schema.Int.check(Schema.isGreaterThan(0)))

const duration = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.withMetavar("TIME"), Flag.optional)

export const journalFlags = {
  journal: Flag.String("journal").pipe(
    Flag.withDescription("Journal of the exam, a SQLite file (journal.sqlite in the data folder); none for memory"),
    Flag.withMetavar("FILE"),
    Flag.optional
  ),
  resume: Flag.String("resume").pipe(
    Flag.withDescription("Go on with the latest exam of the subject that did not end, or with the one of this id"),
    Flag.withMetavar("EXAM"),
    Flag.withOptionalValue("latest"),
    Flag.optional
  ),
  reuse: Flag.Boolean("reuse").pipe(
    Flag.withDescription("Let earlier exams in the journal answer identical trials"),
    Flag.withDefault(false)
  )
}

export const limitFlags = {
  budgetRequests: Flag.Int("budget-requests").pipe(
    Flag.withDescription("Most requests that this run makes, repeated ones included"),
    positive,
    Flag.optional
  ),
  budgetTokens: Flag.Int("budget-tokens").pipe(
    Flag.withDescription("Most tokens that this run uses, sent and answered"),
    positive,
    Flag.optional
  ),
  budgetCost: Flag.String("budget-cost").pipe(
    Flag.withDescription("Most money that this run spends, by --price"),
    Flag.withMetavar("AMOUNT"),
    Flag.optional
  ),
  deadline: duration("deadline", "Ask nothing more after this time, such as 30m or 2h"),
  callTimeout: duration("call-timeout", "Longest time of one call, such as 90s (120s)")
}

/** The values of {@link limitFlags}. */
export interface Limits {
  readonly budgetRequests: Option.Option<number>
  readonly budgetTokens: Option.Option<number>
  readonly budgetCost: Option.Option<string>
  readonly deadline: Option.Option<string>
  readonly callTimeout: Option.Option<string>
}

export const governorFrom = Effect.fnUntraced(function* (
  limits: Limits,
  concurrency: Option.Option<number>,
  price: GovernorOptions["price"] | null
): Effect.fn.Return<Governor, UsageError> {
  const maxCost = Option.isNone(limits.budgetCost) ? undefined : yield* amountFrom(limits.budgetCost.value)
  if (maxCost !== undefined && price === null) {
    return yield* new UsageError({ message: "--budget-cost needs --price, the price of a million tokens as IN,OUT" })
  }
  return makeGovernor({
    concurrency: Option.getOrUndefined(concurrency),
    maxRequests: Option.getOrUndefined(limits.budgetRequests),
    maxTokens: Option.getOrUndefined(limits.budgetTokens),
    maxCost,
    price: price ?? undefined,
    deadlineMs: yield* limitFrom("--deadline", limits.deadline),
    callTimeoutMs: yield* limitFrom("--call-timeout", limits.callTimeout)
  })
})

/** The journal that the flags ask for. */
export const journalFrom = Effect.fnUntraced(function* (flags: {
  readonly journal: Option.Option<string>
  readonly resume: Option.Option<string>
  readonly reuse: boolean
}): Effect.fn.Return<Layer.Layer<Journal, JournalError>, UsageError> {
  const file = Option.getOrElse(flags.journal, journalFile)
  if (file !== "none") return journalLayer({ file, resume: Option.getOrUndefined(flags.resume), reuse: flags.reuse })
  if (Option.isSome(flags.resume) || flags.reuse) {
    return yield* new UsageError({ message: "--resume and --reuse need a journal; leave out --journal none" })
  }
  return Journal.layerMemory
})

const limitFrom = (flag: string, text: Option.Option<string>): Effect.Effect<number | undefined, UsageError> =>
  Option.isNone(text) ? Effect.succeed(undefined) : timeLimitFrom(flag, text.value)

const amountFrom = (text: string): Effect.Effect<number, UsageError> => {
  const amount = Number(text)
  return text.trim() !== "" && amount > 0 && Number.isFinite(amount)
    ? Effect.succeed(amount)
    : Effect.fail(new UsageError({ message: `--budget-cost ${text} is no amount; write for example 5 or 0.50` }))
}
