import { statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect } from "vitest"
import type { ExamTicket } from "../src/exams/ExamTicket.ts"
import { State } from "../src/State.ts"
import { scratch } from "./support/Scratch.ts"

const ticket: ExamTicket = {
  id: "1",
  subject: "openai:qwen",
  form: "A",
  brief: false,
  replicate: false,
  budgetRequests: null,
  context: null,
  askedBy: "U1",
  team: "T1",
  channel: "C1",
  thread: null,
  state: "queued",
  exam: null,
  message: null,
  askedAt: 1000,
  why: null,
  verdict: null,
  sending: false
}
const watch = { team: "T1", channel: "C1", subject: "openai:qwen", addedBy: "U1", addedAt: 5 }
const freshFile = () => join(scratch("state"), "slack", "state.sqlite")
const inState = <A, E>(file: string, use: (state: State["Service"]) => Effect.Effect<A, E>) =>
  Effect.provide(Effect.flatMap(State, use), State.layer(file))

describe("State", () => {
  it.effect("keeps tickets over restarts, oldest first and the last word of each", () =>
    Effect.gen(function* () {
      const file = freshFile()
      yield* inState(file, (state) =>
        Effect.gen(function* () {
          yield* state.putTicket({ ...ticket, id: "2", askedAt: 2000 })
          yield* state.putTicket(ticket)
          yield* state.putTicket({ ...ticket, state: "running", exam: "E1" })
        })
      )
      yield* inState(file, (state) =>
        Effect.gen(function* () {
          expect((yield* state.tickets).map(({ exam, id }) => [id, exam])).toEqual([
            ["1", "E1"],
            ["2", null]
          ])
          expect(yield* state.getTicket("1")).toEqual({ ...ticket, state: "running", exam: "E1" })
          expect(yield* state.getTicket("3")).toBeNull()
        })
      )
      if (process.platform !== "win32") {
        expect(statSync(file).mode & 0o777).toBe(0o600)
        expect(statSync(join(file, "..")).mode & 0o777).toBe(0o700)
      }
    })
  )

  it.effect("has a watch once, and what it told goes with it", () =>
    inState(freshFile(), (state) =>
      Effect.gen(function* () {
        const { id } = yield* state.addWatch(watch)
        expect(yield* state.addWatch({ ...watch, addedBy: "U2", addedAt: 9 })).toEqual({ ...watch, id })
        yield* state.markTold(id, "changed")
        yield* state.markTold(id, "changed")
        expect([yield* state.told(id, "changed"), yield* state.told(id, "expires")]).toEqual([true, false])
        expect(yield* state.removeWatch("T1", "C1", "openai:qwen")).toBe(true)
        expect(yield* state.removeWatch("T1", "C1", "openai:qwen")).toBe(false)
        yield* state.markTold(id, "late")
        yield* state.addWatch(watch)
        expect([yield* state.told(id, "changed"), yield* state.told(id, "late")]).toEqual([false, false])
        expect(yield* state.watches).toEqual([{ ...watch, id }])
      })
    )
  )

  it.effect("knows a delivery for a day, also after a restart", () =>
    Effect.gen(function* () {
      const file = freshFile()
      yield* inState(file, (state) =>
        Effect.gen(function* () {
          const all = yield* Effect.all(
            Array.from({ length: 20 }, () => state.firstTime("Ev1")),
            { concurrency: "unbounded" }
          )
          expect(all.filter((first) => first)).toHaveLength(1)
          expect(yield* state.firstTime("Ev2")).toBe(true)
        })
      )
      yield* inState(file, (state) => Effect.map(state.firstTime("Ev1"), (first) => expect(first).toBe(false)))
      yield* TestClock.adjust("25 hours")
      yield* inState(file, (state) => Effect.map(state.firstTime("Ev1"), (first) => expect(first).toBe(true)))
    })
  )

  it.live("says in one sentence that a file is another bot's, a newer one's, or damaged", () =>
    Effect.gen(function* () {
      const file = freshFile()
      const problem = (path: string) =>
        Effect.map(Effect.flip(inState(path, (state) => state.tickets)), ({ message }) => message)
      const second = yield* inState(file, (state) => Effect.andThen(state.putTicket(ticket), problem(file)))
      expect(second).toMatch(/state\.sqlite is in use by another bot; stop that one/)

      const database = new DatabaseSync(file)
      database.exec("UPDATE ticket SET body = '{}'")
      database.close()
      expect(yield* problem(file)).toMatch(/holds an exam that cannot be read; move the file away/)
      const newer = new DatabaseSync(file)
      newer.exec("PRAGMA user_version = 99")
      newer.close()
      expect(yield* problem(file)).toMatch(/newer version of the bot/)
      const damaged = join(file, "..", "damaged.sqlite")
      writeFileSync(damaged, "no database at all, but long enough to be taken for one".repeat(50))
      expect(yield* problem(damaged)).toMatch(/damaged\.sqlite cannot be used: file is not a database/)
    })
  )
})
