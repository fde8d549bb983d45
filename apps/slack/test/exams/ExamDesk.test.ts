import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { it } from "@effect/vitest"
import { CaseFiles, layerStore } from "@model-intake/case-files"
import { WebClient } from "@slack/web-api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { describe, expect } from "vitest"
import { ExamDesk } from "../../src/exams/ExamDesk.ts"
import type { ExamTicket } from "../../src/exams/ExamTicket.ts"
import { State } from "../../src/State.ts"
import { botToken, deskLayer, home, request, standIn } from "../support/Desk.ts"
import type { StandIn } from "../support/StandIn.ts"
import { quarantined } from "../support/Verdicts.ts"
import { workersOf } from "../support/Workers.ts"

/** Starts a bot that ends with its scope. */
const start = Effect.fnUntraced(function* (folder: string, slack: StandIn, extra?: Readonly<Record<string, unknown>>) {
  const scope = yield* Scope.make()
  const context = yield* Layer.buildWithScope(deskLayer(folder, slack, extra), scope)
  return {
    desk: Context.get(context, ExamDesk),
    files: Context.get(context, CaseFiles),
    end: Scope.close(scope, Exit.void)
  }
})

const answersOf = (slack: StandIn) =>
  slack.messages.filter(({ metadata }) => (metadata?.event_payload as { part?: string })?.part === "answer")

/** Waits for something that is only in the bot's own records. */
const until = <A>(what: string, find: Effect.Effect<A | null | undefined | false, unknown>) =>
  Effect.gen(function* () {
    for (let tries = 0; tries < 3000; tries++) {
      const found = yield* Effect.orDie(find)
      if (found !== null && found !== undefined && found !== false) return found
      yield* Effect.sleep(20)
    }
    return yield* Effect.die(new Error(`${what} did not come`))
  })

/** As a bot leaves it that dies between the verdict and the answer. */
const owesAnswer = Effect.fnUntraced(function* (folder: string, slack: StandIn) {
  const { digest } = yield* Effect.provide(
    Effect.flatMap(CaseFiles, (files) => files.recordVerdict(quarantined())),
    layerStore(join(folder, "case-files.sqlite"), { signingKey: join(folder, "signing-key.pem") })
  )
  const posted = yield* Effect.promise(() =>
    new WebClient(botToken, { slackApiUrl: slack.apiUrl }).chat.postMessage({ channel: "C1", text: "Exam under way." })
  )
  const ticket: ExamTicket = {
    ...request(),
    id: "x1",
    state: "posting",
    exam: "exam-1",
    message: posted.ts!,
    askedAt: 1,
    why: null,
    verdict: digest,
    sending: false
  }
  yield* putTicket(folder, ticket)
  return ticket
})

const putTicket = (folder: string, ticket: ExamTicket) =>
  Effect.provide(
    Effect.flatMap(State, (state) => state.putTicket(ticket)),
    State.layer(join(folder, "slack", "state.sqlite"))
  )

const answered = (slack: StandIn) => Effect.promise(() => slack.until("an answer", () => answersOf(slack)[0]))

/** Every response in the journal, and how many runs its one exam took. */
const journalOf = (folder: string) => {
  const database = new DatabaseSync(join(folder, "journal.sqlite"), { readOnly: true })
  const exams = database.prepare("SELECT id, runs, state FROM exams").all()
  database.close()
  return exams
}

