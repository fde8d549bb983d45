/** One exam against a server with a limit, in a process of its own: `stormTask.ts JSON` sends its figures to its parent. */
import openai from "@model-intake/backend-openai"
import type { Plugin } from "@model-intake/core"
import { makeGovernor, makeIntake } from "@model-intake/examination"
import { startModelServer } from "@model-intake/testkit"
import { asking } from "./asking.ts"

export interface StormFigures {
  readonly answered: number
  /** Milliseconds. */
  readonly wall: number
  readonly requests: number
  /** Requests that the server refused; those among them after half of the trials were answered. */
  readonly limited: number
  readonly lateLimited: number
  /** Calls allowed at once in the end. */
  readonly limit: number
}

const { latencyMs, limit, trials } = JSON.parse(process.argv[2]!) as {
  readonly trials: number
  readonly latencyMs: number
  readonly limit: Readonly<Record<string, number | boolean>>
}
const server = await startModelServer({ script: { latencyMs, limit } })
const governor = makeGovernor({ concurrency: 50 })
let [done, limitedByHalf] = [0, 0]
const it = makeIntake({
  plugins: [openai as Plugin, asking(trials)],
  settings: { openai: { baseUrl: `${server.url}/v1` } },
  onEvent: ({ _tag }) => {
    if (_tag === "TrialDone" && ++done === Math.floor(trials / 2)) limitedByHalf = server.counts().limited
  }
})
const started = performance.now()
const verdict = await it.examine({
  subject: { backend: "openai", model: "m", revision: null },
  reference: null,
  form: "A",
  governor
})
const wall = performance.now() - started
const { limited, requests } = server.counts()
const figures: StormFigures = {
  answered: verdict.readings[0]!.n,
  wall,
  requests,
  limited,
  lateLimited: limited - limitedByHalf,
  limit: governor.status().limit
}
process.send!(figures)
await it.close()
await server.close()
