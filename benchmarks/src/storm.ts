/**
 * An exam against a server that lets so many requests through a second, or so many at once, with and without
 * `Retry-After`: whether concurrency settles, how many requests are wasted, and the time against what the server's limit
 * makes inevitable.
 *
 *   pnpm bench storm [--trials 3000] [--rate 200] [--at-once 8]
 */
import { fork } from "node:child_process"
import { rmSync } from "node:fs"
import { loadavg } from "node:os"
import { parseArgs } from "node:util"
import { bundle } from "./internal/bundle.ts"
import type { StormFigures } from "./internal/stormTask.ts"

const { values } = parseArgs({
  options: {
    trials: { type: "string", default: "3000" },
    rate: { type: "string", default: "200" },
    "at-once": { type: "string", default: "8" }
  }
})
const [trials, rate, atOnce] = [Number(values.trials), Number(values.rate), Number(values["at-once"])]
const latencyMs = 50
const task = await bundle(new URL("internal/stormTask.ts", import.meta.url))

const measure = (limit: Readonly<Record<string, number | boolean>>): Promise<StormFigures> =>
  new Promise((resolve, reject) => {
    const child = fork(task.file, [JSON.stringify({ trials, latencyMs, limit })])
    let figures: StormFigures | null = null
    child.on("message", (message) => {
      figures = message as StormFigures
    })
    child.on("exit", (code) => (figures === null ? reject(new Error(`the exam exited ${code}`)) : resolve(figures)))
  })

for (const [name, limit, inevitable] of [
  [`${rate} a second`, { perSecond: rate }, (trials - rate) / rate],
  [`${atOnce} at once`, { concurrent: atOnce }, ((trials / atOnce) * latencyMs) / 1000]
] as const) {
  for (const retryAfter of [true, false]) {
    const run = await measure({ ...limit, retryAfter })
    console.log(
      [
        `${name}, ${retryAfter ? "with" : "without"} Retry-After`.padEnd(36),
        `${run.answered} of ${trials} answered`,
        `${(run.wall / 1000).toFixed(1)} s (${(run.wall / 1000 / inevitable).toFixed(2)} of what is inevitable)`,
        `${run.limited} refused (${((100 * run.limited) / run.requests).toFixed(1)} %)`,
        `${run.lateLimited} of them in the second half`,
        `concurrency 50 -> ${run.limit}`,
        `load ${loadavg()[0]!.toFixed(1)}`
      ].join("  ")
    )
  }
}
rmSync(task.folder, { recursive: true })
