import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { makeRandom } from "@model-intake/psychometrics"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const program = fileURLToPath(new URL("support/killable.ts", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "intake-resume-"))
afterAll(() => rmSync(folder, { recursive: true }))

const concurrency = 8
const trials = 24 * 2 * 4

const callsOf = (name: string): ReadonlyArray<string> => {
  const file = join(folder, `${name}.calls`)
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []
}

/** Runs the exam to its end, or kills it with so many calls made. */
const run = (
  name: string,
  options: { readonly killAt?: number; readonly resume?: boolean; readonly shell?: string } = {}
) =>
  new Promise<{ readonly code: number | null; readonly verdict: string; readonly says: string }>((resolve) => {
    const words = [program, join(folder, `${name}.sqlite`), join(folder, `${name}.calls`)]
    if (options.resume === true) words.push("latest")
    const child =
      options.shell === undefined
        ? spawn(process.execPath, words)
        : spawn("bash", ["-c", `${options.shell}; exec "$@"`, "bash", process.execPath, ...words])
    let [verdict, says] = ["", ""]
    child.stdout.on("data", (data) => {
      verdict += String(data)
    })
    child.stderr.on("data", (data) => {
      says += String(data)
    })
    const watch = setInterval(() => {
      if (options.killAt !== undefined && callsOf(name).length >= options.killAt) child.kill("SIGKILL")
    }, 2)
    child.on("close", (code) => {
      clearInterval(watch)
      resolve({ code, verdict, says })
    })
  })

const rowsOf = (name: string): ReadonlyArray<string> => {
  const database = new DatabaseSync(join(folder, `${name}.sqlite`))
  expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" })
  const rows = database.prepare("SELECT response FROM responses ORDER BY trial").all()
  database.close()
  return rows.map(({ response }) => String(response))
}

describe("an exam that is killed", () => {
  let whole: string
  beforeAll(async () => {
    const { code, verdict } = await run("whole")
    expect(code).toBe(0)
    whole = verdict
  }, 60_000)

  const random = makeRandom("kill")
  it.each(Array.from({ length: 3 }, (_, index) => [index, 1 + random.int(280)] as const))(
    "and resumed loses and doubles nothing (%i, at call %i)",
    async (index, killAt) => {
      const name = `killed-${index}`
      const killed = await run(name, { killAt })
      expect(killed.code).toBeNull()
      const before = rowsOf(name)
      const resumed = await run(name, { resume: true })
      expect(resumed).toMatchObject({ code: 0, verdict: whole })
      expect(rowsOf(name)).toEqual(rowsOf("whole"))
      expect(before.every((row) => rowsOf(name).includes(row))).toBe(true)
      const calls = callsOf(name)
      expect(calls.length - new Set(calls).size).toBeLessThanOrEqual(concurrency)
      expect(new Set(calls).size).toBe(new Set(callsOf("whole")).size)
      expect(rowsOf(name).length).toBeGreaterThanOrEqual(trials)
    },
    60_000
  )

  // A limit on the size of files stands for a full disk: writes fail in the middle of the exam.
  it.skipIf(process.platform === "win32")(
    "by a disk that takes no more says so, and nothing is corrupt",
    async () => {
      const full = await run("full", { shell: "trap '' XFSZ; ulimit -f 100" })
      expect(full.code).not.toBe(0)
      expect(full.verdict).toBe("")
      expect(full.says).toMatch(/the journal .* (cannot be read or written|has no room)/)
      const rows = rowsOf("full").length
      expect(rows).toBeGreaterThan(0)
      expect(rows).toBeLessThan(trials)
      expect(await run("full", { resume: true })).toMatchObject({ code: 0, verdict: whole })
      expect(rowsOf("full")).toEqual(rowsOf("whole"))
    },
    60_000
  )
})
