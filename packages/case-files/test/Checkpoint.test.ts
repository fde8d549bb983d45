import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { digest } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { CaseFiles, type CaseFilesOptions, isSignedBy, makeSigningKey } from "../src/index.ts"
import { type Checked, formatCheckpoint, parseCheckpoint } from "../src/internal/Checkpoint.ts"
import { quarantine, subjectName, verdictOf } from "./support/Verdicts.ts"

const folder = mkdtempSync(join(tmpdir(), "case-files-checkpoint-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const other = "openai:other"
let homes = 0

/** A store with two verdicts that the gate has checked, and one checkpoint beside its key. */
const setUp = async () => {
  const home = join(folder, `home-${++homes}`)
  const store = join(home, "case-files.sqlite")
  const run = <A, E>(
    use: (files: CaseFiles["Service"]) => Effect.Effect<A, E>,
    options: Partial<CaseFilesOptions> = {}
  ): Promise<A> =>
    Effect.runPromise(
      Effect.provide(
        Effect.flatMap(CaseFiles, use),
        CaseFiles.layerSqlite(store, { signingKey: join(home, "key.pem"), ...options })
      )
    )
  const ask = (options: Partial<CaseFilesOptions> = {}) =>
    run((files) => files.gate({ subject: subjectName, context: "civilian" }), options)
  await run((files) =>
    Effect.all([files.recordVerdict(verdictOf({ subject: other })), files.recordVerdict(quarantine)])
  )
  expect((await ask()).decision).toBe("not-allowed")
  const checkpoints = join(home, "checkpoints")
  const checkpoint = join(checkpoints, readdirSync(checkpoints)[0]!)
  /** Changes the other subject's record, which only a check of the whole log finds. */
  const tamper = () => {
    const database = new DatabaseSync(store)
    database.exec("DROP TRIGGER intake_log_no_update")
    database.exec(`UPDATE intake_log SET body = replace(body, '"certified"', '"attested"') WHERE sequence = 1`)
    database.close()
  }
  return { ask, checkpoint, checkpoints, home, run, tamper }
}

describe("a checkpoint of the log", () => {
  it("lies beside the key, for its owner alone, and says how far the log was checked", async () => {
    const { ask, checkpoint, checkpoints, run } = await setUp()
    expect(statSync(checkpoint).mode & 0o777).toBe(0o600)
    expect(statSync(checkpoints).mode & 0o777).toBe(0o700)
    const before = readFileSync(checkpoint, "utf8")
    await ask()
    expect(readFileSync(checkpoint, "utf8")).toBe(before)
    await run((files) => files.addWatchNote({ subject: other, who: "ada", says: "more", instruments: [] }))
    await ask()
    expect(readFileSync(checkpoint, "utf8")).toContain('"sequence":3')
    expect(readdirSync(checkpoints)).toHaveLength(1)
  })

  it("counts for nothing once a byte of it is changed, or where there is none: then everything is checked", async () => {
    const { ask, checkpoint, tamper } = await setUp()
    const honest = readFileSync(checkpoint)
    tamper()
    expect((await ask()).decision).toBe("not-allowed")
    for (let position = 0; position < honest.length; position += 17) {
      const changed = Buffer.from(honest)
      changed[position]! ^= 1
      writeFileSync(checkpoint, changed)
      await expect(ask(), `byte ${position}`).rejects.toThrow("record 1 is bad: its content does not match")
    }
    rmSync(checkpoint)
    await expect(ask()).rejects.toThrow("record 1 is bad")
  })

  it("is not taken from another key, nor for another store", async () => {
    const { checkpoint } = await setUp()
    const [key, stranger] = await Effect.runPromise(Effect.all([makeSigningKey, makeSigningKey]))
    const signed = (id: string) => (text: string, signature: string) => isSignedBy(id, text, signature)
    const checked: Checked = {
      sequence: 7,
      digest: digest("head"),
      keys: new Set([key.id]),
      subjects: new Map([
        ["__proto__", digest("a")],
        ["onnx:a\n", digest("b")]
      ])
    }
    const text = formatCheckpoint("/here", checked, key.sign)
    expect(parseCheckpoint(text, "/here", signed(key.id))).toEqual(checked)
    expect(parseCheckpoint(text, "/there", signed(key.id))).toBeNull()
    expect(parseCheckpoint(text, "/here", signed(stranger.id))).toBeNull()
    expect(parseCheckpoint(`${text}\n`, "/here", signed(key.id))).toBeNull()
    expect(parseCheckpoint("", "/here", signed(key.id))).toBeNull()
    expect(parseCheckpoint(readFileSync(checkpoint, "utf8"), "/here", signed(key.id))).toBeNull()
  })

  it("does not vouch for a key that is not trusted any more", async () => {
    const { home, run } = await setUp()
    const first = await run((files) => files.publicKey)
    const second = { signingKey: join(home, "second.pem") }
    const ask = (options: Partial<CaseFilesOptions>) =>
      run((files) => files.gate({ subject: other, context: "civilian" }), options)
    expect((await ask({ ...second, trustedKeys: [first] })).decision).toBe("allowed")
    await expect(ask(second)).rejects.toThrow(`signed with ${first}, a key that is not trusted`)
  })

  it("is left out where it cannot be written, and the answer is the same", async () => {
    const { ask, checkpoints, tamper } = await setUp()
    rmSync(checkpoints, { recursive: true })
    writeFileSync(checkpoints, "a file in its place")
    expect((await ask()).decision).toBe("not-allowed")
    chmodSync(checkpoints, 0o400)
    tamper()
    await expect(ask()).rejects.toThrow("record 1 is bad")
  })
})
