import { execFileSync, spawnSync } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { CaseFiles, parseLog } from "../src/index.ts"
import { caseFilesContract, type Database } from "./support/Contract.ts"
import { quarantine, subjectName, verdictOf } from "./support/Verdicts.ts"

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

/** A store of its own; `failing` gives the sentence. */
const setUp = () => {
  const home = join(folder, `home-${++stores}`)
  const store = join(home, "case-files.sqlite")
  const using = <A, E>(use: (files: CaseFiles["Service"]) => Effect.Effect<A, E>, path = store): Promise<A> =>
    Effect.runPromise(
      Effect.provide(Effect.flatMap(CaseFiles, use), CaseFiles.layerSqlite(path, { signingKey: join(home, "key.pem") }))
    )
  const failing = async <A, E>(use: (files: CaseFiles["Service"]) => Effect.Effect<A, E>, path = store) => {
    const failure: unknown = await using(use, path).catch((error: unknown) => error)
    return failure instanceof Error ? failure.message : `did not fail: ${JSON.stringify(failure)}`
  }
  const record = (files: CaseFiles["Service"]) => (says: string) =>
    files.addWatchNote({ subject: subjectName, who: "ada", says, instruments: [] })
  return { failing, home, record, store, using }
}

/** Modes do not bind root, so a read-only disk is a mount; where nobody may make one the test is skipped. */
const mayMount = (() => {
  if (process.platform !== "linux" || spawnSync("/bin/mount", ["--bind", folder, folder]).status !== 0) return false
  return spawnSync("/bin/umount", [folder]).status === 0
})()

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

  it("name the record of which any column was changed", async () => {
    const { record, store, using } = setUp()
    await using((files) =>
      Effect.forEach(
        Array.from({ length: 12 }, (_, index) => `note ${index}`),
        record(files)
      )
    )
    const honest = join(folder, "honest.sqlite")
    copyFileSync(store, honest)
    const columns = ["body", "previous", "kind", "subject", "issued_at", "key_id", "digest", "signature"]
    for (const [turn, column] of columns.entries()) {
      const position = turn + 2
      const at = 1 + ((turn * 7) % 20)
      const database = new DatabaseSync(store)
      database.exec("DROP TRIGGER IF EXISTS intake_log_no_update")
      database.exec(
        `UPDATE intake_log SET ${column} = substr(${column}, 1, ${at - 1}) || CASE substr(${column}, ${at}, 1) WHEN 'x' THEN 'y' ELSE 'x' END || substr(${column}, ${at + 1}) WHERE sequence = ${position}`
      )
      database.close()
      expect(await using((files) => files.verify()), column).toMatchObject({
        ok: false,
        position,
        problem: column === "signature" ? "wrong-signature" : "changed"
      })
      copyFileSync(honest, store)
    }
    expect(await using((files) => files.verify())).toMatchObject({ ok: true, records: 12 })
  })

  it("that are damaged say so in one sentence, and are left as they are", async () => {
    const { failing, record, store, using } = setUp()
    await using((files) =>
      Effect.forEach(
        Array.from({ length: 60 }, (_, index) => `note ${index}`),
        record(files)
      )
    )
    for (const side of ["-wal", "-shm"]) rmSync(`${store}${side}`, { force: true })
    const honest = readFileSync(store)
    for (const [from, length] of [
      [4096, honest.length - 4096],
      [honest.length >> 1, 8192],
      [100, 50]
    ] as const) {
      const damaged = Buffer.from(honest)
      damaged.fill(0xa5, from, from + length)
      writeFileSync(store, damaged)
      const said = await failing((files) =>
        Effect.andThen(files.verify(), (check) =>
          check.ok ? files.gate({ subject: subjectName, context: "civilian" }) : Effect.die(new Error(check.message))
        )
      )
      expect(said, `damage at ${from}`).toMatch(/^(The store .* failed \(.*malformed\)|record \d+ is bad: )/)
      expect(said.split("\n")).toHaveLength(1)
      for (const side of ["-wal", "-shm"]) rmSync(`${store}${side}`, { force: true })
      expect(readFileSync(store).equals(damaged)).toBe(true)
    }
    writeFileSync(store, honest.subarray(0, honest.length >> 1))
    expect(await failing((files) => files.verify())).toMatch(/^The store .* failed \(/)
  })

  it.skipIf(!mayMount)("on a read-only disk say so in one sentence, and are whole afterwards", async () => {
    const { failing, record, store, using } = setUp()
    await using((files) => record(files)("before"))
    const mounted = join(folder, "read-only")
    mkdirSync(mounted)
    execFileSync("/bin/mount", ["--bind", dirname(store), mounted])
    try {
      execFileSync("/bin/mount", ["-o", "remount,bind,ro", mounted])
      expect(await failing((files) => files.subjects, join(mounted, "case-files.sqlite"))).toMatch(
        /^The store .*\/read-only\/case-files\.sqlite failed \(it lies on a read-only disk; copy it to a folder that can be written/
      )
    } finally {
      execFileSync("/bin/umount", [mounted])
    }
    expect(await using((files) => files.verify())).toMatchObject({ ok: true, records: 1 })
  })

  it("take a subject named like a path, an evidence text of 10 MB, markup, escape sequences and formulas as text", async () => {
    const { store, using } = setUp()
    const quote = `=cmd|'/c calc'!A0 <script>alert(1)</script> \u001b[2J\u202e@here ${"x".repeat(10_000_000)}`
    const subject = "onnx:../../x"
    const honest = verdictOf({ subject })
    const reading = honest.readings[0]!
    const verdict = {
      ...honest,
      readings: [
        { ...reading, evidence: [{ trialId: "=1+1", quote, start: 0, end: 9, code: "+cmd" }] },
        ...honest.readings.slice(1)
      ]
    }
    await using((files) => files.recordVerdict(verdict))
    expect((await using((files) => files.latestVerdict(subject)))?.document).toEqual(verdict)
    expect((await using((files) => files.gate({ subject, context: "civilian" }))).decision).toBe("allowed")
    const exported = await using((files) => files.exportLog)
    expect(exported.split("\n")).toHaveLength(2)
    expect(exported).not.toContain("\u001b")
    expect(Effect.runSync(parseLog(exported))[0]?.subject).toBe(subject)
    // Nothing was written anywhere but into the store.
    expect(
      readdirSync(dirname(store))
        .filter((name) => !name.startsWith("case-files.sqlite"))
        .sort()
    ).toEqual(["checkpoints", "key.pem"])
  }, 60_000)

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
