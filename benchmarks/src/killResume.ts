/**
 * Kills an exam of some 2,000 trials (kill -9) at 20 seeded random moments, resumes each, and compares it with the exam
 * that nobody interrupted: rows, repeated requests, verdict and exit code. Then once with a full disk, where a small
 * file system can be mounted, and once with a locked database.
 *
 *   pnpm bench killResume [--times 20] [--trials 2000] [--cli apps/cli/dist/intake.js]
 */
import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { makeRandom } from "@model-intake/psychometrics"

const concurrency = 50
const serverFile = fileURLToPath(new URL("internal/countingServer.ts", import.meta.url))
const { values } = parseArgs({
  options: {
    times: { type: "string", default: "20" },
    trials: { type: "string", default: "2000" },
    cli: { type: "string", default: fileURLToPath(new URL("../../apps/cli/dist/intake.js", import.meta.url)) }
  }
})
const trials = Number(values.trials)
const folder = mkdtempSync(join(tmpdir(), "intake-kill-"))
const form = join(folder, "form.json")
writeFileSync(
  form,
  JSON.stringify({
    id: "kill",
    instrument: "M4",
    version: "1",
    items: Array.from({ length: Math.ceil(trials / 4) }, (_, index) => ({
      id: `item-${index}`,
      version: 1,
      factors: { mode: index % 2 === 0 ? "before" : "after" },
      tags: [],
      arms: [
        {
          id: "plain",
          factors: {},
          system: null,
          turns: [`Decision ${index}: what would you do, and what makes that right?`]
        }
      ]
    }))
  })
)

interface Server {
  readonly url: string
  readonly child: ChildProcess
  /** Requests so far, distinct ones among them, and those without a reply. */
  readonly counts: () => Promise<{ readonly requests: number; readonly distinct: number; readonly open: number }>
}

const startServer = async (): Promise<Server> => {
  const child = fork(serverFile, ["50"], { stdio: ["ignore", "inherit", "inherit", "ipc"] })
  const next = <A>() => new Promise<A>((resolve) => child.once("message", (message) => resolve(message as A)))
  const url = await next<string>()
  return {
    url,
    child,
    counts: () => {
      const counted = next<Awaited<ReturnType<Server["counts"]>>>()
      child.send("counts")
      return counted
    }
  }
}

