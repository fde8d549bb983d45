import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import { promisify } from "node:util"
import type { BackendError, ChatRequest, Examinee } from "@model-intake/core"
import {
  always,
  backendContract,
  chatRequest,
  type ModelScript,
  type ModelServer,
  modelServer
} from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { afterEach, describe, expect, it, vi } from "vitest"
import plugin, { type OpenAiOptions } from "../src/index.ts"

const keyEnv = "TEST_OPENAI_KEY"

const openModel = (
  options: OpenAiOptions,
  model = "test-model",
  revision: string | null = null
): Effect.Effect<Examinee, BackendError, Scope.Scope> =>
  Effect.flatMap(plugin.make(options), (backend) => backend.open({ backend: "openai", model, revision }))

afterEach(() => vi.unstubAllEnvs())

/** Runs against a server by script. */
const atServer = <A>(
  script: ModelScript,
  use: (server: ModelServer) => Effect.Effect<A, unknown, Scope.Scope>
): Promise<A> => Effect.runPromise(Effect.scoped(Effect.flatMap(modelServer(script), use)))

const bodyOf = (options: OpenAiOptions, request: ChatRequest, model?: string) =>
  atServer({}, (server) =>
    Effect.gen(function* () {
      const examinee = yield* openModel({ baseUrl: `${server.url}/v1`, ...options }, model)
      yield* examinee.chat(request)
      return { body: server.requests[0]!.body, examinee, call: server.requests[0]! }
    })
  )

describe("contract", () => {
  const clauses = backendContract({
    name: "openai",
    wire: "openai",
    open: (url, key, timeoutMs) => {
      vi.stubEnv(keyEnv, key)
      return openModel({ baseUrl: `${url}/v1`, apiKeyEnv: keyEnv, timeoutMs, structuredOutput: true })
    }
  })
  for (const { name, check } of clauses) it(name, check)
})

describe("the key", () => {
  it("is asked for by name before any call", async () => {
    vi.stubEnv("OPENAI_API_KEY", "")
    vi.stubEnv("OPENAI_BASE_URL", "")
    const error = await Effect.runPromise(Effect.scoped(Effect.flip(openModel({}))))
    expect(error).toMatchObject({ reason: "authentication", retryable: false })
    expect(error.message).toContain("OPENAI_API_KEY")
  })

  it("is not needed where the base URL is somebody else's", async () => {
    vi.stubEnv("OPENAI_API_KEY", "")
    vi.stubEnv("OPENAI_ORG_ID", "org-ours")
    vi.stubEnv("OPENAI_ADMIN_KEY", "sk-admin-ours")
    const { call } = await bodyOf({}, chatRequest("question"))
    expect(call.headers.authorization).toBe("Bearer none")
    expect(JSON.stringify(call.headers)).not.toContain("ours")
  })

  it("and the base URL come from the environment", async () => {
    const reply = await atServer({ key: "sk-from-environment" }, (server) =>
      Effect.gen(function* () {
        vi.stubEnv("OPENAI_API_KEY", " sk-from-environment\n")
        vi.stubEnv("OPENAI_BASE_URL", `${server.url}/v1/`)
        return yield* (yield* openModel({})).chat(chatRequest("question"))
      })
    )
    expect(reply.finish).toBe("stop")
  })

  it("never stands in the account, and credentials in the address are refused", async () => {
    vi.stubEnv(keyEnv, "sk-secret-secret")
    const { examinee } = await bodyOf({ apiKeyEnv: keyEnv }, chatRequest("question"))
    expect(examinee.account).toMatch(/^127\.0\.0\.1:\d+ TEST_OPENAI_KEY$/)
    const error = await Effect.runPromise(
      Effect.scoped(Effect.flip(openModel({ baseUrl: "http://user:hunter2222@127.0.0.1/v1" })))
    )
    expect(error.message).toContain("baseUrl")
    expect(error.message).not.toContain("hunter2222")
  })
})

describe("reasoning models", () => {
  const asked: ChatRequest = {
    ...chatRequest("question", { temperature: 0, topP: 0.5, stop: ["END"], maxTokens: 50 }),
    logprobs: 1
  }

  it.each(["o1", "o3-mini", "o4-mini-2025-04-16", "gpt-5", "gpt-5-mini", "openai/o3", "gpt-5.2"])(
    "%s is sent none of the parameters that it refuses",
    async (model) => {
      const { body, examinee } = await bodyOf({ reasoningEffort: "low" }, asked, model)
      expect(Object.keys(body).sort()).toEqual([
        "max_completion_tokens",
        "messages",
        "model",
        "reasoning_effort",
        "stream"
      ])
      expect(body.max_completion_tokens).toBe(50)
      expect(examinee.capabilities.logprobs).toBe(false)
      expect(examinee.limits).toHaveLength(1)
    }
  )

  it.each(["gpt-4.1", "gpt-4o", "gpt-5-chat-latest", "olmo-2", "qwen3-o1x"])("%s is none", async (model) => {
    const { body } = await bodyOf({}, asked, model)
    expect(body).toMatchObject({ max_tokens: 50, temperature: 0, top_p: 0.5, stop: ["END"], logprobs: true })
  })

  it("are what the settings say", async () => {
    expect((await bodyOf({ reasoning: true }, asked, "mine")).body).toHaveProperty("max_completion_tokens")
    expect((await bodyOf({ reasoning: false }, asked, "o3")).body).toHaveProperty("temperature", 0)
  })

  it.each(["reasoning_content", "reasoning", "think-tags"] as const)(
    "have their %s kept apart",
    async (reasoningIn) => {
      const reply = await atServer({ answer: () => ({ text: "No.", reasoning: "Should I?", reasoningIn }) }, (server) =>
        Effect.gen(function* () {
          const examinee = yield* openModel({ baseUrl: `${server.url}/v1` })
          return yield* examinee.chat({ ...chatRequest("question"), logprobs: 0 })
        })
      )
      expect(reply).toMatchObject({ text: "No.", reasoning: "Should I?" })
      expect(reply.logprobs?.map(({ token }) => token).join("")).toContain("No.")
      expect(reply.logprobs).toHaveLength(1)
    }
  )
})

