import { expect, it } from "@effect/vitest"
import { BackendError, type BackendReason, type ChatReply, type Examinee } from "@model-intake/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Scheduler from "effect/Scheduler"
import * as TestClock from "effect/testing/TestClock"
import fc from "fast-check"
import { describe } from "vitest"
import { makeBudget, makeGovernor } from "../src/index.ts"
import { makeRateLimiter } from "../src/internal/RateLimiter.ts"

const reply = (text = "yes", usage = { inputTokens: 10, outputTokens: 5 }): ChatReply => ({
  text,
  reasoning: null,
  finish: "stop",
  usage,
  fingerprint: null
})
const request = {
  messages: [{ role: "user" as const, content: "What now?" }],
  decoding: { temperature: 1, topP: 1, maxTokens: 100, seed: null, stop: [] }
}
const failure = (reason: BackendReason, retryAfterMs: number | null = null) =>
  new BackendError({
    backend: "fake",
    reason,
    message: `it is ${reason}`,
    retryable: ["rate-limit", "timeout", "transport"].includes(reason),
    retryAfterMs
  })

/** Answers by the number of the call; tells when each call came. */
const fake = (answer: (call: number) => Effect.Effect<ChatReply, BackendError>) => {
  const times: Array<number> = []
  const examinee: Examinee = {
    subject: { backend: "fake", model: "m", revision: null },
    account: "fake account",
    capabilities: { systemPrompt: true, seed: false, logprobs: false, hiddenStates: false },
    chat: () =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        times.push(now)
        return answer(times.length - 1)
      })
  }
  return { examinee, times }
}

/** The result after all waiting is over. */
const settled = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.result(effect))
    for (let step = 0; step < 200; step++) yield* TestClock.adjust("10 seconds")
    return yield* Fiber.join(fiber)
  })

describe("a governed call", () => {
  it.effect("is sent again after faults of transport, five times at most", () =>
    Effect.gen(function* () {
      const twice = fake((call) => (call < 2 ? Effect.fail(failure("transport")) : Effect.succeed(reply())))
      const governor = makeGovernor()
      expect(Result.isSuccess(yield* settled(governor.govern(twice.examinee).chat(request)))).toBe(true)
      expect(twice.times).toHaveLength(3)
      expect(governor.status()).toMatchObject({ requests: 3, retries: 2, failed: 2 })
      const always = fake(() => Effect.fail(failure("transport")))
      expect(Result.isFailure(yield* settled(makeGovernor().govern(always.examinee).chat(request)))).toBe(true)
      expect(always.times).toHaveLength(5)
    })
  )

  it.effect.each(["malformed-reply", "refused-request", "authentication", "not-found", "fault"] as const)(
    "is never sent again after %s",
    (reason) =>
      Effect.gen(function* () {
        const { examinee, times } = fake(() => Effect.fail(failure(reason)))
        expect(yield* settled(makeGovernor().govern(examinee).chat(request))).toMatchObject({ failure: { reason } })
        expect(times).toHaveLength(1)
      })
  )

  it.effect("waits as long as the server asks, and so does every other call of the account", () =>
    Effect.gen(function* () {
      const { examinee, times } = fake((call) =>
        call === 0 ? Effect.fail(failure("rate-limit", 30_000)) : Effect.succeed(reply())
      )
      const governor = makeGovernor({ concurrency: 1 })
      const both = Effect.all([governor.govern(examinee).chat(request), governor.govern(examinee).chat(request)], {
        concurrency: "unbounded"
      })
      expect(Result.isSuccess(yield* settled(both))).toBe(true)
      expect(times).toHaveLength(3)
      for (const at of times.slice(1)) expect(at - times[0]!).toBeGreaterThanOrEqual(30_000)
    })
  )

  it.effect("begins with as many others as somebody asked for, and with few where nobody knows", () =>
    Effect.gen(function* () {
      for (const [concurrency, begun] of [
        [50, 50],
        [3, 3],
        [undefined, 8]
      ] as const) {
        const { examinee, times } = fake(() => Effect.never)
        const governed = makeGovernor({ concurrency }).govern(examinee)
        yield* Effect.forkChild(
          Effect.forEach(Array.from({ length: 100 }), () => governed.chat(request), { concurrency: "unbounded" })
        )
        yield* TestClock.adjust("1 second")
        expect(times).toHaveLength(begun)
      }
    })
  )

  it.effect("ends where the backend hangs", () =>
    Effect.gen(function* () {
      const { examinee, times } = fake(() => Effect.never)
      const result = yield* settled(makeGovernor({ callTimeoutMs: 2000 }).govern(examinee).chat(request))
      expect(result).toMatchObject({ failure: { reason: "timeout", message: "no answer within 2 s" } })
      expect(times).toHaveLength(3)
    })
  )
})

