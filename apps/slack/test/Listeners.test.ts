import { rmSync } from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { actions, choices, encodeTarget, fields, views } from "../src/cards/index.ts"
import { command, event, mention, press, shortcut, signed, submit } from "./support/Deliveries.ts"
import { eventually, runningBot } from "./support/RunningBot.ts"
import { daysAgo, quarantined, verdictOf } from "./support/Verdicts.ts"

const calm = verdictOf({ subject: "openai:qwen-ft-7", issuedAt: daysAgo(2) })
const held = quarantined({ subject: "openai:qwen-ft-8", issuedAt: daysAgo(40) })
const verdicts = [calm, held]
const button = (action: string, target: Parameters<typeof encodeTarget>[0]) => ({
  action_id: action,
  value: encodeTarget(target)
})

describe("/intake", () => {
  it.live("answers with a card for everybody, and asks back in private", () =>
    Effect.gen(function* () {
      const { send, slack } = yield* runningBot({ verdicts })
      const answer = (text: string) =>
        Effect.promise(async () => {
          const delivery = command(slack, text, { user: "UBOB" })
          const { body, status } = await send(delivery)
          expect([status, body]).toEqual([200, ""])
          return slack.until(`an answer to ${text}`, () => slack.answers(delivery.responseUrl)[0])
        })
      expect(yield* answer("verdict qwen-ft-7")).toMatchObject({
        inChannel: true,
        text: expect.stringContaining("openai:qwen-ft-7 – treat, level 0")
      })
      expect(yield* answer("openai:qwen-ft-7")).toMatchObject({ inChannel: true })
      expect(yield* answer("gate qwen-ft-8 civilian")).toMatchObject({
        inChannel: true,
        text: expect.stringMatching(/^Not allowed: openai:qwen-ft-8 for civilian use/)
      })
      expect(yield* answer("history openai:qwen-ft-8")).toMatchObject({
        inChannel: true,
        text: expect.stringContaining("History of openai:qwen-ft-8 – 1 entry")
      })
      expect(yield* answer("verdict qwen-ft")).toMatchObject({
        inChannel: false,
        text: expect.stringContaining("may be any of 2 models")
      })
      expect(yield* answer("verdict qwen-ft-77")).toMatchObject({
        inChannel: false,
        text: expect.stringMatching(/no case file of qwen-ft-77\. Did you mean openai:qwen-ft-7/)
      })
      expect(yield* answer("gate qwen-ft-7 moon")).toMatchObject({
        inChannel: false,
        text: expect.stringContaining("advisory")
      })
      expect(yield* answer("help")).toMatchObject({ inChannel: false, text: expect.stringContaining("verdict") })
      expect(yield* answer("exam openai:new")).toMatchObject({
        inChannel: false,
        text: expect.stringContaining("You may not start or stop exams")
      })
      expect(yield* answer("waive openai:qwen-ft-8")).toMatchObject({
        inChannel: false,
        text: expect.stringContaining("You may not")
      })
      expect(yield* answer("watch qwen-ft-8")).toMatchObject({
        inChannel: false,
        text: expect.stringContaining("You may not")
      })
      expect(slack.views).toEqual([])
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("does once what is delivered several times", () =>
    Effect.gen(function* () {
      const { log, send, slack } = yield* runningBot({ verdicts })
      const delivery = command(slack, "verdict qwen-ft-7")
      const again = mention(slack, "qwen-ft-7?", { eventId: "Ev-same" })
      yield* Effect.promise(async () => {
        await Promise.all([
          send(delivery, { offset: -10 }),
          send(delivery, { offset: -20 }),
          send(delivery, { offset: -30 })
        ])
        await Promise.all([send(again, { offset: -10 }), send(again, { offset: -20, retry: 1 })])
        await slack.until(
          "both answers",
          () => slack.answers(delivery.responseUrl).length > 0 && slack.messages.length > 0
        )
        await eventually("the others", () => log.filter((line) => line.includes("delivered again")).length === 3)
      })
      expect(slack.answers(delivery.responseUrl)).toHaveLength(1)
      expect(slack.messages).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.live("watches a channel that the bot is in, and no other", () =>
    Effect.gen(function* () {
      const { send, slack } = yield* runningBot({ verdicts })
      const answer = (text: string) =>
        Effect.promise(async () => {
          const delivery = command(slack, text)
          await send(delivery)
          return slack.until(`an answer to ${text}`, () => slack.answers(delivery.responseUrl)[0])
        })
      expect((yield* answer("watch qwen-ft-8 <#C9|elsewhere>")).text).toContain("invite me there")
      expect((yield* answer("unwatch qwen-ft-8 <#C9|elsewhere>")).text).toContain("No longer watching")
      expect((yield* answer("watch qwen-ft-8 <#C2|models>")).text).toContain("Watching openai:qwen-ft-8")
      expect(slack.messages).toMatchObject([
        { channel: "C2", text: expect.stringContaining("Watching openai:qwen-ft-8") }
      ])
      expect(JSON.stringify((yield* answer("watch qwen-ft-8 <#C2|models>")).blocks)).toContain("Already so")
      expect(JSON.stringify((yield* answer("unwatch qwen-ft-8 <#C2|models>")).blocks)).toContain("no longer told")
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )
})

describe("plain words", () => {
  it.live("are answered in the thread", () =>
    Effect.gen(function* () {
      const { send, slack } = yield* runningBot({ verdicts })
      yield* Effect.promise(async () => {
        await send(mention(slack, "can we ship qwen-ft-7 to advisory?", { user: "UBOB", thread: "100.000500" }))
        await send(event(slack, { type: "message", channel_type: "im", text: "qwen-ft-8" }, { channel: "D7" }))
        await send(
          event(
            slack,
            { type: "message", channel_type: "im", text: "edited", subtype: "message_changed" },
            { channel: "D7" }
          )
        )
        await send(mention(slack, "hello", { user: "UBOB", channel: "C2" }))
        await slack.until("the answers", () => slack.messages.length === 2 && slack.privateMessages.length === 1)
      })
      const [first] = slack.messages.filter(({ channel }) => channel === "C1")
      expect(first).toMatchObject({ thread: "100.000500", text: expect.stringMatching(/Allowed for advisory use/) })
      expect(slack.messages.find(({ channel }) => channel === "D7")).toMatchObject({
        thread: null,
        text: expect.stringContaining("openai:qwen-ft-8")
      })
      expect(slack.privateMessages).toMatchObject([
        { channel: "C2", user: "UBOB", text: expect.stringContaining("What you can ask") }
      ])
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("of another organisation in a shared channel are not", () =>
    Effect.gen(function* () {
      const { log, send, slack } = yield* runningBot({ verdicts })
      const delivery = mention(slack, "qwen-ft-7?", { user: "UEVE" })
      const foreign = {
        ...delivery,
        payload: {
          ...delivery.payload,
          is_ext_shared_channel: true,
          event: { ...(delivery.payload.event as object), team: "T9" }
        }
      }
      yield* Effect.promise(async () => {
        await send(foreign)
        await eventually("the log", () => log.some((line) => line.includes("another organisation")))
      })
      expect(slack.messages).toEqual([])
    }).pipe(Effect.scoped)
  )
})

describe("buttons", () => {
  it.live("answer in the thread of their card", () =>
    Effect.gen(function* () {
      const { send, slack } = yield* runningBot({ verdicts })
      const subject = "openai:qwen-ft-8"
      const card = yield* Effect.promise(async () => {
        await send(mention(slack, "qwen-ft-8?", { channel: "C1" }))
        const card = await slack.until("the card", () => slack.messages[0])
        const at = { message: card.ts, thread: card.thread!, user: "UBOB" }
        await send(press(slack, button(actions.evidence, { subject }), at))
        await send(press(slack, button(actions.history, { subject }), at))
        await send(press(slack, button(actions.compare, { subject, other: "openai:qwen-ft-7" }), at))
        await send(press(slack, button(actions.report, { subject }), at))
        await send(press(slack, button(`${actions.choose}:1`, { subject, asks: "gate", context: "civilian" }), at))
        await slack.until(
          "four messages and two files",
          () => slack.messages.length === 5 && slack.files.filter(({ channel }) => channel !== null).length === 2
        )
        return card
      })
      expect(slack.messages.every(({ channel, thread }) => channel === "C1" && thread === card.thread)).toBe(true)
      expect(
        slack.files.map(({ altText, channel, name, thread }) => ({
          name,
          channel,
          thread,
          described: altText !== null
        }))
      ).toEqual(
        expect.arrayContaining([
          { name: "chart.png", channel: "C1", thread: card.thread, described: true },
          {
            name: expect.stringMatching(/^verdict-openai-qwen-ft-8-.*\.html$/),
            channel: "C1",
            thread: card.thread,
            described: false
          }
        ])
      )
      const html = slack.files.find(({ name }) => name.endsWith(".html"))!
      expect(html.bytes.toString("utf8", 0, 15).toLowerCase()).toBe("<!doctype html>")
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("of an older card, and of somebody without the right, end in a private sentence", () =>
    Effect.gen(function* () {
      const { send, slack } = yield* runningBot({ verdicts })
      yield* Effect.promise(async () => {
        const old = press(slack, { action_id: actions.evidence, value: "what" }, { user: "UBOB" })
        const exam = press(slack, button(actions.exam, { subject: "openai:qwen-ft-8" }), { user: "UBOB" })
        const stop = press(slack, button(actions.stopExam, { subject: "openai:qwen-ft-8", other: "x" }), {
          user: "UBOB"
        })
        for (const delivery of [old, exam, stop]) {
          await send(delivery)
          const { inChannel, text } = await slack.until("a sentence", () => slack.answers(delivery.responseUrl)[0])
          expect(inChannel).toBe(false)
          expect(text).toMatch(delivery === old ? /older card/ : /may not start or stop exams/)
        }
      })
      expect(slack.views).toEqual([])
      expect(slack.messages).toEqual([])
    }).pipe(Effect.scoped)
  )
})

describe("dialogs", () => {
  it.live("give a waiver under the name of the person, or say in the dialog what is wrong", () =>
    Effect.gen(function* () {
      const { send, slack } = yield* runningBot({ verdicts })
      yield* Effect.promise(async () => {
        await send(command(slack, "waive qwen-ft-8 advisory"))
        const { id, view } = await slack.until("the dialog", () => slack.views[0])
        expect(view.callback_id).toBe(views.waiver)
        const values = (until: string, why: string) => ({
          [fields.context.block]: { [fields.context.action]: { selected_option: { value: "advisory" } } },
          [fields.until.block]: { [fields.until.action]: { selected_date: until } },
          [fields.why.block]: { [fields.why.action]: { value: why } }
        })
        const refused = await send(submit(slack, { ...view, id }, values("2020-01-01", "short")))
        slack.checkAck("view_submission", JSON.parse(refused.body))
        expect(JSON.parse(refused.body)).toEqual({
          response_action: "errors",
          errors: { [fields.until.block]: expect.any(String), [fields.why.block]: expect.any(String) }
        })
        const taken = submit(slack, { ...view, id }, values("2099-01-01", "A pilot with two <!channel> reviewers"))
        expect((await send(taken)).body).toBe("")
        await send(taken, { offset: -5 })
        const { blocks, channel } = await slack.until("the waiver", () => slack.messages[0])
        expect(channel).toBe("C1")
        expect(JSON.stringify(blocks)).toContain("ada (Slack user UADA of T1)")
        expect(JSON.stringify(blocks)).not.toContain("<!channel>")
        const gate = command(slack, "gate qwen-ft-8 advisory")
        await send(gate)
        expect((await slack.until("the gate", () => slack.answers(gate.responseUrl)[0])).text).toMatch(/^Allowed/)
      })
      expect(slack.messages).toHaveLength(1)
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("of an exam check what was entered", () =>
    Effect.gen(function* () {
      const { send, slack } = yield* runningBot({ verdicts, extra: { exams: { maxRequests: 100, forms: ["A"] } } })
      yield* Effect.promise(async () => {
        await send(command(slack, "exam openai:new-model"))
        const { id, view } = await slack.until("the dialog", () => slack.views[0])
        expect(view.callback_id).toBe(views.exam)
        const answers = {
          [fields.form.block]: { [fields.form.action]: { selected_option: { value: "A" } } },
          [fields.reference.block]: { [fields.reference.action]: { value: "not a subject" } },
          [fields.size.block]: { [fields.size.action]: { selected_option: { value: choices.brief } } },
          [fields.budget.block]: { [fields.budget.action]: { value: "101" } }
        }
        const { body } = await send(submit(slack, { ...view, id }, answers))
        expect(JSON.parse(body)).toEqual({
          response_action: "errors",
          errors: {
            [fields.reference.block]: expect.stringContaining("backend:model"),
            [fields.budget.block]: expect.stringContaining("100")
          }
        })
      })
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("of the shortcut answer in a message to the person", () =>
    Effect.gen(function* () {
      const { send, slack } = yield* runningBot({ verdicts })
      yield* Effect.promise(async () => {
        await send(shortcut(slack, "verdict.shortcut", { user: "UBOB" }))
        const { id, view } = await slack.until("the dialog", () => slack.views[0])
        await send(
          submit(
            slack,
            { ...view, id },
            { [fields.subject.block]: { [fields.subject.action]: { value: "qwen-ft-7" } } },
            { user: "UBOB" }
          )
        )
        expect(await slack.until("the card", () => slack.messages[0])).toMatchObject({
          channel: "DUBOB",
          text: expect.stringContaining("openai:qwen-ft-7")
        })
      })
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )
})

describe("App Home", () => {
  it.live("shows the fleet, searches it, and opens a verdict", () =>
    Effect.gen(function* () {
      const { send, slack } = yield* runningBot({ verdicts })
      yield* Effect.promise(async () => {
        await send(event(slack, { type: "app_home_opened", tab: "home", user: "UBOB" }, { user: "UBOB" }))
        await send(event(slack, { type: "app_home_opened", tab: "messages", user: "UBOB" }, { user: "UBOB" }))
        const home = await slack.until("the home", () => slack.views[0])
        expect(JSON.stringify(home.view)).toMatch(/qwen-ft-8.*qwen-ft-7/s)
        const search = { type: "plain_text_input", action_id: actions.homeSearch, value: "ft-7" }
        await send(press(slack, search, { home: true, user: "UBOB" }))
        const found = await slack.until("what was found", () => slack.views[1])
        expect(JSON.stringify(found.view.blocks).split("Found")[1]).toMatch(/qwen-ft-7/)
        expect(JSON.stringify(found.view.blocks).split("Found")[1]).not.toMatch(/qwen-ft-8/)
        await send(
          press(slack, button(`${actions.homeVerdict}:0`, { subject: "openai:qwen-ft-7" }), {
            home: true,
            user: "UBOB"
          })
        )
        expect((await slack.until("the verdict", () => slack.views[2])).view.type).toBe("modal")
      })
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )
})

describe("signatures and health", () => {
  it.live("forged, stale and replayed requests are refused, and nothing comes of them", () =>
    Effect.gen(function* () {
      const { address, send, slack } = yield* runningBot({ verdicts })
      yield* Effect.promise(async () => {
        const delivery = command(slack, "verdict qwen-ft-7")
        expect((await send(delivery, { secret: "another-secret-altogether" })).status).toBe(401)
        expect((await send(delivery, { offset: -400 })).status).toBe(401)
        expect((await send(delivery, { tamper: (body) => body.replace("qwen-ft-7", "qwen-ft-8") })).status).toBe(401)
        const captured = { method: "POST", ...signed(delivery) }
        const statuses = [
          (await fetch(`${address}/slack/events`, captured)).status,
          (await fetch(`${address}/slack/events`, captured)).status
        ]
        expect(statuses).toEqual([200, 401])
        await slack.until("one answer", () => slack.answers(delivery.responseUrl)[0])
        expect(slack.answers(delivery.responseUrl)).toHaveLength(1)
        const health = await fetch(`${address}/health`)
        expect([health.status, await health.json()]).toEqual([
          200,
          { status: "ok", slack: "by-requests", store: "ok", exams: { queued: 0, running: 0 } }
        ])
      })
    }).pipe(Effect.scoped)
  )

  it.live("the log holds no token", () =>
    Effect.gen(function* () {
      const { log, send, slack } = yield* runningBot({ verdicts, slack: { scopes: ["commands"] } })
      yield* Effect.promise(async () => {
        await send(mention(slack, "qwen-ft-7?"))
        await eventually("the fault", () => log.some((line) => line.includes("could not be told")))
      })
      expect(log.join("\n")).toContain("missing_scope")
      expect(log.join("\n")).not.toMatch(/xox|xapp/)
    }).pipe(Effect.scoped)
  )
})

describe("a log that does not check out", () => {
  it.live("gives no answer, and says why to the person alone", () =>
    Effect.gen(function* () {
      const { home, log, send, slack } = yield* runningBot({ verdicts })
      // As if somebody else had written the records: their key is not this bot's.
      rmSync(join(home, "signing-key.pem"))
      yield* Effect.promise(async () => {
        for (const text of ["verdict qwen-ft-7", "gate qwen-ft-7 civilian", "history qwen-ft-8"]) {
          const delivery = command(slack, text)
          await send(delivery)
          const answer = await slack.until(`an answer to ${text}`, () => slack.answers(delivery.responseUrl)[0])
          expect(answer).toMatchObject({
            inChannel: false,
            text: expect.stringContaining("verdict log does not check out")
          })
        }
      })
      expect(log.filter((line) => line.includes("a delivery failed"))).toHaveLength(3)
      expect(slack.messages).toEqual([])
    }).pipe(Effect.scoped)
  )
})
