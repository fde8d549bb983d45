import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { digest, type Response } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import {
  type ExamJournal,
  type ExamPlan,
  Journal,
  type JournalOptions,
  journalLayer,
  planDifferences
} from "../src/index.ts"

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "intake-journal-"))
  file = join(folder, "deep", "journal.sqlite")
})
afterEach(() => rmSync(folder, { recursive: true }))

const plan: ExamPlan = { subject: "rule:subject", settings: { seed: "a", size: "brief", "form A of M1": digest("A") } }

const answered = (trial: string, text = "yes"): Response => ({
  _tag: "answered",
  trial: digest(trial),
  conversation: [{ role: "assistant", content: text }],
  reasoning: null,
  finish: "stop",
  usage: { inputTokens: 1, outputTokens: 1 },
  fingerprint: null
})

const unanswered = (trial: string, reason: "transport" | "malformed-reply"): Response => ({
  _tag: "unanswered",
  trial: digest(trial),
  reason,
  message: "gone"
})

const withExam = <A, E>(
  use: (exam: ExamJournal) => Effect.Effect<A, E>,
  options: Partial<JournalOptions> = {},
  of: ExamPlan = plan
) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    return yield* Effect.scoped(Effect.flatMap(journal.begin!(of), use))
  }).pipe(Effect.provide(journalLayer({ file, ...options })))

const run = <A, E>(effect: Effect.Effect<A, E>) => Effect.runPromise(effect)
const messageOf = <A, E extends { readonly message: string }>(effect: Effect.Effect<A, E>): Promise<string> =>
  Effect.runPromise(
    Effect.map(Effect.result(effect), (result) => (Result.isFailure(result) ? result.failure.message : "it succeeded"))
  )

const rowsOf = (): number => {
  const database = new DatabaseSync(file, { readOnly: true })
  const { n } = database.prepare("SELECT count(*) AS n FROM responses").get() as { n: number }
  database.close()
  return n
}

