import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import { promisify } from "node:util"
import type { BackendError, ChatRequest, Examinee } from "@model-intake/core"
import {
  always,
  backendContract,
  chatRequest,
  type ModelFault,
  type ModelScript,
  type ModelServer,
  modelServer
} from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import plugin, { type AnthropicOptions } from "../src/index.ts"

const openModel = (
  options: AnthropicOptions,
  model = "claude-test",
  revision: string | null = null
): Effect.Effect<Examinee, BackendError, Scope.Scope> =>
  Effect.flatMap(plugin.make(options), (backend) => backend.open({ backend: "anthropic", model, revision }))

beforeEach(() => vi.stubEnv("ANTHROPIC_API_KEY", "sk-ant-test-0123456789"))
afterEach(() => vi.unstubAllEnvs())

const atServer = <A>(
  script: ModelScript,
  use: (server: ModelServer) => Effect.Effect<A, unknown, Scope.Scope>
): Promise<A> => Effect.runPromise(Effect.scoped(Effect.flatMap(modelServer(script), use)))

const ask = (options: AnthropicOptions, request: ChatRequest, model?: string) =>
  atServer({}, (server) =>
    Effect.gen(function* () {
      const examinee = yield* openModel({ baseUrl: server.url, ...options }, model)
      const result = yield* Effect.result(examinee.chat(request))
      return { result, call: server.requests[0], count: server.counts().requests }
    })
  )

describe("contract", () => {
  const clauses = backendContract({
    name: "anthropic",
    wire: "anthropic",
    supports: { temperature: false, topP: false },
    open: (url, key, timeoutMs) => {
      vi.stubEnv("ANTHROPIC_API_KEY", key)
      return openModel({ baseUrl: url, timeoutMs, structuredOutput: true })
    }
  })
  for (const { name, check } of clauses) it(name, check)
})

describe("the key", () => {
  it("is asked for by name before any call", async () => {
    vi.stubEnv("ANTHROPIC_API_KEY", "")
    const error = await Effect.runPromise(Effect.scoped(Effect.flip(openModel({}))))
    expect(error).toMatchObject({ reason: "authentication", retryable: false })
    expect(error.message).toContain("ANTHROPIC_API_KEY")
  })

  it("is the only credential that is sent", async () => {
    vi.stubEnv("ANTHROPIC_AUTH_TOKEN", "another-credential")
    const { call } = await ask({}, chatRequest("question"))
    expect(call?.headers.authorization).toBe("Bearer sk-ant-test-0123456789")
    expect(JSON.stringify(call?.headers)).not.toContain("another-credential")
  })

  it("is not sent to an address that holds credentials of its own", async () => {
    const error = await Effect.runPromise(
      Effect.scoped(Effect.flip(openModel({ baseUrl: "http://user:hunter2222@127.0.0.1" })))
    )
    expect(error.message).toContain("baseUrl")
    expect(error.message).not.toContain("hunter2222")
  })
})

