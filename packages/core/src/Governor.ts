/**
 * What governs the calls of a run: concurrency and pace per account, retries of transport faults, time limits, a budget
 * that is not overrun, and the decision to stop early. Subjects, references, checkpoints and judges share one governor.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import { BackendError, BackendReason, type ChatReply, type ChatRequest, type Examinee } from "./Backend.ts"
import { makeBudget, requestTokens, type Spent } from "./Budget.ts"
import { publish } from "./Events.ts"
import { longestRetryAfterMs } from "./HttpFailure.ts"
import { makeBreaker } from "./internal/Breaker.ts"
import { makeRateLimiter, type RateLimiter } from "./internal/RateLimiter.ts"

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
const shortestBackoffMs = 500
const longestBackoffMs = 20_000

interface Account {
  readonly name: string
  readonly limiter: RateLimiter
  readonly breaker: ReturnType<typeof makeBreaker>
  readonly queue: Array<() => void>
}

/** A governor for one run. */
export const makeGovernor = (options: GovernorOptions = {}): Governor => {
  const { callTimeoutMs = defaultTimeoutMs, attempts = defaultAttempts } = options
  const budget = makeBudget(options)
  const accounts = new Map<string, Account>()
  const budgetQueue: Array<() => void> = []
  const stopQueue = new Set<() => void>()
  const counts = { retries: 0, rateLimited: 0, failed: 0, underWay: 0 }
  let stopped: RunStopped | null = null
  let deadlineAt: number | null = null

  const stop = (why: RunStopped): void => {
    if (stopped !== null) return
    stopped = why
    for (const resume of [...budgetQueue.splice(0), ...stopQueue]) resume()
    for (const { queue } of accounts.values()) for (const resume of queue.splice(0)) resume()
  }
  const ceiling = (examinee: Examinee): number => options.concurrency ?? examinee.concurrency ?? defaultCeiling
  const accountOf = (examinee: Examinee): Account => {
    const name = examinee.account ?? `${examinee.subject.backend}:${examinee.subject.model}`
    const known = accounts.get(name)
    if (known !== undefined) return known
    const most = ceiling(examinee)
    const start =
      options.concurrency !== undefined ? Math.ceil(most / 2) : examinee.concurrency !== undefined ? most : defaultStart
    const made: Account = {
      name,
      limiter: makeRateLimiter({ ceiling: most, start: Math.max(Math.min(most, 4), start) }),
      breaker: makeBreaker(examinee.account !== undefined),
      queue: []
    }
    accounts.set(name, made)
    return made
  }
  /** Lets those in that there is room for. */
  const pump = ({ limiter, queue }: Account): void => {
    for (let room = limiter.hasRoom(); room && queue.length > 0; room = limiter.hasRoom()) {
      limiter.enter()
      queue.shift()!()
    }
  }
  const enter = (account: Account): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (stopped !== null || (account.queue.length === 0 && account.limiter.hasRoom())) {
        account.limiter.enter()
        return Effect.void
      }
      return Effect.callback<void>((resume) => {
        // A stop lets all in; they count, so that each can leave.
        const entry = () => {
          if (stopped !== null) account.limiter.enter()
          resume(Effect.void)
        }
        account.queue.push(entry)
        return Effect.sync(() => {
          const at = account.queue.indexOf(entry)
          if (at >= 0) account.queue.splice(at, 1)
          else leave(account)
        })
      })
    })
  const leave = (account: Account): void => {
    account.limiter.leave()
    pump(account)
  }
  const sleep = (milliseconds: number): Effect.Effect<void> =>
    Effect.raceFirst(
      Effect.sleep(milliseconds),
      Effect.callback<void>((resume) => {
        const wake = () => resume(Effect.void)
        stopQueue.add(wake)
        return Effect.sync(() => void stopQueue.delete(wake))
      })
    )
  const halt = (backend: string): BackendError =>
    new BackendError({
      backend,
      reason: "fault",
      message: stopped?.message ?? "the run stops",
      retryable: false,
      retryAfterMs: null
    })
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
  const reserve = Effect.fnUntraced(function* (input: number, output: number) {
    for (;;) {
      if (stopped !== null && stopped.reason !== "interrupted") return false
      const lacking = budget.reserve(input, output)
      if (lacking === null) return true
      if (budget.open() === 0) stop(new RunStopped({ reason: "budget", cause: null, message: lacking }))
      if (stopped !== null) return false
      yield* Effect.callback<void>((resume) => {
        const entry = () => resume(Effect.void)
        budgetQueue.push(entry)
        return Effect.sync(() => {
          const at = budgetQueue.indexOf(entry)
          if (at >= 0) budgetQueue.splice(at, 1)
        })
      })
    }
  })
  const settle = (input: number, output: number, usage: ChatReply["usage"] | "all" | "nothing"): void => {
    budget.settle(input, output, usage)
    for (const resume of budgetQueue.splice(0)) resume()
  }

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
      yield* enter(account)
      const outcome = yield* Effect.gen(function* () {
        const sentAt = yield* waitTurn(account)
        const refused = sentAt === null ? halt(backend) : halted(backend, caller)
        if (sentAt === null || refused !== null) return { _tag: "halted", error: refused ?? halt(backend) } as const
        if (!(yield* reserve(input, output))) return { _tag: "halted", error: halt(backend) } as const
        firstAt ??= sentAt
        let usage: ChatReply["usage"] | "all" | "nothing" = "all"
        const timeout = Math.max(1, deadlineAt === null ? callTimeoutMs : Math.min(callTimeoutMs, deadlineAt - sentAt))
        counts.underWay++
        return yield* Effect.matchEffect(
          Effect.timeoutOrElse(examinee.chat(request), {
            duration: timeout,
            orElse: () => Effect.fail(timedOut(backend, timeout))
          }),
          {
            onSuccess: (reply) => {
              usage = reply.usage
              return Effect.clockWith((clock) => {
                account.limiter.served(clock.currentTimeMillisUnsafe(), sentAt)
                account.breaker.succeeded()
                return Effect.succeed({ _tag: "served", reply } as const)
              })
            },
            onFailure: (error) => {
              usage = mayBeBilled(error) ? "all" : "nothing"
              return Effect.succeed({ _tag: "failed", error, sentAt } as const)
            }
          }
        ).pipe(
          Effect.ensuring(
            Effect.sync(() => {
              counts.underWay--
              settle(input, output, usage)
            })
          )
        )
      }).pipe(Effect.ensuring(Effect.sync(() => leave(account))))
      if (outcome._tag === "served") return outcome.reply
      if (outcome._tag === "halted") return yield* outcome.error
      const { error, sentAt } = outcome
      const now = yield* Clock.currentTimeMillis
      if (deadlineAt !== null && now >= deadlineAt) stop(pastDeadline(options.deadlineMs!))
      const jitter = yield* Random.next
      const limited = error.reason === "rate-limit"
      if (limited) {
        counts.rateLimited++
        if (account.limiter.limited(now, sentAt, trusted(error.retryAfterMs), jitter)) {
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
        const backoff = Math.min(longestBackoffMs, shortestBackoffMs * 2 ** (attempt - 1))
        attempt++
        yield* sleep(Math.max(trusted(error.retryAfterMs) ?? 0, backoff * jitter))
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

/** A wait that is as long as one can be is no statement: the run probes for itself then. */
const trusted = (retryAfterMs: number | null): number | null =>
  retryAfterMs !== null && retryAfterMs >= 0 && retryAfterMs < longestRetryAfterMs ? retryAfterMs : null

/** Whether tokens may have been written before the call failed. */
const mayBeBilled = ({ reason }: BackendError): boolean =>
  reason === "timeout" || reason === "transport" || reason === "malformed-reply" || reason === "fault"

const timedOut = (backend: string, milliseconds: number) =>
  new BackendError({
    backend,
    reason: "timeout",
    message: `no answer within ${milliseconds / 1000} s`,
    retryable: true,
    retryAfterMs: null
  })

const pastDeadline = (milliseconds: number) =>
  new RunStopped({
    reason: "deadline",
    cause: null,
    message: `the deadline of ${milliseconds / 1000} s for the whole run has passed`
  })
