/**
 * Generation through the ONNX runtime package against a bare onnxruntime loop in the same run, each in a process of its
 * own. All write the same number of tokens after the same prompts: the end token is ignored. The bare loop takes the
 * likeliest token of fixed batches; the others draw at temperature 1. Prints medians of tokens per second.
 *
 *   pnpm bench generation [MODEL FOLDER] [REPEATS]
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { openOnnxExaminee } from "@model-intake/onnx-runtime"
import * as Effect from "effect/Effect"
import { InferenceSession, Tensor } from "onnxruntime-node"

const root = fileURLToPath(new URL("../..", import.meta.url))
const self = fileURLToPath(import.meta.url)

const prompts = 256
const newTokens = 48
const batchSize = 32

interface Run {
  readonly tokens: number
  readonly seconds: number
  readonly cpuSeconds: number
}

/** Prompts of 16 to 79 tokens: word-level tokenizers read each unknown word as one token. */
const promptOf = (index: number): string =>
  Array.from({ length: 16 + ((index * 37) % 64) }, (_, word) => `w${(index * 7 + word) % 97}`).join(" ")

const timed = async (tokens: number, work: () => Promise<void>): Promise<Run> => {
  const [started, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { tokens, seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 }
}

const runtime = (workers: number, batch: number, count: number) => (folder: string) =>
  Effect.gen(function* () {
    const examinee = yield* openOnnxExaminee({ backend: "onnx", model: "benchmark", revision: null }, folder, {
      workers,
      batchSize: batch
    })
    const ask = (index: number) =>
      examinee.chat({
        messages: [{ role: "user", content: promptOf(index) }],
        decoding: { temperature: 1, topP: 1, maxTokens: newTokens, seed: index, stop: [] }
      })
    const askAll = (indices: ReadonlyArray<number>) => Effect.forEach(indices, ask, { concurrency: "unbounded" })
    yield* askAll(Array.from({ length: 8 }, (_, index) => index))
    return yield* Effect.promise(() =>
      timed(
        count * newTokens,
        async () => void (await Effect.runPromise(askAll(Array.from({ length: count }, (_, index) => index))))
      )
    )
  }).pipe(Effect.scoped, Effect.runPromise)

/** As little as can be: fixed batches of rows of like length, the cache handed from run to run, the likeliest token. */
const bare = async (folder: string): Promise<Run> => {
  const session = await InferenceSession.create(join(folder, "onnx/model.onnx"), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1
  })
  const cache = session.inputMetadata.flatMap((input) =>
    input.isTensor && input.name.startsWith("past_key_values.") ? [input] : []
  )
  const lengths = Array.from({ length: prompts }, (_, index) => 16 + ((index * 37) % 64) + 4).sort((a, b) => a - b)
  const int64 = (rows: number, columns: number, value: (row: number, column: number) => number) =>
    new Tensor(
      "int64",
      BigInt64Array.from({ length: rows * columns }, (_, at) => BigInt(value(Math.floor(at / columns), at % columns))),
      [rows, columns]
    )

  const writeBatch = async (own: ReadonlyArray<number>) => {
    const rows = own.length
    let length = Math.max(...own)
    const padding = own.map((tokens) => length - tokens)
    let ids = int64(rows, length, (_, column) => 6 + (column % 90))
    let positions = int64(rows, length, (row, column) => Math.max(0, column - padding[row]!))
    let past: Record<string, Tensor> = Object.fromEntries(
      cache.map(({ name, shape }) => [
        name,
        new Tensor("float32", new Float32Array(0), [rows, Number(shape[1]), 0, Number(shape[3])])
      ])
    )
    for (let written = 0; written < newTokens; written++) {
      const mask = new BigInt64Array(rows * length).fill(1n)
      for (const [row, count] of padding.entries()) mask.fill(0n, row * length, row * length + count)
      const outputs = ["logits", ...Object.keys(past).map((name) => name.replace("past_key_values", "present"))]
      const out = await session.run(
        { input_ids: ids, attention_mask: new Tensor("int64", mask, [rows, length]), position_ids: positions, ...past },
        outputs
      )
      const logits = out.logits!.data as Float32Array
      const [, count, vocabulary] = out.logits!.dims as [number, number, number]
      const next = own.map((_, row) => {
        const offset = (row * count + count - 1) * vocabulary
        let best = 0
        for (let id = 1; id < vocabulary; id++) if (logits[offset + id]! > logits[offset + best]!) best = id
        return best
      })
      past = Object.fromEntries(
        Object.keys(past).map((name) => [name, out[name.replace("past_key_values", "present")]!])
      )
      ids = int64(rows, 1, (row) => next[row]!)
      positions = int64(rows, 1, (row) => length - padding[row]!)
      length++
    }
  }
  const batches = Array.from({ length: prompts / batchSize }, (_, batch) =>
    lengths.slice(batch * batchSize, (batch + 1) * batchSize)
  )
  await writeBatch(batches[0]!.slice(0, 8))
  return timed(prompts * newTokens, async () => {
    for (const batch of batches) await writeBatch(batch)
  })
}

