/**
 * Where exams are asked for. A ticket is written down before anything is done about it, and each step of it is written
 * down before the next: a bot that was killed goes on where it was, with the journal of the exam, and answers once.
 */
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { CaseFiles } from "@model-intake/case-files"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Random from "effect/Random"
import * as Semaphore from "effect/Semaphore"
import { Settings } from "../Configuration.ts"
import { Installations } from "../Installations.ts"
import { State, StateError } from "../State.ts"
import { UsageError } from "../UsageError.ts"
import { answerCard } from "./ExamAnswer.ts"
import { checkExam } from "./ExamChecks.ts"
import { makeExamPost } from "./ExamPost.ts"
import { makeExamRun, onRequest, type Work } from "./ExamRun.ts"
import { type ExamRequest, type ExamTicket, isOpen } from "./ExamTicket.ts"

export class ExamDesk extends Context.Service<
  ExamDesk,
  {
    /**
     * Takes an exam: checks it against the configuration, says so in the channel, and queues it. Fails with a sentence
     * for whoever asked.
     */
    readonly ask: (request: ExamRequest) => Effect.Effect<ExamTicket, UsageError>
    /** Oldest first. */
    readonly tickets: Effect.Effect<ReadonlyArray<ExamTicket>, StateError>
    /** Stops an exam that waits or is under way; what was answered stays in the journal. */
    readonly stop: (id: string, who: string) => Effect.Effect<ExamTicket, UsageError>
  }
>()("@model-intake/slack/ExamDesk") {
  /** Goes on with what was under way when the bot ended. */
  static readonly layer: Layer.Layer<ExamDesk, StateError, Settings | State | Installations | CaseFiles> = Layer.effect(
    ExamDesk,
    Effect.suspend(() => make)
  )
}

/** An answer that Slack does not take is tried again so often, after so long. */
const answerTries = 20
const answerPauseMs = 30_000