describe("a run stops", () => {
  const askMany = (examinee: Examinee, count: number) =>
    Effect.forEach(Array.from({ length: count }), () => Effect.result(examinee.chat(request)), { concurrency: 40 })

  it.effect("at its deadline, calls that hang included", () =>
    Effect.gen(function* () {
      const { examinee, times } = fake((call) =>
        call < 5 ? Effect.delay(Effect.succeed(reply()), "30 seconds") : Effect.never
      )
      const governor = makeGovernor({ deadlineMs: 60_000, concurrency: 5 })
      yield* settled(askMany(governor.govern(examinee), 50))
      expect(governor.stopped()).toMatchObject({ reason: "deadline" })
      expect(Math.max(...times) - times[0]!).toBeLessThanOrEqual(60_000)
    })
  )

  it.effect.each(["authentication", "not-found", "refused-request"] as const)(
    "where the first calls fail by %s",
    (reason) =>
      Effect.gen(function* () {
        const { examinee, times } = fake(() => Effect.fail(failure(reason)))
        const governor = makeGovernor({ concurrency: 4 })
        yield* settled(askMany(governor.govern(examinee), 500))
        expect(governor.stopped()).toMatchObject({ reason: "failures", cause: reason })
        expect(governor.stopped()!.message).toContain(`it is ${reason}`)
        expect(times.length).toBeLessThan(20)
      })
  )

  it.effect("where call after call fails, and not where some do", () =>
    Effect.gen(function* () {
      const broken = fake((call) => (call < 30 ? Effect.succeed(reply()) : Effect.fail(failure("malformed-reply"))))
      const stops = makeGovernor({ concurrency: 4 })
      yield* settled(askMany(stops.govern(broken.examinee), 500))
      expect(stops.stopped()).toMatchObject({ reason: "failures", cause: "malformed-reply" })
      expect(broken.times.length).toBeLessThan(60)
      const some = fake((call) => (call % 4 === 1 ? Effect.fail(failure("malformed-reply")) : Effect.succeed(reply())))
      const goesOn = makeGovernor({ concurrency: 4 })
      yield* settled(askMany(goesOn.govern(some.examinee), 500))
      expect(goesOn.stopped()).toBeNull()
      expect(some.times).toHaveLength(500)
    })
  )

  it.effect("where the account lets nothing through for minutes", () =>
    Effect.gen(function* () {
      const { examinee, times } = fake(() => Effect.fail(failure("rate-limit")))
      const governor = makeGovernor({ concurrency: 40 })
      yield* settled(askMany(governor.govern(examinee), 500))
      expect(governor.stopped()).toMatchObject({ reason: "failures", cause: "rate-limit" })
      expect(times.length).toBeLessThan(100)
    })
  )

  it.effect("before a budget is overrun, whatever is under way, and calls under way are finished", () =>
    Effect.gen(function* () {
      const { examinee, times } = fake(() =>
        Effect.delay(Effect.succeed(reply("yes", { inputTokens: 4, outputTokens: 90 })), "1 second")
      )
      for (const [limit, calls] of [
        [{ maxRequests: 17 }, 17],
        [{ maxTokens: 1200 }, 12],
        [{ maxCost: 0.001, price: { input: 0, output: 1 } }, 11]
      ] as const) {
        times.length = 0
        const governor = makeGovernor({ ...limit, concurrency: 40 })
        const result = yield* settled(askMany(governor.govern(examinee), 100))
        const answered = (result as Result.Success<ReadonlyArray<Result.Result<ChatReply, BackendError>>, never>)
          .success
        expect(governor.stopped()).toMatchObject({ reason: "budget" })
        expect(times).toHaveLength(calls)
        expect(answered.filter(Result.isSuccess)).toHaveLength(calls)
        expect(governor.status().inputTokens + governor.status().outputTokens).toBeLessThanOrEqual(94 * calls)
      }
    })
  )
})

