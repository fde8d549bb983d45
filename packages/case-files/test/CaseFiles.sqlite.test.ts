import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { CaseFiles } from "../src/index.ts"
import { caseFilesContract, type Database } from "./support/Contract.ts"
import { quarantine, subjectName } from "./support/Verdicts.ts"

const folder = mkdtempSync(join(tmpdir(), "case-files-sqlite-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let stores = 0

const sqlite: Database = {
  fresh: async () => join(folder, `store-${++stores}`, "case-files.sqlite"),
  query: async (store, statement) => {
    const database = new DatabaseSync(store)
    try {
      const row = database.prepare(statement).get()
      return row === undefined ? "" : String(Object.values(row)[0])
    } finally {
      database.close()
    }
  },
  unguard: ["UPDATE", "DELETE"].map((event) => `DROP TRIGGER IF EXISTS intake_log_no_${event.toLowerCase()}`)
}

describe("case files in SQLite", () => {
  caseFilesContract(async () => sqlite)

  it("are made for their owner alone", async () => {
    const store = await sqlite.fresh()
    const layer = CaseFiles.layerSqlite(store, { signingKey: join(folder, "own.pem") })
    await Effect.runPromise(Effect.provide(CaseFiles, layer))
    expect(statSync(store).mode & 0o777).toBe(0o600)
    expect(statSync(join(store, "..")).mode & 0o777).toBe(0o700)
    // Nothing was recorded, so nothing had to be signed.
    expect(existsSync(join(folder, "own.pem"))).toBe(false)
  })

  it("cannot be replaced row by row either", async () => {
    const store = await sqlite.fresh()
    const layer = CaseFiles.layerSqlite(store, { signingKey: join(folder, "replace.pem") })
    const record = Effect.flatMap(CaseFiles, (files) => files.recordVerdict(quarantine))
    await Effect.runPromise(Effect.provide(record, layer))
    const replace = "INSERT OR REPLACE INTO intake_log SELECT * FROM intake_log WHERE sequence = 1"
    await expect(sqlite.query(store, replace)).rejects.toThrow("only the next record")
  })

  it("say in one sentence that a file is no database, or a folder cannot be written", async () => {
    const file = join(folder, "text.sqlite")
    writeFileSync(file, "this is no database, but long enough to be read as one".repeat(20))
    const opening = (path: string) =>
      Effect.runPromise(
        Effect.flip(Effect.provide(CaseFiles, CaseFiles.layerSqlite(path, { signingKey: join(folder, "k.pem") })))
      )
    expect((await opening(file)).message).toBe(`The store ${file} failed (file is not a database)`)
    expect((await opening(join(file, "below", "x.sqlite"))).message).toMatch(/^The store .* failed \(ENOTDIR/)
  })

  it("live in memory for a test", async () => {
    const program = Effect.gen(function* () {
      const files = yield* CaseFiles
      yield* files.recordVerdict(quarantine)
      return yield* files.gate({ subject: subjectName, context: "advisory" })
    })
    const answer = await Effect.runPromise(Effect.provide(program, CaseFiles.layerMemory))
    expect(answer.decision).toBe("not-allowed")
  })
})
