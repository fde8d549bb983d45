import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import openai from "@model-intake/backend-openai"
import {
  definePlugin,
  type Event,
  type Form,
  holdsSecret,
  makeReading,
  type Plugin,
  type Response
} from "@model-intake/core"
import { makeGovernor, makeIntake } from "@model-intake/examination"
import { builtInPlugins } from "@model-intake/host"
import {
  defaultAnswer,
  every,
  type FaultScript,
  mixed,
  modelFaultNames,
  modelFaults,
  startModelServer
} from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const key = "sk-test-0123456789abcdefghijklmnopqrstuv"
const folder = mkdtempSync(join(tmpdir(), "intake-faults-"))
beforeAll(() => {
  process.env.INTAKE_FAULTS_KEY = key
})
afterAll(() => {
  delete process.env.INTAKE_FAULTS_KEY
  rmSync(folder, { recursive: true })
})

const formOf = (count: number): Form => ({
  id: "A",
  instrument: "M1",
  version: "1",
  items: Array.from({ length: count }, (_, index) => ({
    id: `item-${index}`,
    version: 1,
    factors: {},
    tags: [],
    arms: [{ id: "plain", factors: {}, system: null, turns: [`What about ${index}?`] }]
  }))
})

/** Counts what was answered and what is missing, by its category. */
const counter = (form: Form): Plugin =>
  definePlugin({
    kind: "marker",
    id: "counter",
    version: "1.0.0",
    summary: "counts",
    capabilities: [],
    config: Schema.Struct({}),
    make: () =>
      Effect.succeed({
        code: "M1",
        id: "counter",
        version: "1.0.0",
        title: "Counter",
        indicators: [],
        exam: {
          _tag: "answers",
          forms: ["A"],
          load: () => Effect.succeed(form),
          replicates: () => 1,
          draw: () => ({ items: null, stratum: () => "" }),
          predicates: {},
          read: ({
            subject
          }: {
            readonly subject: ReadonlyArray<{ readonly _tag: string; readonly why?: string }>
          }) => ({
            reading: makeReading({
              instrument: "M1",
              instrumentVersion: "1.0.0",
              outcome: "not-evaluable",
              measure: { label: "answers", unit: "rate" },
              n: subject.filter(({ _tag }) => _tag === "rated").length,
              coverage: { rated: subject.filter(({ _tag }) => _tag === "rated").length, total: subject.length },
              sentence: JSON.stringify(subject.map(({ why = "rated" }) => why).sort())
            }),
            pValue: null,
            redraw: () => null
          })
        }
      })
  } as unknown as Plugin)

type Backend = "openai" | "anthropic" | "huggingface"

const plugins: ReadonlyArray<Plugin> = [openai as Plugin, ...builtInPlugins]

const settingsOf: Readonly<Record<Backend, (url: string) => Readonly<Record<string, unknown>>>> = {
  openai: (url) => ({ baseUrl: `${url}/v1`, apiKeyEnv: "INTAKE_FAULTS_KEY" }),
  anthropic: (url) => ({ baseUrl: url, apiKeyEnv: "INTAKE_FAULTS_KEY" }),
  huggingface: (url) => ({ endpointUrl: url, tokenEnv: "INTAKE_FAULTS_KEY" })
}

const examine = async (
  name: string,
  fault: FaultScript,
  count: number,
  { backend = "openai", callTimeoutMs = 20_000 }: { readonly backend?: Backend; readonly callTimeoutMs?: number } = {}
) => {
  const server = await startModelServer({ script: { fault, key } })
  const file = join(folder, `${name}.sqlite`)
  const events: Array<Event> = []
  const intake = makeIntake({
    plugins: [plugins.find(({ id }) => id === backend)!, counter(formOf(count))],
    settings: { [backend]: settingsOf[backend](server.url) },
    journal: { file },
    onEvent: (event) => events.push(event)
  })
  const governor = makeGovernor({ callTimeoutMs, attempts: 3, concurrency: 8 })
  try {
    const verdict = await intake.examine({
      subject: { backend, model: "m", revision: null },
      reference: null,
      form: "A",
      governor
    })
    const truth = new Set(server.requests.map((call) => defaultAnswer(call).text))
    return { verdict, events, truth, file, governor }
  } finally {
    await intake.close()
    await server.close()
  }
}

const rowsOf = (file: string): ReadonlyArray<Response> => {
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare("SELECT response FROM responses").all()
  database.close()
  return rows.map(({ response }) => JSON.parse(String(response)) as Response)
}

/** Whatever was said to the server's question is its answer, or is no answer at all. */
const check = (rows: ReadonlyArray<Response>, truth: ReadonlySet<string>, count: number) => {
  expect(rows).toHaveLength(count)
  for (const row of rows) {
    if (row._tag === "unanswered") continue
    const said = row.conversation.at(-1)!.content
    if (said.trim() === "" || row.finish !== "stop") continue
    expect(truth).toContain(said)
  }
}

const noSecret = (name: string, ...said: ReadonlyArray<unknown>) => {
  for (const file of readdirSync(folder).filter((one) => one.startsWith(name))) {
    expect(holdsSecret(readFileSync(join(folder, file), "latin1"), [key])).toBe(false)
  }
  expect(holdsSecret(JSON.stringify(said), [key])).toBe(false)
}

describe("an exam against a server that misbehaves", () => {
  it.concurrent.each(modelFaultNames)(
    "by %s at every third request: no fault becomes an answer",
    async (fault) => {
      const count = 9
      const { events, file, governor, truth, verdict } = await examine(fault, every(3, fault), count, {
        callTimeoutMs: ["silent", "endless-body"].includes(fault) ? 1000 : 20_000
      })
      const rows = rowsOf(file)
      check(rows, truth, count)
      noSecret(fault, verdict, events)
      const [reading] = verdict.readings
      const categories = JSON.parse(reading!.sentence) as ReadonlyArray<string>
      const unanswered = rows.filter(({ _tag }) => _tag === "unanswered").length
      expect(reading!.coverage.total).toBe(count)
      // What another model answered is in the journal as it was said, and counts as missing.
      const others = fault === "other-model" ? 3 : 0
      expect(categories.filter((category) => category === "backend-failed")).toHaveLength(unanswered + others)
      const outcome = modelFaults[fault]
      // What transport spoilt is asked again; what the server meant stands.
      if (outcome.kind === "error" && !outcome.retryable) expect(unanswered).toBe(3)
      if (outcome.kind === "error" && outcome.retryable) {
        expect(unanswered).toBe(0)
        expect(governor.status().retries).toBeGreaterThan(0)
      }
      if (outcome.kind === "answer") expect(unanswered).toBe(0)
    },
    60_000
  )

  it.concurrent.each(Object.keys(settingsOf) as ReadonlyArray<Backend>)(
    "by all faults at a tenth of the requests of %s: everything is accounted for",
    async (backend) => {
      const count = 200
      const name = `mixed-${backend}`
      const { events, file, truth, verdict } = await examine(name, mixed("faults", 0.1), count, { backend })
      const rows = rowsOf(file)
      check(rows, truth, count)
      noSecret(name, verdict, events)
      const unanswered = rows.filter(({ _tag }) => _tag === "unanswered").length
      expect(verdict.readings[0]!.coverage.total).toBe(count)
      expect(verdict.readings[0]!.coverage.rated).toBeGreaterThan(0.85 * count)
      expect(unanswered).toBeGreaterThan(0)
      expect(unanswered).toBeLessThan(0.1 * count)
    },
    60_000
  )
})
