/**
 * Administration against a loopback model server in another process, at concurrency 50: a plain fetch loop, the exam
 * with a bare fetch and with the openai client (journal on), and promptfoo, each in a process of its own; ours bundled
 * as the command line is. Prints wall time, efficiency (ideal / wall), CPU per trial, peak memory, ratios to the plain
 * loop of the same size and the load of the machine: of several rounds the fastest counts on each side.
 *
 *   pnpm bench administration [--counts 500,2000,8000] [--large 25000,50000,100000] [--rounds 3]
 *     [--sides plain,http,fetch,openai,frugal] [--no-promptfoo]
 */
import { fork, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { bundle } from "./internal/bundle.ts"

const concurrency = 50
const promptfooVersion = "0.123.1"
const tasks = await bundle(new URL("internal/administrationTasks.ts", import.meta.url))
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

/** A side may be measured with options of Node. */
const measure = (sideAndOptions: string, count: number, url: string): Promise<Measured> =>
  new Promise((resolve, reject) => {
    const [side, ...nodeOptions] = sideAndOptions.split(" ") as [string, ...Array<string>]
    const child = spawn(process.execPath, [...nodeOptions, tasks.file, side, String(count), url], {
      stdio: ["ignore", "pipe", "inherit"],
      // As the command line has it.
      env: { ...process.env, NODE_COMPILE_CACHE: join(tasks.folder, "compile-cache") }
    })
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
      `load ${loadavg()[0]!.toFixed(1)}`,
      run.answered === count ? "" : `${run.answered} answered`
    ].join("  ")
  )
}

const { values } = parseArgs({
  options: {
    counts: { type: "string", default: "500,2000,8000" },
    large: { type: "string", default: "25000,50000,100000" },
    rounds: { type: "string", default: "3" },
    sides: { type: "string", default: "plain,http,fetch,openai,frugal" },
    "no-promptfoo": { type: "boolean", default: false }
  }
})
const numbers = (list: string): ReadonlyArray<number> => list.split(",").filter(Boolean).map(Number)
const faster = (a: Measured | undefined, b: Measured): Measured => (a === undefined || b.wall < a.wall ? b : a)
const promptfoo = values["no-promptfoo"] ? null : installPromptfoo()
const series = async (
  latencyMs: number,
  counts: ReadonlyArray<number>,
  sides: ReadonlyArray<readonly [side: string, name: string]>,
  rounds: number,
  withPromptfoo: boolean
) => {
  const server = await startServer(latencyMs)
  for (const count of counts) {
    console.log(`${count} trials, ${latencyMs} ms, concurrency ${concurrency}`)
    // In turns, so that whatever else the machine does befalls all of them.
    const best = new Map<string, Measured>()
    for (let round = 0; round < rounds; round++) {
      for (const [side] of sides) best.set(side, faster(best.get(side), await measure(side, count, server.url)))
    }
    const plain = best.get("plain")!
    for (const [side, name] of sides) print(name, count, latencyMs, best.get(side)!, plain)
    if (!withPromptfoo || promptfoo === null) continue
    const peer = measurePromptfoo(promptfoo, count, server.url)
    if (peer !== null) print(`promptfoo ${promptfooVersion}`, count, latencyMs, peer, plain)
  }
  server.stop()
}
const all = [
  ["plain", "plain fetch loop"],
  ["http", "plain node:http loop"],
  ["fetch", "intake, bare fetch"],
  ["openai", "intake, openai"],
  // V8 lets its heap grow to several times what lives in it, unless it is told that memory is dear.
  ["openai --max-semi-space-size=16 --heap-growing-percent=50", "the same, frugal heap"]
] as const
const names = values.sides.split(",")
const sides = all.filter((_, index) => names.includes(["plain", "http", "fetch", "openai", "frugal"][index]!))
await series(50, numbers(values.counts), sides, Number(values.rounds), true)
await series(
  5,
  numbers(values.large),
  sides.filter(([side]) => side !== "http" && side !== "fetch"),
  1,
  false
)
rmSync(tasks.folder, { recursive: true })
if (promptfoo !== null) rmSync(promptfoo, { recursive: true })
