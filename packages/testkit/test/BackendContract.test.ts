import { BackendError, type ChatRequest, type Examinee } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { beforeAll, describe, expect, it } from "vitest"
import { backendContract } from "../src/index.ts"

const failure = (reason: BackendError["reason"], message: string, retryable: boolean) =>
  new BackendError({ backend: "naive", reason, message, retryable, retryAfterMs: null })

/** What is written in an afternoon: it believes whatever the server says. */
const naive = (url: string, key: string): Examinee => ({
  subject: { backend: "naive", model: "m", revision: null },
  capabilities: { systemPrompt: true, seed: true, logprobs: false, hiddenStates: false },
  chat: (request: ChatRequest) =>
    Effect.tryPromise({
      try: async (signal) => {
        const { temperature, topP, maxTokens, seed, stop } = request.decoding
        const response = await fetch(`${url}/v1/chat/completions`, {
          method: "POST",
          signal,
          headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
          body: JSON.stringify({
            model: "m",
            messages: request.messages,
            max_tokens: maxTokens,
            ...(temperature === null ? {} : { temperature }),
            ...(topP === null ? {} : { top_p: topP }),
            ...(seed === null ? {} : { seed }),
            ...(stop.length === 0 ? {} : { stop })
          })
        })
        const text = await response.text()
        if (!response.ok) throw new Error(text)
        const body = JSON.parse(text)
        const { message } = body.choices[0]
        return {
          text: String(message.content),
          reasoning: message.reasoning_content ?? null,
          finish: body.choices[0].finish_reason === "length" ? ("length" as const) : ("stop" as const),
          usage: {
            inputTokens: body.usage?.prompt_tokens ?? null,
            outputTokens: body.usage?.completion_tokens ?? null
          },
          fingerprint: body.model
        }
      },
      catch: (cause) => failure("transport", cause instanceof Error ? cause.message : "", true)
    })
})

describe("the contract of backends", () => {
  const broken = new Map<string, string>()
  let clauses: ReadonlyArray<string> = []

  beforeAll(async () => {
    const all = backendContract({
      name: "naive",
      wire: "openai",
      open: (url, key) => Effect.succeed(naive(url, key)),
      skip: { silent: "it never gives up", "endless-body": "it never gives up" }
    })
    clauses = all.map(({ name }) => name)
    for (const { name, check } of all) await check().catch((error: Error) => broken.set(name, error.message))
  })

  const brokenFault = (fault: string): string | undefined =>
    [...broken].find(([name]) => name.startsWith(`fault ${fault}:`))?.[1]

  it("is kept by a naive backend where the server behaves", () => {
    const kept = clauses.filter((name) => !name.startsWith("fault ") && !broken.has(name))
    expect(kept).toContain("the system prompt and the turns arrive in order, word for word")
    expect(kept).toContain("decoding parameters arrive")
    expect(kept).toContain("the answer arrives as it was given: beyond ASCII")
    expect(kept).toContain("interrupting a call closes its connection")
    expect(kept).toContain("reasoning is kept apart from the answer")
  })

  it.each([
    "null-content",
    "number-content",
    "wrong-role",
    "tool-call",
    "missing-finish",
    "content-filter",
    "refusal",
    "two-choices"
  ])("catches one that takes the fault %s for an answer", (fault) => expect(brokenFault(fault)).toMatch(/is taken for/))

  it.each(["wrong-content-type", "key-in-answer", "huge-body"])("catches one that believes the fault %s", (fault) =>
    expect(brokenFault(fault)).toBeDefined()
  )

  it.each(["bad-request", "unauthorized", "not-found", "malformed-json", "rate-limit"])(
    "catches one that makes the wrong thing of the fault %s",
    (fault) => expect(brokenFault(fault)).toMatch(/the reason is transport/)
  )

  it("catches messages that hold the key, and hostile ones", () => {
    expect(brokenFault("key-in-error")).toContain("the key is in the result")
    expect(brokenFault("hostile-message")).toMatch(/characters/)
  })

  it("catches usage that makes no sense", () => {
    expect(brokenFault("negative-usage")).toContain("-5")
  })

  it("leaves out what is skipped, and nothing else", () => {
    expect(clauses.some((name) => name.startsWith("fault silent"))).toBe(false)
    expect(clauses.some((name) => name.startsWith("fault reset:"))).toBe(true)
  })

  it("catches a second call, an answer that is changed and a call before any was asked for", async () => {
    const found: Array<string> = []
    const all = backendContract({
      name: "eager",
      wire: "openai",
      open: (url, key) =>
        Effect.gen(function* () {
          const inner = naive(url, key)
          yield* Effect.ignore(inner.chat(plainRequest))
          return {
            ...inner,
            chat: (request: ChatRequest) =>
              Effect.map(inner.chat(request), (reply) => ({ ...reply, text: reply.text.trim() }))
          }
        })
    })
    const watched = [
      "opening makes no call",
      "the answer arrives as it was given: blanks and lines",
      "fault bad-request"
    ]
    for (const { name, check } of all.filter((clause) => watched.some((start) => clause.name.startsWith(start)))) {
      await check().catch(() => found.push(name))
    }
    expect(found).toContain("opening makes no call")
    expect(found).toContain("the answer arrives as it was given: blanks and lines")
    expect(found).toContain("fault bad-request: refused-request")
  })
})

const plainRequest: ChatRequest = {
  messages: [{ role: "user", content: "hello" }],
  decoding: { temperature: null, topP: null, maxTokens: 8, seed: null, stop: [] }
}
