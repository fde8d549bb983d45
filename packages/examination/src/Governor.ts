/**
 * What governs the calls of a run: concurrency and pace per account, retries of transport faults, time limits, a budget
 * that is not overrun, and the decision to stop early. Subjects, references, checkpoints and judges share one governor.
 */

import {
  type BackendError,
  BackendReason,
  type ChatReply,
  type ChatRequest,
  type Examinee,
  publish
} from "@model-intake/core"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import { makeBudget, requestTokens, type Spent } from "./Budget.ts"
import { makeBreaker } from "./internal/Breaker.ts"
import { backoffMs, mayBeBilled, notMade, timedOut, trustedWait } from "./internal/CallFailure.ts"
import { makeRateLimiter, type RateLimiter } from "./internal/RateLimiter.ts"
import { makeWaitingLine, type WaitingLine } from "./internal/WaitingLine.ts"

export interface GovernorOptions {
  /** Calls under way at once per account; what the backend asks for, or at most 64, unless given. Changes no reading. */
  readonly concurrency?: number | undefined
  /** Most requests, failed and repeated ones included. */
  readonly maxRequests?: number | undefined
  /** Most tokens, sent and answered. */
  readonly maxTokens?: number | undefined
  /** Most money, by `price`, which it needs. */
  readonly maxCost?: number | undefined
  /** Price of a million tokens. */
  readonly price?: { readonly input: number; readonly output: number } | undefined
  /** Milliseconds from the first call after which nothing more is asked. */
  readonly deadlineMs?: number | undefined
  /** Milliseconds that one call may take; 120,000 unless given. */
  readonly callTimeoutMs?: number | undefined
  /** Times a call is sent when transport fails; 5 unless given. */
  readonly attempts?: number | undefined
  /** Stops when call after call fails; true unless given. */
  readonly breaker?: boolean | undefined
}

/** The run stopped before its end. What was answered is in the journal. */
export class RunStopped extends Schema.TaggedError<RunStopped>()("RunStopped", {
  reason: Schema.Literals(["budget", "deadline", "failures", "interrupted"]),
  /** Of what kind the failures were. */
  cause: Schema.NullOr(BackendReason),
  message: Schema.String
}) {}

export interface GovernorStatus extends Spent {
  /** Requests sent again after a fault of transport. */
  readonly retries: number
  /** Requests that met a rate limit. */
  readonly rateLimited: number
  /** Requests that failed otherwise. */
  readonly failed: number
  /** Calls under way now, and the most that the busiest account may have. */
  readonly underWay: number
  readonly limit: number
}

/** Whose calls: those of a subject under way may finish their conversation after an interrupt. */
export type Caller = "subject" | "judge"

export interface Governor {
  /** The examinee with governed calls. */
  readonly govern: (examinee: Examinee, caller?: Caller) => Examinee
  /** Most calls that an examinee will have under way at once. */
  readonly ceiling: (examinee: Examinee) => number
  readonly status: () => GovernorStatus
  /** Why the run stopped, or null while it goes on. */
  readonly stopped: () => RunStopped | null
  /** Stops the run: calls under way end, none begins. The first reason stays. */
  readonly stop: (why: RunStopped) => void
}

const defaultCeiling = 64
const defaultStart = 8
const defaultTimeoutMs = 120_000
const defaultAttempts = 5
/** A server that does not answer in time is asked less often than one that breaks off. */
const timeoutAttempts = 3
/** A call that meets rate limits only is given up after so long, and a run whose account lets nothing through. */
const rateLimitPatienceMs = 600_000
/** An account that lets nothing through for so many episodes and so long is not waited for. */
const barrenEpisodes = 10
const barrenMs = 120_000

interface Account {
  readonly name: string
  readonly limiter: RateLimiter
  readonly breaker: ReturnType<typeof makeBreaker>
  readonly line: WaitingLine
}

/** What a call holds, however it ends: an interrupt between two steps must not keep a place or a part of the budget. */
interface Hold {
  entered: boolean
  reserved: boolean
  usage: ChatReply["usage"] | "all" | "nothing"
}