const make = Effect.gen(function* () {
  const settings = yield* Settings
  const state = yield* State
  const files = yield* CaseFiles
  const post = makeExamPost(yield* Installations)
  const scope = yield* Effect.scope
  const folder = join(settings.data, "exams")
  const queue = yield* Queue.unbounded<string>()
  const one = yield* Semaphore.make(1)
  const fileOf = (id: string) => join(folder, `${id}.verdict.json`)
  /** Exams that this process is busy with. */
  const busy = new Map<string, Work>()

  yield* Effect.try({
    try: () => mkdirSync(folder, { recursive: true, mode: 0o700 }),
    catch: () => new StateError({ message: `The folder ${folder} cannot be made; check "data" in the configuration` })
  })

  const change = (id: string, fields: Partial<ExamTicket>): Effect.Effect<ExamTicket, StateError> =>
    one.withPermit(
      Effect.gen(function* () {
        const ticket = { ...(yield* find(id)), ...fields }
        yield* state.putTicket(ticket)
        return ticket
      })
    )
  const find = (id: string) =>
    Effect.flatMap(state.getTicket(id), (ticket) =>
      ticket === null ? Effect.fail(new StateError({ message: `There is no exam ${id}` })) : Effect.succeed(ticket)
    )

  const examine = yield* makeExamRun({ settings, files, post, find, change, fileOf })

  /** Says in the channel that the exam was asked for. Where that is not possible there is no exam. */
  const begin = Effect.fnUntraced(function* (ticket: ExamTicket) {
    const place = yield* Effect.tapError(post.begin(ticket), ({ message }) =>
      change(ticket.id, { state: "stopped", why: message })
    )
    return yield* change(ticket.id, place)
  })

  const answer = Effect.fnUntraced(function* (id: string) {
    for (let tries = 1; tries <= answerTries; tries++) {
      const ticket = yield* find(id)
      const end = ticket.verdict === null ? "stopped" : "done"
      const card = yield* answerCard(ticket, files, settings.gate).pipe(
        Effect.catch(({ message }) => Effect.as(Effect.logError(message), null))
      )
      if (card === null) {
        yield* Effect.sleep(answerPauseMs)
        continue
      }
      yield* post.edit({ ...ticket, state: end }, null)
      const failed = yield* Effect.flip(post.answer(ticket, card, change(id, { sending: true }))).pipe(
        Effect.catch(() => Effect.succeed(null))
      )
      if (failed === null || (failed._tag === "SlackCallError" && failed.kind === "refused")) {
        if (failed !== null)
          yield* Effect.logError(`The answer to exam ${id} was not taken by Slack: ${failed.message}`)
        yield* change(id, { state: end, sending: false })
        yield* Effect.sync(() => rmSync(fileOf(id), { force: true }))
        return
      }
      if (failed._tag === "StateError") return yield* failed
      // A rate limit means that nothing was posted; otherwise the next try looks first.
      if (failed.kind === "limited") yield* change(id, { sending: ticket.sending })
      yield* Effect.sleep(failed.kind === "limited" ? failed.retryAfterMs : answerPauseMs)
    }
  })

  /** Takes a ticket as far as it goes. What fails is logged, and is tried again when the bot starts anew. */
  const handle = (id: string): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (busy.has(id)) return Effect.void
      const work: Work = { stopped: false, end: () => {} }
      busy.set(id, work)
      return Effect.gen(function* () {
        const ticket = yield* find(id)
        if (!isOpen(ticket)) return
        if (ticket.state !== "posting") yield* examine(ticket.message === null ? yield* begin(ticket) : ticket, work)
        yield* answer(id)
      }).pipe(
        Effect.catchCause((cause) => Effect.logError("An exam could not be brought to its end", cause)),
        Effect.ensuring(Effect.sync(() => busy.delete(id))),
        Effect.annotateLogs({ exam: id })
      )
    })

  const open = (yield* state.tickets).filter(isOpen)
  for (const { id } of open.filter(({ state }) => state === "posting")) yield* Effect.forkIn(handle(id), scope)
  // Those under way go before those that wait.
  for (const { id } of open.filter(({ state }) => state === "running")) yield* Queue.offer(queue, id)
  for (const { id } of open.filter(({ state }) => state === "queued")) yield* Queue.offer(queue, id)
  for (let place = 0; place < settings.exams.atOnce; place++) {
    yield* Effect.forkIn(Effect.forever(Effect.flatMap(Queue.take(queue), handle)), scope)
  }

  return ExamDesk.of({
    tickets: state.tickets,
    ask: Effect.fn("ExamDesk.ask")(function* (request) {
      const ticket = yield* one
        .withPermit(
          Effect.gen(function* () {
            const checked = yield* checkExam(request, settings.exams, yield* state.tickets)
            const made: ExamTicket = {
              ...checked,
              id: yield* newId,
              state: "queued",
              exam: null,
              message: null,
              askedAt: yield* Clock.currentTimeMillis,
              why: null,
              verdict: null,
              sending: false
            }
            yield* state.putTicket(made)
            return made
          })
        )
        .pipe(Effect.catchTag("StateError", unusable))
      const posted = yield* Effect.catchTag(begin(ticket), "StateError", unusable)
      yield* Queue.offer(queue, ticket.id)
      return posted
    }),
    stop: Effect.fn("ExamDesk.stop")(function* (id, who) {
      const ticket = yield* Effect.catchTag(state.getTicket(id), "StateError", unusable)
      if (ticket === null || !isOpen(ticket) || ticket.state === "posting") {
        return yield* new UsageError({ message: "This exam has ended already, so there is nothing to stop" })
      }
      yield* Effect.logInfo("An exam is stopped on request").pipe(Effect.annotateLogs({ exam: id, who }))
      const work = busy.get(id)
      if (work !== undefined) {
        work.stopped = true
        work.end()
        return ticket
      }
      const stopped = yield* change(id, { state: "posting", why: onRequest }).pipe(
        Effect.catchTag("StateError", unusable)
      )
      yield* Effect.forkIn(handle(id), scope)
      return stopped
    })
  })
})

const unusable = ({ message }: StateError) =>
  Effect.andThen(
    Effect.logError(message),
    Effect.fail(new UsageError({ message: "The bot's own records cannot be used now; tell whoever runs it" }))
  )

const newId = Effect.map(
  Effect.all(Array.from({ length: 10 }, () => Random.nextIntBetween(0, 36))),
  (digits) => `x${digits.map((digit) => digit.toString(36)).join("")}`
)
