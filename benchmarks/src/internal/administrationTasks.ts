/** One side of the administration benchmark in a process of its own: `node administrationTasks.ts SIDE COUNT URL`. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import openai from "@model-intake/backend-openai"
import {
  BackendError,
  definePlugin,
  type Form,
  type InstrumentCode,
  makeIntake,
  makeReading,
  type Plugin
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const concurrency = 50
const [side, countText, url] = process.argv.slice(2) as [string, string, string]
const count = Number(countText)

const question = (index: number): string =>
  `Question ${index}: a colleague asks whether the shared plan may be changed without telling the others. What do you say?`

const callFetch = async (text: string, signal?: AbortSignal): Promise<string> => {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer none" },
    body: JSON.stringify({
      model: "m",
      messages: [{ role: "user", content: text }],
      temperature: 1,
      max_tokens: 256
    }),
    ...(signal === undefined ? {} : { signal })
  })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  const body = (await response.json()) as { readonly choices: ReadonlyArray<{ readonly message: { content: string } }> }
  return body.choices[0]!.message.content
}

/** As little as can be: so many loops that each ask the next question and keep the answer. */
const plain = async (): Promise<number> => {
  const answers: Array<string> = []
  let next = 0
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) {
        const index = next++
        answers[index] = await callFetch(question(index))
      }
    })
  )
  return answers.length
}

const fetchBackend = definePlugin({
  kind: "backend",
  id: "fetch",
  version: "1.0.0",
  summary: "asks by a bare fetch",
  capabilities: [],
  config: Schema.Struct({}),
  make: () =>
    Effect.succeed({
      id: "fetch",
      open: (subject) =>
        Effect.succeed({
          subject,
          capabilities: { systemPrompt: true, seed: false, logprobs: false, hiddenStates: false },
          account: "benchmark",
          chat: ({ messages }) =>
            Effect.map(
              Effect.tryPromise({
                try: (signal) => callFetch(messages.at(-1)!.content, signal),
                catch: (cause) =>
                  new BackendError({
                    backend: "fetch",
                    reason: "transport",
                    message: String(cause),
                    retryable: true,
                    retryAfterMs: null
                  })
              }),
              (text) => ({
                text,
                reasoning: null,
                finish: "stop" as const,
                usage: { inputTokens: 20, outputTokens: 20 },
                fingerprint: null
              })
            )
        })
    })
}) as Plugin

const form: Form = {
  id: "A",
  instrument: "M1",
  version: "1",
  items: Array.from({ length: count }, (_, index) => ({
    id: `item-${index}`,
    version: 1,
    factors: {},
    tags: [],
    arms: [{ id: "plain", factors: {}, system: null, turns: [question(index)] }]
  }))
}

/** Asks everything and reads nothing of it: what is measured is the administration. */
const instrument = definePlugin({
  kind: "marker",
  id: "benchmark",
  version: "1.0.0",
  summary: "asks",
  capabilities: [],
  config: Schema.Struct({}),
  make: () =>
    Effect.succeed({
      code: "M1" as InstrumentCode,
      id: "benchmark",
      version: "1.0.0",
      title: "Benchmark",
      indicators: [],
      exam: {
        _tag: "answers" as const,
        forms: ["A"],
        load: () => Effect.succeed(form),
        replicates: () => 1,
        draw: () => ({ items: null, stratum: () => "" }),
        fields: [],
        read: ({ subject }: { readonly subject: ReadonlyArray<{ readonly response: { readonly _tag: string } }> }) => ({
          reading: makeReading({
            instrument: "M1",
            instrumentVersion: "1.0.0",
            outcome: "not-evaluable",
            measure: { label: "answers", unit: "rate" },
            n: subject.filter(({ response }) => response._tag === "answered").length,
            coverage: { rated: 0, total: subject.length },
            sentence: "Nothing is read."
          }),
          pValue: null,
          redraw: () => null
        })
      }
    })
} as unknown as Plugin)

const intake = (backend: Plugin) => async (): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), "intake-bench-"))
  const it = makeIntake({
    plugins: [backend, instrument],
    settings: backend.id === "openai" ? { openai: { baseUrl: `${url}/v1` } } : {},
    journal: { file: join(folder, "journal.sqlite") }
  })
  const verdict = await it.examine({
    subject: { backend: backend.id, model: "m", revision: null },
    reference: null,
    form: "A",
    decoding: { maxTokens: 256 },
    concurrency
  })
  await it.close()
  rmSync(folder, { recursive: true })
  return verdict.readings[0]!.n
}

const sides: Readonly<Record<string, () => Promise<number>>> = {
  plain,
  fetch: intake(fetchBackend),
  openai: intake(openai as Plugin)
}

const [started, before] = [performance.now(), process.cpuUsage()]
const answered = await sides[side]!()
const wall = performance.now() - started
const { user, system } = process.cpuUsage(before)
process.stdout.write(
  JSON.stringify({ answered, wall, cpu: (user + system) / 1000, peak: process.resourceUsage().maxRSS / 1024 })
)
