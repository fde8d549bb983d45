/**
 * Screening against a bare loop that gunzips, splits into lines and parses JSON, in the same run, each in a process of
 * its own. Prints medians of wall time, their ratio, and peak memory; then the same for a file ten times as long.
 *
 *   pnpm bench screening [FILE.jsonl.gz] [REPEATS]
 */
import { spawnSync } from "node:child_process"
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const root = fileURLToPath(new URL("../..", import.meta.url))
const self = fileURLToPath(import.meta.url)

interface Run {
  readonly ms: number
  readonly lines: number
  readonly peakMiB: number
}

const tasks: Readonly<Record<string, (file: string) => Promise<number>>> = {
  bare: async (file) => {
    const { createReadStream } = await import("node:fs")
    const { createGunzip } = await import("node:zlib")
    const decoder = new TextDecoder()
    let rest = ""
    let lines = 0
    const chunks = createReadStream(file, { highWaterMark: 1 << 18 }).pipe(createGunzip({ chunkSize: 1 << 18 }))
    for await (const chunk of chunks) {
      const text = rest + decoder.decode(chunk, { stream: true })
      let start = 0
      for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
        JSON.parse(text.slice(start, end))
        lines++
        start = end + 1
      }
      rest = text.slice(start)
    }
    return lines
  },
  screen: async (file) => {
    const { makeIntake } = await import("@model-intake/core")
    const { default: linear } = await import("@model-intake/rater-linear")
    const { default: marker } = await import("@model-intake/marker-self-justifying-reasoning")
    const intake = makeIntake({ plugins: [linear, marker] })
    const report = await intake.screen([file])
    await intake.close()
    return report.totals.transcripts
  }
}

const measure = async (task: string, file: string): Promise<void> => {
  const started = performance.now()
  const lines = await tasks[task]!(file)
  const run: Run = { ms: performance.now() - started, lines, peakMiB: process.resourceUsage().maxRSS / 1024 }
  process.stdout.write(JSON.stringify(run))
}

const inProcess = (task: string, file: string): Run => {
  const { stdout, stderr } = spawnSync(process.execPath, [self, "--task", task, file], { encoding: "utf8" })
  if (stdout === "") throw new Error(stderr)
  return JSON.parse(stdout) as Run
}

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const compare = (label: string, file: string, repeats: number): void => {
  const runs: Record<string, Array<Run>> = { bare: [], screen: [] }
  for (let round = 0; round < repeats; round++)
    for (const task of Object.keys(runs)) runs[task]!.push(inProcess(task, file))
  const [bare, screen] = [runs.bare!, runs.screen!]
  const ms = (of: ReadonlyArray<Run>) => median(of.map((run) => run.ms))
  const peak = (of: ReadonlyArray<Run>) => Math.max(...of.map((run) => run.peakMiB))
  console.log(`${label}: ${bare[0]!.lines.toLocaleString("en")} transcripts, median of ${repeats}`)
  console.log(`  bare loop  ${ms(bare).toFixed(0)} ms, peak ${peak(bare).toFixed(0)} MiB`)
  console.log(`  screening  ${ms(screen).toFixed(0)} ms, peak ${peak(screen).toFixed(0)} MiB`)
  console.log(`  ratio      ${(ms(screen) / ms(bare)).toFixed(2)}`)
}

const sampleFile = (directory: string): string => {
  const sample = readFileSync(join(root, "samples/transcripts.jsonl"), "utf8")
  const file = join(directory, "sample.jsonl.gz")
  writeFileSync(file, gzipSync(sample.repeat(2000)))
  return file
}

if (process.argv[2] === "--task") await measure(process.argv[3]!, process.argv[4]!)
else {
  const directory = mkdtempSync(join(tmpdir(), "intake-bench-"))
  const corpus = join(root, "../shared/corpora/em-role-sweep.jsonl.gz")
  const given = process.argv[2]
  const file = given !== undefined ? resolve(root, given) : existsSync(corpus) ? corpus : sampleFile(directory)
  const repeats = Number(process.argv[3] ?? 5)
  compare(file, file, repeats)
  const tenfold = join(directory, "tenfold.jsonl.gz")
  copyFileSync(file, tenfold)
  for (let copy = 1; copy < 10; copy++) appendFileSync(tenfold, readFileSync(file))
  compare("ten times as long", tenfold, 1)
  rmSync(directory, { recursive: true })
}