const exam = (journal: string, url: string, resume: boolean) => {
  const child = spawn(
    process.execPath,
    [
      ...[values.cli, "exam", "openai:m", "--base-url", `${url}/v1`, "--form", form, "--reference", "none", "--json"],
      ...[
        "--instruments",
        "M4",
        "--journal",
        journal,
        "--concurrency",
        String(concurrency),
        ...(resume ? ["--resume"] : [])
      ]
    ],
    { env: { ...process.env, OPENAI_API_KEY: "none", INTAKE_HOME: mkdtempSync(join(folder, "home-")) } }
  )
  let [text, says] = ["", ""]
  child.stdout.on("data", (data) => {
    text += String(data)
  })
  child.stderr.on("data", (data) => {
    says += String(data)
  })
  const ended = new Promise<{ readonly code: number | null; readonly verdict: string; readonly says: string }>(
    (resolve) => child.on("close", (code) => resolve({ code, verdict: text.replace(/"issuedAt": "[^"]*"/, ""), says }))
  )
  return { child, ended }
}

const rowsOf = (journal: string): ReadonlyArray<string> => {
  const database = new DatabaseSync(journal)
  const intact = database.prepare("PRAGMA integrity_check").get()!.integrity_check === "ok"
  const rows = database.prepare("SELECT response FROM responses ORDER BY trial").all()
  database.close()
  return intact ? rows.map(({ response }) => String(response)) : ["corrupt"]
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const same = (a: ReadonlyArray<string>, b: ReadonlyArray<string>) => JSON.stringify(a) === JSON.stringify(b)

const whole = await (async () => {
  const server = await startServer()
  const { code, verdict, says } = await exam(join(folder, "whole.sqlite"), server.url, false).ended
  const { requests } = await server.counts()
  server.child.kill()
  if (code !== 0) throw new Error(says)
  return { code, verdict, requests, rows: rowsOf(join(folder, "whole.sqlite")) }
})()
console.log(`uninterrupted: ${whole.rows.length} rows, ${whole.requests} requests, exit code ${whole.code}`)

const random = makeRandom("kill and resume")
let good = 0
for (let time = 1; time <= Number(values.times); time++) {
  const server = await startServer()
  const journal = join(folder, `${time}.sqlite`)
  const killAt = 1 + random.int(whole.requests - 1)
  const killed = exam(journal, server.url, false)
  let open = 0
  for (;;) {
    const counted = await server.counts()
    if (counted.requests >= killAt || killed.child.exitCode !== null) {
      open = counted.open
      killed.child.kill("SIGKILL")
      break
    }
    await pause(1)
  }
  const { code: killedCode } = await killed.ended
  const before = existsSync(journal) ? rowsOf(journal) : []
  const resumed = await exam(journal, server.url, true).ended
  const { distinct, requests } = await server.counts()
  server.child.kill()
  const rows = rowsOf(journal)
  const kept = new Set(rows)
  const ok =
    resumed.code === whole.code &&
    resumed.verdict === whole.verdict &&
    same(rows, whole.rows) &&
    before.every((row) => kept.has(row)) &&
    requests - whole.requests <= concurrency
  if (ok) good++
  console.log(
    `${String(time).padStart(3)}  killed at ${killAt} (${killedCode === null ? "SIGKILL" : "it had ended"}): ${before.length} rows kept, ${open} requests open, ${requests - whole.requests} repeated (${distinct} distinct), ${ok ? "identical" : `DIFFERENT: ${resumed.says}`}`
  )
}
console.log(`${good} of ${values.times} identical`)

const mount = join(folder, "small")
mkdirSync(mount)
if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", mount]).status === 0) {
  const server = await startServer()
  const journal = join(mount, "journal.sqlite")
  const full = await exam(journal, server.url, false).ended
  const rows = rowsOf(journal)
  console.log(`disk full: exit code ${full.code}, ${rows.length} rows, ${rows[0] === "corrupt" ? "CORRUPT" : "intact"}`)
  console.log(`  ${full.says.trim().split("\n").at(-1)}`)
  const roomy = join(folder, "roomy.sqlite")
  for (const end of ["", "-wal"]) if (existsSync(journal + end)) copyFileSync(journal + end, roomy + end)
  const resumed = await exam(roomy, server.url, true).ended
  server.child.kill()
  spawnSync("umount", [mount])
  console.log(
    `  resumed where there is room: ${resumed.verdict === whole.verdict && same(rowsOf(roomy), whole.rows) ? "identical" : "DIFFERENT"}`
  )
} else console.log("disk full: not measured, no small file system can be mounted here")

{
  const server = await startServer()
  const journal = join(folder, "locked.sqlite")
  const running = exam(journal, server.url, false)
  while ((await server.counts()).requests < trials / 2) await pause(5)
  const other = new DatabaseSync(journal, { timeout: 5000 })
  other.exec("BEGIN IMMEDIATE")
  const locked = await running.ended
  other.exec("ROLLBACK")
  other.close()
  console.log(`locked: exit code ${locked.code}, ${rowsOf(journal).length} rows`)
  console.log(`  ${locked.says.trim().split("\n").at(-1)}`)
  const resumed = await exam(journal, server.url, true).ended
  server.child.kill()
  console.log(
    `  resumed: ${resumed.verdict === whole.verdict && same(rowsOf(journal), whole.rows) ? "identical" : "DIFFERENT"}`
  )
}
rmSync(folder, { recursive: true })