describe("a call that is interrupted", () => {
  it.effect("keeps no place and no part of the budget, whatever it was about to do", () =>
    Effect.gen(function* () {
      const slowly = Effect.provideService(Scheduler.MaxOpsBeforeYield, 2)
      const finish = Effect.fnUntraced(function* <A, E>(fiber: Fiber.Fiber<A, E>) {
        for (let second = 0; second < 5 && fiber.pollUnsafe() === undefined; second++) {
          yield* TestClock.adjust("1 second")
        }
        expect(fiber.pollUnsafe()).toBeDefined()
      })
      for (let steps = 0; steps < 120; steps++) {
        const { examinee } = fake(() => Effect.delay(Effect.succeed(reply()), "1 second"))
        const governor = makeGovernor({ concurrency: 1, maxRequests: 3 })
        const call = Effect.result(governor.govern(examinee).chat(request))
        // While one call is under way another one waits for its place; then every step of that one may be its last.
        const first = yield* Effect.forkChild(call)
        yield* Effect.yieldNow
        const second = yield* Effect.forkChild(slowly(call))
        for (let step = 0; step < 60; step++) yield* Effect.yieldNow
        yield* finish(first)
        for (let step = 0; step < steps; step++) yield* Effect.yieldNow
        yield* Fiber.interrupt(second)
        yield* finish(yield* Effect.forkChild(call))
        expect(governor.status().underWay).toBe(0)
      }
    })
  )
})

describe("a budget", () => {
  it("is never overrun by what was used and set aside", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.record({ input: fc.nat(200), output: fc.nat(200), share: fc.nat(100), settle: fc.boolean() })),
        (maxRequests, maxTokens, calls) => {
          const budget = makeBudget({ maxRequests, maxTokens })
          const open: Array<(typeof calls)[number]> = []
          const settle = (call: (typeof calls)[number]) =>
            budget.settle(call.input, call.output, {
              inputTokens: Math.floor((call.input * call.share) / 100),
              outputTokens: call.share % 7 === 0 ? -5 : Math.floor((call.output * call.share) / 100)
            })
          for (const call of calls) {
            if (budget.reserve(call.input, call.output) === null) open.push(call)
            if (call.settle && open.length > 0) settle(open.shift()!)
          }
          open.forEach(settle)
          const { inputTokens, outputTokens, requests } = budget.spent()
          expect(requests).toBeLessThanOrEqual(maxRequests)
          expect(inputTokens + outputTokens).toBeLessThanOrEqual(maxTokens)
        }
      )
    ))
})

describe("the rate limiter", () => {
  /** Milliseconds that calls take, and wasted ones, against a server that takes so many a second or at once. */
  const simulate = (
    count: number,
    server: { readonly perSecond?: number; readonly atOnce?: number; readonly retryAfter: boolean }
  ) => {
    const { atOnce = Number.POSITIVE_INFINITY, perSecond = Number.POSITIVE_INFINITY } = server
    const limiter = makeRateLimiter({ ceiling: 64, start: 8 })
    let [tokens, served, wasted, now, open] = [perSecond, 0, 0, 0, 0]
    let held = 0
    const under: Array<{ readonly sentAt: number; readonly ends: number; readonly limited: boolean }> = []
    for (; served < count; now++) {
      tokens = Math.min(perSecond, tokens + perSecond / 1000)
      for (const call of under.filter(({ ends }) => ends <= now)) {
        under.splice(under.indexOf(call), 1)
        open--
        if (call.limited) {
          wasted++
          limiter.limited(now, call.sentAt, server.retryAfter ? 1000 : null, 0.5)
        } else {
          served++
          limiter.served(now, call.sentAt)
        }
        limiter.leave()
      }
      while (limiter.hasRoom()) {
        limiter.enter()
        held++
      }
      while (held > 0 && limiter.wait(now) === 0) {
        held--
        open++
        const limited = tokens < 1 || open > atOnce
        if (!limited && Number.isFinite(tokens)) tokens--
        under.push({ sentAt: now, ends: now + 50, limited })
      }
      if (now > 3_600_000) throw new Error("it never ends")
    }
    return { seconds: now / 1000, wasted }
  }

  it("fills the window of a server without a limit", () => {
    const { seconds, wasted } = simulate(5000, { retryAfter: false })
    expect(wasted).toBe(0)
    expect(seconds).toBeLessThan((5000 / 64) * 0.05 * 1.1)
  })

  it.each([true, false])("settles near the true rate and wastes little (Retry-After: %s)", (retryAfter) => {
    const { seconds, wasted } = simulate(3000, { perSecond: 50, retryAfter })
    expect(seconds).toBeLessThan((3000 / 50) * 1.4)
    expect(wasted).toBeLessThan(3000 * 0.05)
  })

  it("settles where a server takes few at once", () => {
    const { seconds, wasted } = simulate(3000, { atOnce: 6, retryAfter: false })
    expect(seconds).toBeLessThan((3000 / 6) * 0.05 * 2)
    expect(wasted).toBeLessThan(3000 * 0.05)
  })
})
