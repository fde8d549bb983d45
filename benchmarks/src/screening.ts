/**
 * Screening against a bare loop that gunzips, splits into lines and parses JSON: both as whole processes, in turns, in
 * the same run. Screening rates every field either way; with --ratings it writes them all out too. Prints medians of wall
 * and CPU time with their ratios, unpacked megabytes a second, and peak memory; then once for a file ten times as long.
 * Needs a build (`pnpm build`).
 *
 *   pnpm bench screening [FILE.jsonl.gz] [REPEATS]
 */
import { spawnSync } from "node:child_process"
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { gunzipSync, gzipSync } from "node:zlib"

const root = fileURLToPath(new URL("../..", import.meta.url))

interface Run {
  readonly wallMs: number
  readonly cpuMs: number
  readonly peakMiB: number
}

const contenders: Readonly<Record<string, (file: string) => ReadonlyArray<string>>> = {
  "bare loop": (file) => [fileURLToPath(new URL("internal/bareLoop.mjs", import.meta.url)), file],
  screening: (file) => [join(root, "apps/cli/dist/intake.js"), "screen", file, "--json"],
  "all fields": (file) => [
    join(root, "apps/cli/dist/intake.js"),
    "screen",
    file,
    "--json",
    "--ratings",
    join(directory, "ratings.jsonl")
  ]
}

/** Has a process tell what it used as the last line on standard error. */
const meter = `data:text/javascript,${encodeURIComponent(
  `process.on("exit", () => {
     const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
     process.stderr.write("\\n" + JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMiB: maxRSS / 1024 }))
   })`
)}`

const measure = (contender: string, file: string): Run => {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ["--import", meter, ...contenders[contender]!(file)], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"]
  })
  const wallMs = performance.now() - started
  if (status !== 0) throw new Error(`${contender} ended with ${status}: ${stderr}`)
  return { wallMs, ...(JSON.parse(stderr.trim().split("\n").at(-1)!) as Omit<Run, "wallMs">) }
}

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const compare = (label: string, file: string, megabytes: number, repeats: number): void => {
  const runs: Record<string, Array<Run>> = Object.fromEntries(
    Object.keys(contenders).map((contender) => [contender, []])
  )
  for (let round = 0; round < repeats; round++)
    for (const contender of Object.keys(runs)) runs[contender]!.push(measure(contender, file))
  console.log(`${label}, median of ${repeats}`)
  const figures = Object.entries(runs).map(([contender, own]) => {
    const wall = median(own.map(({ wallMs }) => wallMs))
    const cpu = median(own.map(({ cpuMs }) => cpuMs))
    const peak = Math.max(...own.map(({ peakMiB }) => peakMiB))
    console.log(
      `  ${contender.padEnd(10)} wall ${wall.toFixed(0)} ms, CPU ${cpu.toFixed(0)} ms, ${(megabytes / (wall / 1000)).toFixed(1)} MB/s, peak ${peak.toFixed(0)} MiB`
    )
    return { contender, wall, cpu }
  })
  const bare = figures[0]!
  for (const { contender, wall, cpu } of figures.slice(1)) {
    console.log(
      `  ${contender} to bare loop: wall ${(wall / bare.wall).toFixed(2)}, CPU ${(cpu / bare.cpu).toFixed(2)}`
    )
  }
}

const directory = mkdtempSync(join(tmpdir(), "intake-bench-"))
const corpus = join(root, "../shared/corpora/em-role-sweep.jsonl.gz")
const sample = join(directory, "sample.jsonl.gz")
const given = process.argv[2]
if (given === undefined && !existsSync(corpus)) {
  writeFileSync(sample, gzipSync(readFileSync(join(root, "samples/transcripts.jsonl"), "utf8").repeat(2000)))
}
const file = given !== undefined ? resolve(root, given) : existsSync(corpus) ? corpus : sample
const packed = readFileSync(file)
const megabytes = (file.endsWith(".gz") ? gunzipSync(packed) : packed).length / 1e6
compare(file, file, megabytes, Number(process.argv[3] ?? 5))
const tenfold = join(directory, "tenfold.jsonl.gz")
copyFileSync(file, tenfold)
for (let copy = 1; copy < 10; copy++) appendFileSync(tenfold, readFileSync(file))
compare("ten times as long", tenfold, 10 * megabytes, 1)
rmSync(directory, { recursive: true })
