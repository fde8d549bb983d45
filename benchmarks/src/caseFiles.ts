/**
 * First 1,000 verdicts by several processes at once, two on one SQLite store and eight on one Postgres database: is the
 * chain whole, and is every verdict there? Then 10,000 verdicts over 500 subjects: how long `verdict`, `gate` and `history` of the command line take beyond the start of
 * its process, on SQLite and on Postgres, and how long the check of the whole log takes. The start is what
 * `intake --version` takes, which is measured beside `node -e 0`; rounds of all of them alternate.
 *
 *   pnpm build && pnpm bench caseFiles [--verdicts 10000] [--subjects 500] [--rounds 15] [--written 1000]
 *     [--cli FILE]
 */
import { fork, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { CaseFiles, layerStore } from "@model-intake/case-files"
import { canonicalJson } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { makeVerdict } from "./internal/verdicts.ts"

const { values } = parseArgs({
  options: {
    verdicts: { type: "string", default: "10000" },
    subjects: { type: "string", default: "500" },
    rounds: { type: "string", default: "15" },
    written: { type: "string", default: "1000" },
    cli: { type: "string", default: fileURLToPath(new URL("../../apps/cli/dist/intake.js", import.meta.url)) }
  }
})
const count = Number(values.verdicts)
const subjects = Number(values.subjects)
const rounds = Number(values.rounds)
const home = mkdtempSync(join(tmpdir(), "intake-case-files-"))

interface TestSupport {
  readonly startPostgres: () => Promise<{
    readonly database: () => Promise<string>
    readonly stop: () => Promise<void>
  }>
  readonly postgresMissing: string | null
}
const support = async (name: string): Promise<TestSupport> =>
  import(new URL(`../../packages/case-files/test/support/${name}.ts`, import.meta.url).href) as Promise<TestSupport>

const { postgresMissing, startPostgres } = await support("Postgres")

const subjectOf = (index: number): string => `onnx:models/candidate-${index % subjects}@r1`
const asked = subjectOf(Math.floor(subjects / 2))

const begun = Date.now() - count * 60_000
const verdictAt = (index: number) => makeVerdict(subjectOf(index), index, begun + index * 60_000)

const fill = Effect.gen(function* () {
  const files = yield* CaseFiles
  for (let index = 0; index < count; index++) {
    // Verdicts are recorded when they are issued.
    yield* TestClock.setTime(begun + index * 60_000)
    yield* files.recordVerdict(verdictAt(index))
  }
})

const environment = { ...process.env, INTAKE_HOME: home, NO_COLOR: "1" }
const timed = (args: ReadonlyArray<string>, store = ""): number => {
  const begin = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { ...environment, INTAKE_STORE: store },
    encoding: "utf8"
  })
  const took = performance.now() - begin
  if (status !== 0 && status !== 3) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`)
  return took
}
const quantile = (times: ReadonlyArray<number>, share: number): number =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))]!

const commands: Readonly<Record<string, ReadonlyArray<string>>> = {
  verdict: ["verdict", asked],
  gate: ["gate", asked, "--context", "civilian"],
  history: ["history", asked]
}

const measure = (name: string, store: string): void => {
  const intake = (...args: ReadonlyArray<string>) => timed([values.cli, ...args], store)
  const whole = intake("verify")
  const first = intake(...commands.gate!)
  const times: Record<string, Array<number>> = {}
  const note = (job: string, took: number) => {
    times[job] = [...(times[job] ?? []), took]
  }
  for (let round = 0; round < rounds; round++) {
    note("node -e 0", timed(["-e", "0"]))
    note("intake --version", intake("--version"))
    for (const [job, args] of Object.entries(commands)) note(job, intake(...args))
  }
  const started = times["intake --version"]!
  const beyond = (all: ReadonlyArray<number>, share: number) =>
    (quantile(all, share) - quantile(started, share)).toFixed(0)
  const start = quantile(started, 0.5)
  console.log(`${name}: ${count} verdicts of ${bytes} bytes over ${subjects} subjects, ${rounds} rounds`)
  for (const [job, all] of Object.entries(times)) {
    // The least is what an idle machine shows; on a busy one the median is mostly waiting.
    const extra = job in commands ? `; beyond the start ${beyond(all, 0.5)} ms, least ${beyond(all, 0)} ms` : ""
    console.log(
      `  ${job.padEnd(18)} ${quantile(all, 0.5).toFixed(0)} ms (least ${quantile(all, 0).toFixed(0)})${extra}`
    )
  }
  console.log(`  whole check        ${(whole - start).toFixed(0)} ms beyond the start (intake verify, once)`)
  console.log(`  first gate after   ${(first - start).toFixed(0)} ms beyond the start`)
}

const writer = fileURLToPath(new URL("internal/verdictWriter.ts", import.meta.url))

/** Several processes record verdicts on one store at once. */
const writeTogether = async (name: string, store: string, processes: number): Promise<void> => {
  const each = Math.floor(Number(values.written) / processes)
  const signingKey = join(home, "signing-key.pem")
  const begin = performance.now()
  const ends = await Promise.all(
    Array.from(
      { length: processes },
      (_, index) =>
        new Promise((resolve) => fork(writer, [store, signingKey, String(index), String(each)]).once("exit", resolve))
    )
  )
  const took = performance.now() - begin
  const { check, distinct } = await Effect.runPromise(
    Effect.gen(function* () {
      const files = yield* CaseFiles
      const log = yield* files.log
      return { check: yield* files.verify(), distinct: new Set(log.map(({ body }) => canonicalJson(body))).size }
    }).pipe(Effect.provide(layerStore(store, { signingKey })))
  )
  console.log(
    `${name}: ${processes} processes, ${each} verdicts each, ended with ${ends.join(" ")}; ${check.ok ? `chain whole, ${check.records} records` : check.message}, ${distinct} different verdicts, ${(took / each / processes).toFixed(1)} ms each`
  )
}

const bytes = Buffer.byteLength(canonicalJson(verdictAt(0)))
const runOn = async (name: string, store: string): Promise<void> => {
  const begin = performance.now()
  await Effect.runPromise(
    Effect.provide(
      fill,
      Layer.merge(layerStore(store, { signingKey: join(home, "signing-key.pem") }), TestClock.layer())
    )
  )
  console.log(`${name}: recorded ${count} verdicts, ${((performance.now() - begin) / count).toFixed(1)} ms each`)
  measure(name, store)
}

try {
  await writeTogether("SQLite", join(home, "written.sqlite"), 2)
  await runOn("SQLite", join(home, "case-files.sqlite"))
  if (postgresMissing !== null) console.log(`Postgres: not measured (${postgresMissing})`)
  else {
    const server = await startPostgres()
    try {
      await writeTogether("Postgres", await server.database(), 8)
      await runOn("Postgres", await server.database())
    } finally {
      await server.stop()
    }
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}
