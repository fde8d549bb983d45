import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { views } from "../src/cards/Ids.ts"
import { command, submit } from "./support/Deliveries.ts"
import { home, standIn } from "./support/Desk.ts"
import { lastView, spawnBot } from "./support/Running.ts"
import { examValues, messageWith, subject, until } from "./support/Use.ts"
import { workersOf } from "./support/Workers.ts"

describe.concurrent("a bot that is killed", () => {
  it.live("goes on with the exam when it starts again, and answers in the same thread once", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const folder = yield* home
      const first = yield* spawnBot(folder, slack, "socket")
      yield* first.deliver(command(slack, `exam ${subject}`))
      const dialog = yield* until(slack, "the dialog", () => lastView(slack, views.exam))
      yield* first.deliver(submit(slack, dialog, examValues()))
      const progress = yield* until(slack, "progress", () => {
        const message = messageWith(slack, "Exam of")
        return message?.text.includes(" of ") && /trials|starting/.test(message.text) && message
      })
      yield* first.kill
      const edits = progress.edits
      const second = yield* spawnBot(folder, slack, "socket")
      const answer = yield* until(slack, "the verdict", () =>
        slack.messages.find(({ text, thread }) => thread === progress.ts && text.includes("quarantine"))
      )
      yield* until(slack, "the end of the progress", () => progress.text.includes("finished"))
      yield* Effect.sleep(500)
      second.child.kill("SIGTERM")
      const code = yield* Effect.promise(() => new Promise((resolve) => second.child.once("exit", resolve)))
      expect(code).toBe(0)
      expect(progress.edits).toBeGreaterThan(edits)
      expect(slack.messages).toEqual([progress, answer])
      expect(slack.problems).toEqual([])
      expect(workersOf(folder)).toEqual([])
      const log = [...first.log, ...second.log].join("\n")
      expect(log).not.toMatch(/xoxb-|xapp-/)
    }).pipe(Effect.scoped)
  )

  it.live("connects anew when Slack asks for it", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const bot = yield* spawnBot(yield* home, slack, "socket")
      slack.socket.refresh()
      yield* Effect.promise(() => slack.socket.connectedTimes(2))
      const help = command(slack, "help")
      yield* bot.deliver(help)
      yield* until(slack, "the answer", () => slack.answers(help.responseUrl)[0])
      yield* bot.kill
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )
})
