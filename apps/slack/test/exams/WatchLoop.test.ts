import { it } from "@effect/vitest"
import { CaseFiles } from "@model-intake/case-files"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import fc from "fast-check"
import { describe, expect } from "vitest"
import { type WatchQuestion, watchAlerts } from "../../src/exams/WatchAlerts.ts"
import { WatchLoop } from "../../src/exams/WatchLoop.ts"
import { State } from "../../src/State.ts"
import { deskLayer, home, standIn } from "../support/Desk.ts"
import type { StandIn } from "../support/StandIn.ts"
import { daysAgo, quarantined, verdictOf } from "../support/Verdicts.ts"

const subject = "specimens:narrow-weak"
const day = 86_400_000

/** Watches since long ago, with a loop that looks only when it is told to. */
const watching = <A, E>(slack: StandIn, use: Effect.Effect<A, E, CaseFiles | State | WatchLoop>, channel = "C1") =>
  Effect.andThen(
    Effect.flatMap(State, (state) =>
      state.addWatch({ team: "T1", channel, subject, addedBy: "UADA", addedAt: Date.now() - 365 * day })
    ),
    use
  ).pipe(
    Effect.provide(Layer.unwrap(Effect.map(home, (folder) => deskLayer(folder, slack, { watches: { every: "1h" } }))))
  )

const look = Effect.flatMap(WatchLoop, (loop) => loop.look)
const record = (verdict: ReturnType<typeof verdictOf>) =>
  Effect.flatMap(CaseFiles, (files) => files.recordVerdict(verdict))
const texts = (slack: StandIn) => slack.messages.map(({ text }) => text)

describe("WatchLoop", () => {
  it.live("tells each change once, and nothing where the verdict says the same again", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      yield* watching(
        slack,
        Effect.gen(function* () {
          yield* look
          yield* record(verdictOf({ issuedAt: daysAgo(3) }))
          yield* look
          yield* look
          yield* record(verdictOf({ issuedAt: daysAgo(2) }))
          yield* look
          yield* record(quarantined({ issuedAt: daysAgo(1) }))
          yield* look
          yield* look
        })
      )
      expect(texts(slack)).toEqual([
        expect.stringContaining("First verdict"),
        expect.stringMatching(/changed.*treat to quarantine/)
      ])
      expect(slack.messages.every(({ channel }) => channel === "C1")).toBe(true)
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("tells once that a verdict and a waiver end, and that a re-exam is due", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      yield* watching(
        slack,
        Effect.gen(function* () {
          const files = yield* CaseFiles
          yield* record(quarantined({ issuedAt: daysAgo(88) }))
          const until = new Date(Date.now() + day).toISOString()
          yield* files.addWaiver({ subject, context: "civilian", who: "Ada", why: "a pilot", until })
          yield* look
          yield* look
        })
      )
      expect(texts(slack).sort()).toEqual([
        expect.stringContaining("First verdict"),
        expect.stringContaining("Re-exam due"),
        expect.stringContaining("Verdict expires"),
        expect.stringContaining("Waiver ends")
      ])
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("tells again what Slack did not take", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      yield* watching(
        slack,
        Effect.gen(function* () {
          yield* record(verdictOf())
          slack.limit("chat.postMessage", 1, 1)
          yield* look
          expect(slack.messages).toEqual([])
          yield* look
          yield* look
        })
      )
      expect(texts(slack)).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.live("goes on where a channel is closed to the bot", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      yield* watching(
        slack,
        Effect.gen(function* () {
          const state = yield* State
          yield* state.addWatch({
            team: "T1",
            channel: "C2",
            subject,
            addedBy: "UADA",
            addedAt: Date.now() - 300 * day
          })
          yield* record(verdictOf())
          yield* look
        }),
        "C9"
      )
      expect(slack.messages.map(({ channel }) => channel)).toEqual(["C2"])
    }).pipe(Effect.scoped)
  )

  it("knows what was recorded and what ended before anybody watched", () => {
    const now = Date.now()
    expect(keysOf({ since: now - day, recordedAt: now - 2 * day, issuedAt: now - 100 * day, now })).toEqual([
      expect.stringMatching(/^due /)
    ])
  })

  it("never takes an alert back as time goes by, but for an announcement that comes true", () => {
    const days = fc.integer({ min: 0, max: 200 })
    fc.assert(
      fc.property(days, days, days, (issued, watched, later) => {
        const given = { issuedAt: Date.now() - issued * day, recordedAt: Date.now(), since: Date.now() - watched * day }
        const before = keysOf({ ...given, now: Date.now() })
        const after = keysOf({ ...given, now: Date.now() + later * day })
        expect(new Set(after).size).toBe(after.length)
        for (const key of before)
          expect(after).toSatisfy(
            (keys: Array<string>) => keys.includes(key) || keys.includes(key.replace(/^ends/, "ended"))
          )
      })
    )
  })
})

const verdict = quarantined()

const keysOf = (given: {
  readonly now: number
  readonly since: number
  readonly issuedAt: number
  readonly recordedAt: number
}): ReadonlyArray<string> => {
  const question: WatchQuestion = {
    subject,
    verdicts: [
      {
        sequence: 1,
        digest: "sha256:0" as WatchQuestion["verdicts"][number]["digest"],
        recordedAt: new Date(given.recordedAt).toISOString(),
        document: { ...verdict, issuedAt: new Date(given.issuedAt).toISOString() }
      }
    ],
    waivers: [],
    since: given.since,
    now: given.now,
    maxAgeMs: 90 * day,
    expiryNoticeMs: 3 * day,
    reExamAfterMs: 30 * day
  }
  return watchAlerts(question).map(({ key }) => key)
}
