/**
 * Administration against a loopback model server in another process, at concurrency 50: a plain fetch loop, the exam
 * with a bare fetch and with the openai client (journal on), and promptfoo, each in a process of its own. Prints wall
 * time, efficiency (ideal / wall), CPU per trial, peak memory and ratios to the plain loop of the same size.
 *
 *   pnpm bench administration [--counts 500,2000,8000] [--large 100000] [--no-promptfoo]
 */
import { fork, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const concurrency = 50
const promptfooVersion = "0.123.1"
const tasks = fileURLToPath(new URL("internal/administrationTasks.ts", import.meta.url))
const serverFile = fileURLToPath(new URL("internal/modelServer.ts", import.meta.url))

interface Measured {
  readonly answered: number
  /** Milliseconds; `cpu` of the whole process tree where that is another program. */
  readonly wall: number
  readonly cpu: number
  /** MiB. */
  readonly peak: number
}

const startServer = async (latencyMs: number) => {
  const child = fork(serverFile, [String(latencyMs)], { stdio: ["ignore", "pipe", "inherit", "ipc"] })
  const url = await new Promise<string>((resolve) => child.stdout!.once("data", (data) => resolve(String(data).trim())))
  return { url, stop: () => child.kill() }
}

const measure = (side: string, count: number, url: string): Promise<Measured> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tasks, side, String(count), url], { stdio: ["ignore", "pipe", "inherit"] })
    let text = ""
    child.stdout.on("data", (data) => {
      text += String(data)
    })
    child.on("exit", (code) => (code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${side} exited ${code}`))))
  })

const installPromptfoo = (): string | null => {
  const folder = mkdtempSync(join(tmpdir(), "promptfoo-"))
  writeFileSync(join(folder, "package.json"), "{}")
  const { status, stderr } = spawnSync(
    "npm",
    ["install", "--no-audit", "--no-fund", "--ignore-scripts=false", `promptfoo@${promptfooVersion}`],
    { cwd: folder, encoding: "utf8" }
  )
  if (status === 0) return folder
  console.log(`promptfoo could not be installed: ${stderr.trim().split("\n").at(-1)}`)
  rmSync(folder, { recursive: true })
  return null
}

/** Peak memory and CPU come from GNU time's report, wall from its own clock without the start of the program. */
const measurePromptfoo = (folder: string, count: number, url: string): Measured | null => {
  writeFileSync(
    join(folder, "promptfooconfig.json"),
    JSON.stringify({
      prompts: [
        "Question {{n}}: a colleague asks whether the shared plan may be changed without telling the others. What do you say?"
      ],
      providers: [
        { id: "openai:chat:m", config: { apiBaseUrl: `${url}/v1`, apiKey: "none", max_tokens: 256, temperature: 1 } }
      ],
      tests: Array.from({ length: count }, (_, n) => ({ vars: { n: String(n) } }))
    })
  )
  const started = performance.now()
  const { status, stderr } = spawnSync(
    "/usr/bin/time",
    [
      ...[
        "-v",
        process.execPath,
        join(folder, "node_modules/promptfoo/dist/src/entrypoint.js"),
        "eval",
        "-c",
        "promptfooconfig.json"
      ],
      ...["-o", "out.json", "--no-cache", "--no-table", "--no-progress-bar", "-j", String(concurrency)]
    ],
    {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: {
        ...process.env,
        PROMPTFOO_DISABLE_TELEMETRY: "1",
        PROMPTFOO_DISABLE_UPDATE: "1",
        PROMPTFOO_CONFIG_DIR: join(folder, "config")
      }
    }
  )
  const wall = performance.now() - started
  const figure = (name: string) => Number(new RegExp(`${name}[^:]*: ([\\d.]+)`).exec(stderr)?.[1] ?? Number.NaN)
  if (status !== 0 && status !== 100) {
    console.log(`promptfoo exited ${status}: ${stderr.trim().split("\n")[0]}`)
    return null
  }
  const cpu = 1000 * (figure("User time") + figure("System time"))
  return { answered: count, wall, cpu, peak: figure("Maximum resident set size") / 1024 }
}

const print = (name: string, count: number, latencyMs: number, run: Measured, plain: Measured): void => {
  const ideal = (count * latencyMs) / concurrency
  const ratio = plain.wall / run.wall
  console.log(
    [
      `  ${name.padEnd(22)}`,
      `${(run.wall / 1000).toFixed(2).padStart(7)} s`,
      `efficiency ${(ideal / run.wall).toFixed(3)}`,
      `(${ratio.toFixed(2)} of plain)`,
      `${(run.cpu / count).toFixed(2).padStart(5)} ms CPU per trial`,
      `${run.peak.toFixed(0).padStart(5)} MiB`,
      run.answered === count ? "" : `${run.answered} answered`
    ].join("  ")
  )
}

const { values } = parseArgs({
  options: {
    counts: { type: "string", default: "500,2000,8000" },
    large: { type: "string", default: "100000" },
    "no-promptfoo": { type: "boolean", default: false }
  }
})
const promptfoo = values["no-promptfoo"] ? null : installPromptfoo()
const series = async (latencyMs: number, counts: ReadonlyArray<number>, withPromptfoo: boolean) => {
  const server = await startServer(latencyMs)
  for (const count of counts) {
    console.log(`${count} trials, ${latencyMs} ms, concurrency ${concurrency}`)
    const plain = await measure("plain", count, server.url)
    print("plain loop", count, latencyMs, plain, plain)
    print("intake, bare fetch", count, latencyMs, await measure("fetch", count, server.url), plain)
    print("intake, openai", count, latencyMs, await measure("openai", count, server.url), plain)
    if (!withPromptfoo || promptfoo === null) continue
    const peer = measurePromptfoo(promptfoo, count, server.url)
    if (peer !== null) print(`promptfoo ${promptfooVersion}`, count, latencyMs, peer, plain)
  }
  server.stop()
}
const counts = values.counts.split(",").map(Number)
await series(50, counts, true)
const large = Number(values.large)
if (large > 0) await series(5, [Math.max(1, large / 10), large], false)
if (promptfoo !== null) rmSync(promptfoo, { recursive: true })
