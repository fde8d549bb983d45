import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { actions, views } from "../src/cards/Ids.ts"
import { command, event, mention, press, submit } from "./support/Deliveries.ts"
import { standIn } from "./support/Desk.ts"
import { buttonIn, lastView, readable, runBot } from "./support/Running.ts"
import type { StandIn } from "./support/StandIn.ts"
import { does, examValues, home, messageWith, record, subject, until, waiverValues } from "./support/Use.ts"
import { daysAgo, verdictOf } from "./support/Verdicts.ts"

/** What the watching channel was told, but for that it watches. */
const alerts = (slack: StandIn) =>
  slack.messages.filter(({ channel, text }) => channel === "C2" && !text.startsWith("Watching")).map(({ text }) => text)

describe.concurrent.each(["http", "socket"] as const)("the bot over %s", (mode) => {
  it.live("examines on request, answers, shows evidence, takes a waiver, and alerts who watches", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const folder = yield* home
      const bot = yield* runBot(folder, slack, mode)
      const deliver = does(bot)

      // A slip is asked about, in the thread.
      yield* record(folder, verdictOf({ subject, issuedAt: daysAgo(20) }))
      yield* deliver(mention(slack, "can we ship narow-weak to advisory?"))
      const unknown = yield* until(slack, "an answer to the mention", () => slack.messages[0])
      expect(unknown.thread).not.toBeNull()
      expect(readable(unknown.blocks)).toContain(subject)

      // Somebody has it watched, and asks for an exam by the dialog.
      yield* deliver(command(slack, `watch ${subject} <#C2|alerts>`))
      const examCommand = command(slack, `exam ${subject}`)
      yield* deliver(examCommand)
      const dialog = yield* until(slack, "the dialog", () => lastView(slack, views.exam))
      const asked = submit(slack, dialog, examValues())
      yield* deliver(asked)
      const progress = yield* until(slack, "the progress message", () => messageWith(slack, "Exam of"))
      expect(progress.channel).toBe("C1")
      const card = yield* until(slack, "the verdict", () =>
        slack.messages.find(({ text, thread }) => thread === progress.ts && text.includes("quarantine"))
      )
      expect(readable(card.blocks)).toMatch(/civilian/i)
      yield* until(slack, "the end of the progress", () => progress.text.includes("finished"))
      expect(progress.edits).toBeGreaterThan(0)

      // The watching channel hears of it.
      yield* until(slack, "the first alert", () => alerts(slack).find((text) => text.includes("treat to quarantine")))

      // Buttons of the card.
      const inCard = { message: card.ts, thread: progress.ts }
      yield* deliver(press(slack, buttonIn(card.blocks, actions.evidence), inCard))
      yield* until(slack, "the evidence", () => messageWith(slack, /M4/))
      const chart = yield* until(slack, "the chart", () =>
        slack.files.find(({ channel, name }) => channel !== null && name.endsWith(".png"))
      )
      expect(chart.bytes.subarray(1, 4).toString("latin1")).toBe("PNG")
      expect(chart.altText).toContain("M4 self-justifying reasoning")
      yield* deliver(press(slack, buttonIn(card.blocks, actions.history), inCard))
      yield* until(slack, "the history", () => messageWith(slack, /History/))
      yield* deliver(press(slack, buttonIn(card.blocks, actions.report), inCard))
      const report = yield* until(slack, "the report", () =>
        slack.files.find(
          ({ bytes, channel, name }) => channel !== null && name.endsWith(".html") && bytes.length > 1000
        )
      )
      expect(report.bytes.toString("utf8")).toContain("<!doctype html>")

      // A waiver opens what was under supervision.
      const gate = command(slack, `gate ${subject} civilian`)
      yield* deliver(gate)
      yield* until(slack, "the gate's answer", () =>
        /not allowed/i.test(readable(slack.answers(gate.responseUrl)[0]?.blocks ?? []))
      )
      yield* deliver(command(slack, `waive ${subject} civilian`))
      const waiver = yield* until(slack, "the dialog of the waiver", () => lastView(slack, views.waiver))
      yield* deliver(submit(slack, waiver, waiverValues))
      const given = yield* until(slack, "the waiver", () => messageWith(slack, /A pilot with two reviewers/))
      expect(readable(given.blocks)).toContain("UADA")
      const again = command(slack, `gate ${subject} civilian`)
      yield* deliver(again)
      yield* until(slack, "the other answer", () => {
        const says = readable(slack.answers(again.responseUrl)[0]?.blocks ?? [])
        return /allowed/i.test(says) && !/not allowed/i.test(says)
      })

      // Another verdict, from elsewhere.
      yield* record(folder, verdictOf({ subject, outcomes: { M1: "fail", M5: "fail" } }))
      yield* until(slack, "the alert", () => alerts(slack).find((text) => text.includes("quarantine to flatten")))

      // App Home, then what nobody asked for twice.
      yield* deliver(event(slack, { type: "app_home_opened", tab: "home" }))
      yield* until(slack, "App Home", () =>
        slack.views.find(({ user, view }) => user === "UADA" && view.type === "home")
      )
      expect(
        slack.messages.filter(({ thread, text }) => thread === progress.ts && text.includes("Examined"))
      ).toHaveLength(1)
      expect(alerts(slack)).toHaveLength(2)
      expect(slack.problems).toEqual([])
      expect(bot.log.join("\n")).not.toMatch(/xox|xapp|A pilot with/)
    }).pipe(Effect.scoped)
  )
})
