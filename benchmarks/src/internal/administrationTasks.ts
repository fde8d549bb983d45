/** One side of the administration benchmark in a process of its own: `node administrationTasks.ts SIDE COUNT URL`. */
import { mkdtempSync, rmSync } from "node:fs"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import openai from "@model-intake/backend-openai"
import { BackendError, definePlugin, type Plugin } from "@model-intake/core"
import { makeIntake } from "@model-intake/examination"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { asking, question } from "./asking.ts"

const concurrency = 50
const [side, countText, url] = process.argv.slice(2) as [string, string, string]
const count = Number(countText)

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

/** The same without `fetch`: what Node's own client costs. */
const callHttp = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", authorization: "Bearer none" }
    const sent = request(`${url}/v1/chat/completions`, { method: "POST", headers }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString()).choices[0].message.content))
    })
    sent.on("error", reject)
    sent.end(
      JSON.stringify({ model: "m", messages: [{ role: "user", content: text }], temperature: 1, max_tokens: 256 })
    )
  })

/** As little as can be: so many loops that each ask the next question and keep the answer. */
const plain = (call: (text: string) => Promise<string>) => async (): Promise<number> => {
  const answers: Array<string> = []
  let next = 0
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) {
        const index = next++
        answers[index] = await call(question(index))
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

const intake = (backend: Plugin) => async (): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), "intake-bench-"))
  const it = makeIntake({
    plugins: [backend, asking(count)],
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
  plain: plain(callFetch),
  http: plain(callHttp),
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