describe.concurrent("ExamDesk", () => {
  it.live("examines, edits one progress message and, past a rate limit, answers once in its thread", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const { desk, end, files } = yield* start(yield* home, slack)
      const ticket = yield* desk.ask(request({ context: "advisory" }))
      slack.limit("chat.postMessage", 2, 1)
      const answer = yield* answered(slack)
      yield* until(
        "the end",
        Effect.map(desk.tickets, ([one]) => one!.state === "done")
      )
      const recorded = yield* files.latestVerdict("specimens:narrow-weak")
      yield* end
      expect(slack.messages).toHaveLength(2)
      expect(slack.messages[0]!.ts).toBe(ticket.message)
      expect(slack.messages[0]!.edits).toBeGreaterThan(1)
      expect(slack.messages[0]!.text).toContain("finished")
      expect(answer).toMatchObject({ thread: ticket.message, broadcast: true })
      expect(answer.text).toContain("quarantine")
      expect(answer.text).toContain("advisory")
      expect(recorded?.document.disposition).toBe("quarantine")
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("goes on with the journal after a restart and answers in the same thread once", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const folder = yield* home
      const first = yield* start(folder, slack)
      const ticket = yield* first.desk.ask(request())
      yield* until(
        "its place in the journal",
        Effect.map(first.desk.tickets, ([one]) => one!.exam)
      )
      yield* first.end
      expect(answersOf(slack)).toEqual([])
      const second = yield* start(folder, slack)
      yield* answered(slack)
      yield* until(
        "the end",
        Effect.map(second.desk.tickets, ([one]) => one!.state === "done")
      )
      yield* second.end
      expect(slack.messages.map(({ thread }) => thread)).toEqual([null, ticket.message])
      expect(journalOf(folder)).toMatchObject([{ runs: 2, state: "ended" }])
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live.each([
    {
      says: "finds the answer where it may read the thread",
      scopes: ["chat:write", "channels:history"],
      arrives: true
    },
    { says: "posts what did not arrive", scopes: ["chat:write", "channels:history"], arrives: false },
    { says: "edits where it may not read the thread", scopes: ["chat:write"], arrives: true }
  ])("killed while it posts, it $says", ({ arrives, scopes }) =>
    Effect.gen(function* () {
      const slack = yield* standIn({ scopes })
      const folder = yield* home
      const ticket = yield* owesAnswer(folder, slack)
      if (arrives) {
        const { arrived } = slack.hold("chat.postMessage")
        const first = yield* start(folder, slack)
        yield* Effect.promise(() => arrived)
        yield* first.end
      } else yield* putTicket(folder, { ...ticket, sending: true })
      const { desk, end } = yield* start(folder, slack)
      yield* until(
        "the end",
        Effect.map(desk.tickets, ([one]) => one!.state === "done")
      )
      yield* end
      expect(slack.messages).toHaveLength(2)
      expect(answersOf(slack)[0]?.text).toContain("quarantine")
      expect(slack.messages[0]!.text.includes("quarantine")).toBe(scopes.length === 1)
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live.skipIf(process.platform !== "linux")("replaces a worker that dies, and keeps what was answered", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const folder = yield* home
      const { desk, end } = yield* start(folder, slack)
      yield* desk.ask(request())
      yield* until(
        "its place in the journal",
        Effect.map(desk.tickets, ([one]) => one!.exam)
      )
      for (const worker of workersOf(folder)) process.kill(worker, "SIGKILL")
      const { text } = yield* answered(slack)
      yield* end
      expect(text).toContain("quarantine")
      expect(journalOf(folder)).toMatchObject([{ runs: 2, state: "ended" }])
    }).pipe(Effect.scoped)
  )

  it.live("stops an exam on request and says so", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const { desk, end, files } = yield* start(yield* home, slack)
      const running = yield* desk.ask(request({ brief: false }))
      const waiting = yield* desk.ask(request({ subject: "specimens:baseline" }))
      yield* desk.stop(waiting.id, "UADA")
      yield* until(
        "its place in the journal",
        Effect.map(desk.tickets, ([one]) => one!.exam)
      )
      yield* desk.stop(running.id, "UADA")
      yield* Effect.promise(() => slack.until("both answers", () => answersOf(slack).length === 2))
      yield* until(
        "the end",
        Effect.map(desk.tickets, (all) => all.every(({ state }) => state === "stopped"))
      )
      const again = yield* Effect.flip(desk.stop(running.id, "UADA"))
      expect(again.message).toContain("ended already")
      expect(yield* files.subjects).toEqual([])
      yield* end
      for (const { text } of answersOf(slack)) expect(text).toContain("stopped on request")
    }).pipe(Effect.scoped)
  )

  it.live.each([
    [{ subject: "specimens:no-such-specimen" }, /no verdict.*no-such-specimen/],
    [{ budgetRequests: 20 }, /no verdict.*budget of 20 requests is spent/]
  ] as const)("says in one sentence why %j came to nothing", ([asked, says]) =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const { desk, end } = yield* start(yield* home, slack)
      yield* desk.ask(request(asked))
      const { text } = yield* answered(slack)
      yield* end
      expect(text).toMatch(says)
      expect(text).not.toMatch(/\n\s+at |Error:/)
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live.each([
    [{ subject: "narrow-weak" }, "is not a subject"],
    [{ subject: "onnx:/etc/passwd" }, "may not be examined from Slack"],
    [{ reference: "onnx:/etc/passwd" }, "may not be examined from Slack"],
    [{ form: "/etc/passwd" }, "There is no form"],
    [{ budgetRequests: 5001 }, "above the limit of 5000"],
    [{ deadlineMinutes: 61 }, "above the limit of 60"],
    [{ channel: "C9" }, "/invite @Intake"]
  ] as const)("refuses %j", ([asked, says]) =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const exams = { models: ["specimens:*"], forms: ["S"], maxRequests: 5000, deadline: "1h" }
      const { desk, end } = yield* start(yield* home, slack, { exams })
      const { message } = yield* Effect.flip(desk.ask(request(asked)))
      yield* end
      expect(message).toContain(says)
      expect(slack.messages).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("refuses an exam that is under way already", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const { desk, end } = yield* start(yield* home, slack)
      yield* desk.ask(request())
      const { message } = yield* Effect.flip(desk.ask(request({ askedBy: "UBOB" })))
      yield* end
      expect(message).toContain("under way already")
      expect(slack.messages).toHaveLength(1)
    }).pipe(Effect.scoped)
  )
})