describe("the request", () => {
  it("takes further members and headers, and keeps its own", async () => {
    const { body, call } = await bodyOf(
      { extraBody: { top_k: 5, model: "another", stream: true }, headers: { "X-Title": "intake" } },
      chatRequest("question")
    )
    expect(body).toMatchObject({ top_k: 5, model: "test-model", stream: false })
    expect(call.headers["x-title"]).toBe("intake")
  })

  it("is strict about a schema only where the schema is", async () => {
    const schema = { type: "object", properties: { yes: { type: "boolean" } }, required: ["yes"] }
    const strictOf = async (given: Record<string, unknown>) =>
      (await bodyOf({ structuredOutput: true }, { ...chatRequest("?"), responseSchema: { name: "a", schema: given } }))
        .body.response_format
    expect(await strictOf(schema)).toMatchObject({ json_schema: { strict: false } })
    expect(await strictOf({ ...schema, additionalProperties: false })).toMatchObject({ json_schema: { strict: true } })
  })

  it("goes to a deployment at Azure with its own header", async () => {
    const call = await atServer({}, (server) =>
      Effect.gen(function* () {
        vi.stubEnv("AZURE_OPENAI_API_KEY", "azure-key-0123")
        const azure = { endpoint: server.url, apiVersion: "2024-10-21", deployment: "ours" }
        yield* (yield* openModel({ azure })).chat(chatRequest("question"))
        return server.requests[0]!
      })
    )
    expect(call.path).toBe("/openai/deployments/ours/chat/completions?api-version=2024-10-21")
    expect(call.headers["api-key"]).toBe("azure-key-0123")
  })

  it("is refused for messages of tools", async () => {
    const error = await atServer({}, (server) =>
      Effect.gen(function* () {
        const examinee = yield* openModel({ baseUrl: `${server.url}/v1` })
        return yield* Effect.flip(examinee.chat({ ...chatRequest(""), messages: [{ role: "tool", content: "4" }] }))
      })
    )
    expect(error.reason).toBe("unsupported")
  })
})

describe("the answer", () => {
  it("is text that can be stored, whatever halves of characters are in it", async () => {
    const reply = await atServer({ answer: () => ({ text: "half \ud83d of one", reasoning: "\udc00" }) }, (server) =>
      Effect.gen(function* () {
        return yield* (yield* openModel({ baseUrl: `${server.url}/v1` })).chat(chatRequest("question"))
      })
    )
    expect(reply).toMatchObject({ text: "half \ufffd of one", reasoning: "\ufffd" })
  })

  it.each([
    ["content-filter", "content-filter"],
    ["refusal", "content-filter"],
    ["missing-finish", "other"],
    ["unknown-finish", "other"]
  ] as const)("after the fault %s finishes with %s", async (fault, finish) => {
    const reply = await atServer({ fault: always(fault) }, (server) =>
      Effect.gen(function* () {
        return yield* (yield* openModel({ baseUrl: `${server.url}/v1` })).chat(chatRequest("question"))
      })
    )
    expect(reply.finish).toBe(finish)
    if (fault === "refusal") expect(reply.text).toBe("I cannot help with that.")
  })
})

describe("the revision", () => {
  it("names the snapshot, and a reply of another is refused", async () => {
    const [reply, error] = await atServer({}, (server) =>
      Effect.gen(function* () {
        const examinee = yield* openModel({ baseUrl: `${server.url}/v1` }, "gpt-4.1", "2025-04-14")
        const pinned = yield* examinee.chat(chatRequest("question"))
        server.setScript({ fault: always("other-model") })
        return [pinned, yield* Effect.flip(examinee.chat(chatRequest("question")))] as const
      })
    )
    expect(reply.fingerprint).toBe("gpt-4.1-2025-04-14 fp_testkit")
    expect(error).toMatchObject({ reason: "malformed-reply", retryable: false })
    expect(error.message).toContain("somebody-else-7b")
  })
})

describe("advice", () => {
  it("names the setting that a refusal is about", async () => {
    const { createServer } = await import("node:http")
    const server = createServer((_request, response) => {
      response.writeHead(400, { "content-type": "application/json" })
      response.end(JSON.stringify({ error: { message: "Unsupported parameter: 'max_tokens' is not supported." } }))
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()))
    const { port } = server.address() as { port: number }
    const error = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const examinee = yield* openModel({ baseUrl: `http://127.0.0.1:${port}/v1` })
          return yield* Effect.flip(examinee.chat(chatRequest("question")))
        })
      )
    )
    server.close()
    expect(error).toMatchObject({ reason: "refused-request", retryable: false })
    expect(error.message).toContain("settings.openai.reasoning")
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
    expect(stdout).toContain("fp_testkit")
  })
})