/** A governor for one run. */
export const makeGovernor = (options: GovernorOptions = {}): Governor => {
  const { callTimeoutMs = defaultTimeoutMs, attempts = defaultAttempts } = options
  const budget = makeBudget(options)
  const accounts = new Map<string, Account>()
  const forBudget = makeWaitingLine()
  const asleep = makeWaitingLine()
  const counts = { retries: 0, rateLimited: 0, failed: 0, underWay: 0 }
  let stopped: RunStopped | null = null
  let deadlineAt: number | null = null

  const stop = (why: RunStopped): void => {
    if (stopped !== null) return
    stopped = why
    forBudget.wakeAll()
    asleep.wakeAll()
    for (const { line } of accounts.values()) line.wakeAll()
  }
  const ceiling = (examinee: Examinee): number => options.concurrency ?? examinee.concurrency ?? defaultCeiling
  const accountOf = (examinee: Examinee): Account => {
    const name = examinee.account ?? `${examinee.subject.backend}:${examinee.subject.model}`
    const known = accounts.get(name)
    if (known !== undefined) return known
    const most = ceiling(examinee)
    // What somebody asked for is begun with; slow start is for what nobody knows.
    const isAsked = options.concurrency !== undefined || examinee.concurrency !== undefined
    const made: Account = {
      name,
      limiter: makeRateLimiter({ ceiling: most, start: isAsked ? most : Math.min(most, defaultStart) }),
      breaker: makeBreaker(examinee.account !== undefined),
      line: makeWaitingLine()
    }
    accounts.set(name, made)
    return made
  }
  const enter = ({ limiter, line }: Account, hold: Hold): Effect.Effect<void> =>
    Effect.suspend(() => {
      const take = () => {
        limiter.enter()
        hold.entered = true
      }
      if (stopped === null && !(line.isEmpty() && limiter.hasRoom())) return line.wait(take)
      take()
      return Effect.void
    })
  const release = ({ limiter, line }: Account, hold: Hold, input: number, output: number): void => {
    if (hold.reserved) {
      counts.underWay--
      budget.settle(input, output, hold.usage)
      forBudget.wakeAll()
    }
    if (!hold.entered) return
    limiter.leave()
    while (!line.isEmpty() && limiter.hasRoom()) line.wakeFirst()
  }
  const sleep = (milliseconds: number): Effect.Effect<void> =>
    Effect.raceFirst(Effect.sleep(milliseconds), asleep.wait())
  const halt = (backend: string): BackendError => notMade(backend, stopped?.message ?? "the run stops")
  /** After an interrupt the conversations of subjects that are under way go on to their end. */
  const halted = (backend: string, caller: Caller): BackendError | null =>
    stopped === null || (stopped.reason === "interrupted" && caller === "subject") ? null : halt(backend)

  /** Waits for the pace of the account and tells the time; null where the run stops before that. */
  const waitTurn = Effect.fnUntraced(function* (account: Account) {
    for (;;) {
      const now = yield* Clock.currentTimeMillis
      if (options.deadlineMs !== undefined) deadlineAt ??= now + options.deadlineMs
      if (deadlineAt !== null && now >= deadlineAt) stop(pastDeadline(options.deadlineMs!))
      const wait = account.limiter.wait(now)
      if (stopped !== null) return stopped.reason === "interrupted" && wait === 0 ? now : null
      if (wait === 0) return now
      yield* sleep(Math.ceil(deadlineAt === null ? wait : Math.min(wait, deadlineAt - now)))
    }
  })
  /** Sets aside what a call may cost at most, or not; waits while calls under way may leave something over. */
  const reserve = Effect.fnUntraced(function* (hold: Hold, input: number, output: number) {
    for (;;) {
      if (stopped !== null && stopped.reason !== "interrupted") return false
      const lacking = budget.reserve(input, output)
      if (lacking === null) {
        hold.reserved = true
        counts.underWay++
        return true
      }
      if (budget.open() === 0) stop(new RunStopped({ reason: "budget", cause: null, message: lacking }))
      if (stopped !== null) return false
      yield* forBudget.wait()
    }
  })

  const call = Effect.fnUntraced(function* (
    account: Account,
    examinee: Examinee,
    request: ChatRequest,
    caller: Caller
  ) {
    const { backend } = examinee.subject
    const [input, output] = [requestTokens(request), request.decoding.maxTokens]
    let firstAt: number | null = null
    for (let attempt = 1, timeouts = 0; ; ) {
      const hold: Hold = { entered: false, reserved: false, usage: "all" }
      const outcome = yield* Effect.gen(function* () {
        yield* enter(account, hold)
        const sentAt = yield* waitTurn(account)
        const refused = sentAt === null ? halt(backend) : halted(backend, caller)
        if (sentAt === null || refused !== null) return { _tag: "halted", error: refused ?? halt(backend) } as const
        if (!(yield* reserve(hold, input, output))) return { _tag: "halted", error: halt(backend) } as const
        firstAt ??= sentAt
        const timeout = Math.max(1, deadlineAt === null ? callTimeoutMs : Math.min(callTimeoutMs, deadlineAt - sentAt))
        return yield* Effect.matchEffect(
          Effect.timeoutOrElse(examinee.chat(request), {
            duration: timeout,
            orElse: () => Effect.fail(timedOut(backend, timeout))
          }),
          {
            onSuccess: (reply) => {
              hold.usage = reply.usage
              return Effect.clockWith((clock) => {
                account.limiter.served(clock.currentTimeMillisUnsafe(), sentAt)
                account.breaker.succeeded()
                return Effect.succeed({ _tag: "served", reply } as const)
              })
            },
            onFailure: (error) => {
              hold.usage = mayBeBilled(error) ? "all" : "nothing"
              return Effect.succeed({ _tag: "failed", error, sentAt } as const)
            }
          }
        )
      }).pipe(Effect.ensuring(Effect.sync(() => release(account, hold, input, output))))
      if (outcome._tag === "served") return outcome.reply
      if (outcome._tag === "halted") return yield* outcome.error
      const { error, sentAt } = outcome
      const now = yield* Clock.currentTimeMillis
      if (deadlineAt !== null && now >= deadlineAt) stop(pastDeadline(options.deadlineMs!))
      const jitter = yield* Random.next
      const limited = error.reason === "rate-limit"
      if (limited) {
        counts.rateLimited++
        if (account.limiter.limited(now, sentAt, trustedWait(error.retryAfterMs), jitter)) {
          yield* publish({ _tag: "Throttled", account: account.name, limit: account.limiter.limit() })
          const { episodes, since } = account.limiter.barren()
          if (options.breaker !== false && episodes >= barrenEpisodes && now - since >= barrenMs) {
            stop(
              new RunStopped({
                reason: "failures",
                cause: "rate-limit",
                message: `${account.name} has let no call through for ${Math.round((now - since) / 1000)} s: ${error.message}`
              })
            )
          }
        }
      } else {
        counts.failed++
        if (error.reason === "timeout") timeouts++
      }
      const spent = limited ? now - firstAt! >= rateLimitPatienceMs : attempt >= attempts || timeouts >= timeoutAttempts
      if (!error.retryable || spent || stopped !== null) {
        if (options.breaker !== false && stopped === null) {
          const why = account.breaker.failed(error)
          if (why !== null) stop(new RunStopped({ reason: "failures", cause: error.reason, message: why }))
        }
        return yield* error
      }
      counts.retries++
      yield* publish({ _tag: "Retried", account: account.name, reason: error.reason })
      // A rate limit pauses the account; a fault of transport this call alone, after a full-jitter backoff.
      if (!limited) {
        yield* sleep(Math.max(trustedWait(error.retryAfterMs) ?? 0, backoffMs(attempt, jitter)))
        attempt++
      }
    }
  })

  return {
    ceiling,
    stop,
    stopped: () => stopped,
    status: () => ({
      ...budget.spent(),
      ...counts,
      limit: Math.max(0, ...[...accounts.values()].map(({ limiter }) => limiter.limit()))
    }),
    govern: (examinee, caller = "subject") => {
      const account = accountOf(examinee)
      return { ...examinee, chat: (request) => call(account, examinee, request, caller) }
    }
  }
}

/** The governor of whatever is under way; outside a run one without a budget. */
export const CurrentGovernor: Context.Reference<Governor> = Context.Reference("@model-intake/core/CurrentGovernor", {
  defaultValue: () => makeGovernor({ breaker: false })
})

/** An examinee whose calls obey the governor of the run in which they are made. */
export const governed = (examinee: Examinee, caller: Caller): Examinee => {
  // One decorated examinee per governor: an account has one state within a run.
  const byGovernor = new WeakMap<Governor, Examinee>()
  return {
    ...examinee,
    chat: (request) =>
      Effect.flatMap(CurrentGovernor, (governor) => {
        const known = byGovernor.get(governor)
        if (known !== undefined) return known.chat(request)
        const made = governor.govern(examinee, caller)
        byGovernor.set(governor, made)
        return made.chat(request)
      })
  }
}

const pastDeadline = (milliseconds: number) =>
  new RunStopped({
    reason: "deadline",
    cause: null,
    message: `the deadline of ${milliseconds / 1000} s for the whole run has passed`
  })
