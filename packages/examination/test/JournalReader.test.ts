import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { answerOf } from "@model-intake/core"
import { readJournal } from "@model-intake/journal"
import * as Effect from "effect/Effect"
import { afterAll, describe, expect, it } from "vitest"
import { makeIntake } from "../src/index.ts"
import { keywordRater, raterPlugin } from "./support/Keyword.ts"
import { instrumentPlugin, rulePlugin } from "./support/Obedience.ts"

const folder = mkdtempSync(join(tmpdir(), "journal-reader-"))
afterAll(() => rmSync(folder, { recursive: true }))

describe("readJournal", () => {
  it("gives the exams of a journal with the answers of subject and reference", async () => {
    const file = join(folder, "journal.sqlite")
    const plugins = [
      rulePlugin((_, model) => `I, ${model}, would ask.`),
      raterPlugin(keywordRater),
      instrumentPlugin("M1")
    ]
    const named = (model: string) => ({ backend: "rule", model, revision: null })
    const intake = makeIntake({ plugins, journal: { file } })
    const options = { form: "T", size: "brief", triggers: [] } as const
    await intake.examine({ ...options, subject: named("first"), reference: named("second") })
    await intake.examine({ ...options, subject: named("third") })
    await intake.close()
    const exams = await Effect.runPromise(readJournal(file))
    expect(exams).toMatchObject([
      { subject: "rule:first", reference: "rule:second" },
      { subject: "rule:third", reference: null }
    ])
    const said = exams.map(({ answers }) => [...new Set(answers.map(answerOf))].sort())
    expect(said).toEqual([["I, first, would ask.", "I, second, would ask."], ["I, third, would ask."]])
  })

  it("refuses a file that is missing and one that is no journal", async () => {
    const missing = await Effect.runPromise(Effect.flip(readJournal(join(folder, "none.sqlite"))))
    expect(missing.message).toContain("does not exist")
    const { DatabaseSync } = await import("node:sqlite")
    const other = join(folder, "other.sqlite")
    const database = new DatabaseSync(other)
    database.exec("CREATE TABLE exams (id)")
    database.close()
    expect((await Effect.runPromise(Effect.flip(readJournal(other)))).message).toContain(other)
  })
})
