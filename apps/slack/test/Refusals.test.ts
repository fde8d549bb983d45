import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { actions, encodeTarget, views } from "../src/cards/Ids.ts"
import { command, type Delivery, mention, post, press, signed, submit } from "./support/Deliveries.ts"
import { standIn } from "./support/Desk.ts"
import { lastView, readable, runBot } from "./support/Running.ts"
import type { StandIn } from "./support/StandIn.ts"
import { does, examValues, home, messageWith, record, subject, until } from "./support/Use.ts"
import { quarantined } from "./support/Verdicts.ts"

/** Long enough for an answer that must not come. */
const quiet = Effect.sleep(300)

const told = (slack: StandIn, { responseUrl }: Delivery) => slack.answers(responseUrl)

describe("signatures", () => {
  it.live("refuses what is forged, changed, stale or sent again", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const bot = yield* runBot(yield* home, slack, "http")
      const send = (delivery: Delivery, options?: Parameters<typeof post>[2]) =>
        Effect.promise(() => post(bot.url!, delivery, options))
      const help = () => command(slack, "help")
      const deliveries = [
        { delivery: help(), options: { secret: "another secret" } },
        { delivery: help(), options: { tamper: (body: string) => body.replace("help", "exam") } },
        { delivery: help(), options: { offset: -301 } },
        { delivery: mention(slack, "help"), options: { secret: "another secret" } },
        { delivery: mention(slack, "help"), options: { offset: -3600 } }
      ]
      for (const { delivery, options } of deliveries) expect((yield* send(delivery, options)).status).toBe(401)
      const unsigned = yield* Effect.promise(() =>
        fetch(bot.url!, {
          method: "POST",
          body: signed(help()).body,
          headers: { "content-type": "application/x-www-form-urlencoded" }
        })
      )
      expect(unsigned.status).toBeGreaterThanOrEqual(400)

      const once = help()
      const request = { method: "POST", ...signed(once) }
      const statuses = []
      for (let time = 0; time < 2; time++) {
        statuses.push((yield* Effect.promise(() => fetch(bot.url!, request))).status)
        yield* until(slack, "the answer", () => told(slack, once)[0])
      }
      yield* quiet
      expect(statuses).toEqual([200, 401])
      expect(told(slack, once)).toHaveLength(1)
      expect(slack.messages).toEqual([])
      for (const { delivery } of deliveries) expect(told(slack, delivery)).toEqual([])
    }).pipe(Effect.scoped)
  )
})

describe.each(["http", "socket"] as const)("over %s", (mode) => {
  it.live("does nothing twice that Slack delivers twice", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const folder = yield* home
      yield* record(folder, quarantined())
      const deliver = does(yield* runBot(folder, slack, mode))
      const asked = mention(slack, `verdict on ${subject}`, { eventId: "Ev-twice" })
      const ordered = command(slack, `exam ${subject}`)
      const pressed = press(slack, { action_id: actions.history, value: encodeTarget({ subject }) })
      yield* Effect.all([deliver(asked), deliver(asked)], { concurrency: "unbounded" })
      yield* deliver(asked)
      yield* deliver(ordered)
      yield* deliver(ordered)
      yield* deliver(pressed)
      yield* deliver(pressed)
      const dialog = yield* until(slack, "the dialog", () => lastView(slack, views.exam))
      const sent = submit(slack, dialog, examValues())
      yield* Effect.all([deliver(sent), deliver(sent)], { concurrency: "unbounded" })
      yield* until(slack, "the exam", () => messageWith(slack, "Exam of"))
      yield* until(slack, "the history", () => slack.messages.find(({ text }) => text.startsWith("History")))
      yield* quiet
      const begins = slack.messages.map(({ text }) => text.split(/[ :]/)[0]).sort()
      expect(begins).toEqual(["Exam", "History", "specimens"])
      expect(slack.views).toHaveLength(1)
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("tells a person without the right so, and nobody else", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const folder = yield* home
      yield* record(folder, quarantined())
      const deliver = does(yield* runBot(folder, slack, mode))
      const bob = { user: "UBOB" }
      const commands = [`exam ${subject}`, `waive ${subject} civilian`, `watch ${subject}`].map((text) =>
        command(slack, text, bob)
      )
      for (const one of commands) yield* deliver(one)
      for (const one of commands) {
        const answer = yield* until(slack, "the refusal", () => told(slack, one)[0])
        expect(answer.inChannel).toBe(false)
        expect(readable(answer.blocks)).toMatch(/configuration/)
      }
      // Nor by a dialog that somebody else opened, nor by a button.
      yield* deliver(command(slack, `exam ${subject}`))
      const dialog = yield* until(slack, "the dialog", () => lastView(slack, views.exam))
      yield* deliver(submit(slack, dialog, examValues(), bob))
      yield* until(slack, "the refusal of the dialog", () => slack.privateMessages.find(({ user }) => user === "UBOB"))
      const stop = press(slack, { action_id: actions.stopExam, value: encodeTarget({ subject, other: "x1" }) }, bob)
      yield* deliver(stop)
      yield* until(slack, "the refusal of the button", () => told(slack, stop)[0])
      yield* quiet
      expect(slack.messages).toEqual([])
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )
})

describe("hostile text", () => {
  const hostile =
    "<!channel> <!here> <@UHOSTILE> <https://evil.example|click> https://evil.example *bold* _it_ ~no~ `code` ```pre``` :tada: \u200b\u202e\u2066 &lt;!everyone&gt; \n> quote\n".repeat(
      3
    ) + "x".repeat(100_000)

  it.live("of a model's answers mentions nobody, links nothing and fits", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const folder = yield* home
      yield* record(folder, quarantined({ quote: hostile }))
      const deliver = does(yield* runBot(folder, slack, "http"))
      yield* deliver(mention(slack, `verdict on ${subject}`))
      const card = yield* until(slack, "the verdict", () => slack.messages[0])
      yield* deliver(
        press(slack, { action_id: actions.evidence, value: encodeTarget({ subject }) }, { message: card.ts })
      )
      yield* until(slack, "the evidence", () => messageWith(slack, /M1/) !== undefined && slack.messages[1])
      const asked = command(slack, `verdict ${hostile.slice(0, 1500)}`)
      yield* deliver(asked)
      yield* until(slack, "an answer to the command", () => told(slack, asked)[0])
      yield* deliver(mention(slack, hostile.slice(0, 3000)))
      yield* until(slack, "an answer to the mention", () => slack.messages[2])
      const said = JSON.stringify([...slack.messages, ...told(slack, asked)])
      expect(said).toContain("UHOSTILE")
      expect(said).not.toMatch(/<https?:|<!(?!date)|<@UHOSTILE|[\u200b\u202e\u2066]/)
      for (const { type, verbatim } of textsIn([
        ...slack.messages.map(({ blocks }) => blocks),
        told(slack, asked)[0]!.blocks
      ])) {
        if (type === "mrkdwn") expect(verbatim).toBe(true)
      }
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )
})

interface TextObject {
  readonly type: string
  readonly verbatim: boolean | undefined
}

const textsIn = (value: unknown): ReadonlyArray<TextObject> => {
  if (typeof value !== "object" || value === null) return []
  const own = "type" in value && value.type === "mrkdwn" ? [value as TextObject] : []
  return [...own, ...Object.values(value).flatMap(textsIn)]
}