const tasks: Readonly<Record<string, (folder: string) => Promise<Run>>> = {
  "bare loop, 1 thread, batch 32": bare,
  "1 worker, batch 32": runtime(1, batchSize, prompts),
  "2 workers, batch 32": runtime(2, batchSize, prompts),
  "1 worker, unbatched": runtime(1, 1, prompts / 8)
}

/** The folder with its end token out of reach, so that every answer has the same length. */
const endless = (folder: string): string => {
  const copy = mkdtempSync(join(tmpdir(), "intake-bench-"))
  for (const name of readdirSync(folder))
    if (name !== "generation_config.json") symlinkSync(join(folder, name), join(copy, name))
  writeFileSync(join(copy, "generation_config.json"), JSON.stringify({ eos_token_id: -1 }))
  return copy
}

const inProcess = (task: string, folder: string): Run => {
  const { stdout, stderr } = spawnSync(process.execPath, [self, "--task", task, folder], { encoding: "utf8" })
  if (stdout === "") throw new Error(stderr)
  return JSON.parse(stdout) as Run
}

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

if (process.argv[2] === "--task") process.stdout.write(JSON.stringify(await tasks[process.argv[3]!]!(process.argv[4]!)))
else {
  const given = process.argv[2]
  const baseline = join(root, "plugins/backends/specimens/specimens/baseline")
  const tiny = join(root, "packages/onnx-runtime/test/fixtures/tiny")
  const folder = given !== undefined ? resolve(root, given) : existsSync(baseline) ? baseline : tiny
  const repeats = Number(process.argv[3] ?? 3)
  const copy = endless(folder)
  const runs: Record<string, Array<Run>> = Object.fromEntries(Object.keys(tasks).map((task) => [task, []]))
  for (let round = 0; round < repeats; round++)
    for (const task of Object.keys(tasks)) runs[task]!.push(inProcess(task, copy))
  rmSync(copy, { recursive: true })
  const perSecond = (task: string) => median(runs[task]!.map(({ tokens, seconds }) => tokens / seconds))
  const perCpuSecond = (task: string) => median(runs[task]!.map(({ tokens, cpuSeconds }) => tokens / cpuSeconds))
  const [floor] = Object.keys(tasks) as [string]
  console.log(`${folder}: ${newTokens} tokens after each of ${prompts} prompts, median of ${repeats}`)
  for (const task of Object.keys(tasks)) {
    const share = `${((100 * perSecond(task)) / perSecond(floor)).toFixed(0)} %`
    const cpu = `${((100 * perCpuSecond(task)) / perCpuSecond(floor)).toFixed(0)} %`
    console.log(
      `  ${task.padEnd(30)} ${perSecond(task).toFixed(0).padStart(6)} tokens/s  ${share.padStart(5)}; per CPU second ${cpu.padStart(5)}`
    )
  }
}