describe("the request", () => {
  it("keeps the system prompt apart and takes a base URL with /v1", async () => {
    const { call } = await atServer({}, (server) =>
      Effect.gen(function* () {
        const examinee = yield* openModel({ baseUrl: `${server.url}/v1/` })
        yield* examinee.chat({
          ...chatRequest(""),
          messages: [
            { role: "system", content: "one" },
            { role: "developer", content: "two" },
            { role: "user", content: "question" }
          ]
        })
        return { call: server.requests[0]! }
      })
    )
    expect(call.path).toBe("/v1/messages")
    expect(call.body).toMatchObject({ system: "one\n\ntwo", messages: [{ role: "user", content: "question" }] })
  })

  it("lets the model think beside the tokens of the answer", async () => {
    const options = { thinking: "enabled", thinkingTokens: 2048 } as const
    const { call } = await ask(options, chatRequest("question", { maxTokens: 100 }))
    expect(call?.body).toMatchObject({ max_tokens: 2148, thinking: { type: "enabled", budget_tokens: 2048 } })
    expect((await ask({ thinking: "disabled" }, chatRequest("question"))).call?.body).toMatchObject({
      max_tokens: 64,
      thinking: { type: "disabled" }
    })
  })

  it("leaves out the sampling that is the API's own, in the exam's usual decoding", async () => {
    for (const apiVersion of ["2026-10-21", "2023-06-01"] as const) {
      const { call } = await ask({ apiVersion }, chatRequest("question", { temperature: 1, topP: 1 }))
      expect(call?.headers["anthropic-version"]).toBe(apiVersion)
      expect(call?.body).not.toHaveProperty("temperature")
      expect(call?.body).not.toHaveProperty("top_p")
    }
  })

  it("sends another temperature in the API's older version", async () => {
    const { call } = await ask({ apiVersion: "2023-06-01" }, chatRequest("question", { temperature: 0, topP: 1 }))
    expect(call?.body).toHaveProperty("temperature", 0)
  })

  it.each([
    [
      "another temperature than the API's own",
      {},
      chatRequest("?", { temperature: 0 }),
      "refused-request",
      "apiVersion"
    ],
    ["another top_p than the API's own", {}, chatRequest("?", { topP: 0.5 }), "refused-request", "top_p 0.5"],
    [
      "a temperature above 1",
      { apiVersion: "2023-06-01" },
      chatRequest("question", { temperature: 1.3 }),
      "refused-request",
      "1.3"
    ],
    [
      "a temperature for a model that thinks",
      { apiVersion: "2023-06-01", thinking: "adaptive" },
      chatRequest("?", { temperature: 0 }),
      "refused-request",
      "settings.anthropic.thinking"
    ],
    [
      "a system message between turns",
      {},
      {
        ...chatRequest(""),
        messages: [{ role: "user", content: "a" } as const, { role: "system", content: "b" } as const]
      },
      "unsupported",
      "system prompt"
    ],
    [
      "a message of a tool",
      {},
      { ...chatRequest(""), messages: [{ role: "tool", content: "4" } as const] },
      "unsupported",
      "tool"
    ]
  ] as const)("is refused without a call for %s", async (_what, options, request, reason, says) => {
    const { result, count } = await ask(options, request)
    expect(result).toMatchObject({ failure: { reason, retryable: false } })
    expect(JSON.stringify(result)).toContain(says)
    expect(count).toBe(0)
  })

  it("prints nothing about old models", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined)
    await ask({}, chatRequest("question"), "claude-2.1")
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })
})

describe("the reply", () => {
  const finishAt = (fault: ModelFault) =>
    atServer({ fault: always(fault) }, (server) =>
      Effect.gen(function* () {
        const examinee = yield* openModel({ baseUrl: server.url })
        return (yield* examinee.chat(chatRequest("question"))).finish
      })
    )

  it.each([
    ["content-filter", "content-filter"],
    ["refusal", "content-filter"],
    ["unknown-finish", "other"],
    ["missing-finish", "other"]
  ] as const)("of the fault %s finishes with %s", async (fault, finish) => {
    expect(await finishAt(fault)).toBe(finish)
  })

  it("of another snapshot than the pinned one is refused", async () => {
    const [reply, error] = await atServer({}, (server) =>
      Effect.gen(function* () {
        const examinee = yield* openModel({ baseUrl: server.url }, "claude-sonnet-4-5", "20250929")
        const pinned = yield* examinee.chat(chatRequest("question"))
        server.setScript({ fault: always("other-model") })
        return [pinned, yield* Effect.flip(examinee.chat(chatRequest("question")))] as const
      })
    )
    expect(reply.fingerprint).toBe("claude-sonnet-4-5-20250929")
    expect(error).toMatchObject({ reason: "malformed-reply", retryable: false })
  })
})

describe("the README", () => {
  it("has an example that runs", async () => {
    const cwd = new URL("..", import.meta.url)
    const [, code] = /```ts\n([\s\S]+?)```/.exec(await readFile(new URL("README.md", cwd), "utf8"))!
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module-typescript", "-e", code!], {
      cwd
    })
    expect(stdout).toContain("I would look at it from both sides")
    expect(stdout).toContain("my-model")
  })
})