describe("the journal in a file", () => {
  it("gives back after a new start what was recorded, and the first response stays", async () => {
    await run(
      withExam((exam) =>
        Effect.all([exam.record(answered("one")), exam.record(answered("two", "naïve 🙂\n"))], {
          concurrency: "unbounded"
        })
      )
    )
    const found = await run(
      withExam(
        (exam) =>
          Effect.gen(function* () {
            yield* exam.record(answered("two", "another"))
            return [exam.resumedRows, yield* exam.find(digest("two")), yield* exam.find(digest("three"))]
          }),
        { resume: "latest" }
      )
    )
    expect(found).toEqual([2, answered("two", "naïve 🙂\n"), null])
  })

  it("asks a fault of transport again in a later run only, and nothing else ever", async () => {
    const faults = [unanswered("cut", "transport"), unanswered("nonsense", "malformed-reply")]
    const same = await run(
      withExam((exam) =>
        Effect.andThen(
          Effect.forEach(faults, exam.record),
          Effect.forEach(faults, ({ trial }) => exam.find(trial))
        )
      )
    )
    expect(same).toEqual(faults)
    const later = await run(
      withExam(
        (exam) =>
          Effect.gen(function* () {
            const before = yield* Effect.forEach(faults, ({ trial }) => exam.find(trial))
            yield* exam.record(answered("cut"))
            yield* exam.record(answered("nonsense"))
            return [before, yield* Effect.forEach(faults, ({ trial }) => exam.find(trial))]
          }),
        { resume: "latest" }
      )
    )
    expect(later).toEqual([
      [null, faults[1]],
      [answered("cut"), faults[1]]
    ])
    expect(rowsOf()).toBe(2)
  })

  it("names what changed in the plan and changes nothing", async () => {
    await run(withExam((exam) => exam.record(answered("one"))))
    const changed = { ...plan, settings: { seed: "b", size: "brief", "form A of M1": digest("other") } }
    const says = await messageOf(withExam(() => Effect.void, { resume: "latest" }, changed))
    expect(says).toMatch(/has another plan: the form A of M1 changed; the seed was "a" and is "b"\./)
    expect(await messageOf(withExam(() => Effect.void, { resume: "exam-00" }))).toMatch(/holds no exam exam-00/)
    expect(
      await messageOf(withExam(() => Effect.void, { resume: "latest" }, { ...plan, subject: "rule:else" }))
    ).toMatch(/holds no exam of rule:else/)
    expect(rowsOf()).toBe(1)
  })

  it("takes up the latest exam that did not end before one that did", async () => {
    const ids: Array<string> = []
    const keep = (exam: ExamJournal) => Effect.sync(() => ids.push(exam.id!))
    await run(withExam(keep))
    await run(withExam((exam) => Effect.andThen(keep(exam), exam.finish)))
    await run(withExam((exam) => Effect.andThen(keep(exam), exam.finish), { resume: "latest" }))
    await run(withExam(keep, { resume: "latest" }))
    expect(ids[2]).toBe(ids[0])
    expect([ids[0], ids[1]]).toContain(ids[3])
  })

  it("leaves nothing beside the journal", async () => {
    await run(withExam(() => Effect.void))
    expect(readdirSync(dirname(file)).filter((name) => name.endsWith(".lock"))).toEqual([])
  })

  it("lets only one process at a time have an exam", async () => {
    const says = await run(
      withExam((exam) => Effect.promise(() => messageOf(withExam(() => Effect.void, { resume: exam.id! }))))
    )
    expect(says).toMatch(/is under way in another process/)
    expect(await messageOf(withExam(() => Effect.void, { resume: "latest" }))).toBe("it succeeded")
  })

  it("answers from earlier exams only where that is asked for, and only with answers", async () => {
    await run(
      withExam((exam) => Effect.forEach([answered("one"), unanswered("nonsense", "malformed-reply")], exam.record))
    )
    const find = (exam: ExamJournal) =>
      Effect.gen(function* () {
        const found = yield* Effect.forEach(["one", "nonsense"], (trial) => exam.find(digest(trial)))
        return [found, exam.reused()]
      })
    expect(await run(withExam(find))).toEqual([[null, null], 0])
    expect(await run(withExam(find, { reuse: true }))).toEqual([[answered("one"), null], 1])
    expect(rowsOf()).toBe(3)
  })

  it("keeps what judges replied", async () => {
    const reply = {
      text: "{}",
      reasoning: null,
      finish: "stop",
      usage: { inputTokens: 1, outputTokens: 1 },
      fingerprint: "f"
    } as const
    await run(withExam((exam) => exam.recordReply!(digest("call"), reply)))
    const found = await run(withExam((exam) => exam.findReply!(digest("call")), { resume: "latest" }))
    expect(found).toEqual(reply)
  })

  it.each<[string, () => void, RegExp]>([
    ["is no database", () => writeFileSync(file, "not a journal ".repeat(100)), /is damaged or no journal/],
    [
      "is another program's database",
      () => new DatabaseSync(file).exec("CREATE TABLE notes (text TEXT)"),
      /is some other SQLite database; give another file to --journal/
    ],
    [
      "is of a newer version",
      () => new DatabaseSync(file).exec("PRAGMA user_version = 99"),
      /was written by a newer version of Model Intake/
    ]
  ])("refuses a file that %s, and leaves it alone", async (_, spoil, says) => {
    await run(withExam(() => Effect.void))
    rmSync(join(folder, "deep"), { recursive: true })
    const { mkdirSync } = await import("node:fs")
    mkdirSync(join(folder, "deep"))
    spoil()
    const before = readFileSync(file)
    expect(await messageOf(withExam(() => Effect.void))).toMatch(says)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it("says that it cannot be opened where the path is none", async () => {
    writeFileSync(join(folder, "deep"), "")
    expect(await messageOf(withExam(() => Effect.void))).toMatch(/journal .* cannot be used/)
  })

  it("stops with a sentence while another process holds the file, and records nothing", async () => {
    const says = await run(
      withExam(
        (exam) =>
          Effect.promise(async () => {
            const other = new DatabaseSync(file)
            other.exec("BEGIN IMMEDIATE")
            const message = await messageOf(exam.record(answered("one")))
            other.exec("ROLLBACK")
            other.close()
            return message
          }),
        { patienceMs: 100 }
      )
    )
    expect(says).toMatch(/is locked by another process; wait until it ends and resume with --resume/)
    expect(rowsOf()).toBe(0)
    await run(withExam((exam) => exam.record(answered("one")), { resume: "latest" }))
    expect(rowsOf()).toBe(1)
  })
})

describe("planDifferences", () => {
  it("tells what is new, gone and changed", () => {
    expect(planDifferences({ a: "1", b: "2" }, { b: "3", c: "4" })).toEqual([
      "the a is gone",
      'the b was "2" and is "3"',
      "the c is new"
    ])
    expect(planDifferences({ a: "1" }, { a: "1" })).toEqual([])
  })
})
