import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { type Capabilities, type ChatRequest, type Examinee, holdsSecret, parseSubject } from "@model-intake/core"
import { always, backendContract, type ModelScript, type ModelServer, startModelServer } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { afterEach, describe, expect, it, vi } from "vitest"
import plugin, { type HuggingFaceOptions } from "../src/index.ts"

const token = "hf_0123456789abcdefghij"

afterEach(() => vi.unstubAllEnvs())

const open = (options: HuggingFaceOptions, name = "huggingface:acme/tiny") =>
  Effect.scoped(
    Effect.gen(function* () {
      const backend = yield* plugin.make(Schema.decodeUnknownSync(plugin.config)(options))
      return yield* backend.open(yield* Effect.orDie(parseSubject(name)))
    })
  )

const refusal = (options: HuggingFaceOptions, name?: string) => Effect.runPromise(Effect.flip(open(options, name)))

const question: ChatRequest = {
  messages: [{ role: "user", content: "Hi?" }],
  decoding: { temperature: 0, topP: null, maxTokens: 64, seed: 3, stop: [] }
}

/** An examinee at a model server. */
const at = async (
  script: ModelScript,
  options: (url: string) => HuggingFaceOptions,
  use: (examinee: Examinee, server: ModelServer) => Promise<void>
) => {
  vi.stubEnv("HF_TOKEN", token)
  const server = await startModelServer({ script: { key: token, ...script } })
  try {
    await use(await Effect.runPromise(open(options(server.url))), server)
  } finally {
    await server.close()
  }
}

const routed = (url: string): HuggingFaceOptions => ({ baseUrl: url })
const dedicated = (url: string): HuggingFaceOptions => ({ endpointUrl: url })

for (const [name, options] of [
  ["a dedicated endpoint", (url: string) => ({ endpointUrl: `${url}/v1/`, structuredOutput: true })],
  ["the router of Inference Providers", (url: string) => ({ baseUrl: url })]
] as const) {
  describe(`the contract of backends, with ${name}`, () => {
    const contract = backendContract({
      name: "huggingface",
      wire: "huggingface",
      open: (url, key, timeoutMs) => {
        vi.stubEnv("CONTRACT_TOKEN", key)
        return open({ ...options(url), tokenEnv: "CONTRACT_TOKEN", timeoutMs })
      }
    })
    for (const { name, check } of contract) it(name, check)
  })
}

describe("opening", () => {
  it("without a token names the variable", async () => {
    vi.stubEnv("HF_TOKEN", "")
    expect(await refusal({})).toMatchObject({
      backend: "huggingface",
      reason: "authentication",
      message: "HF_TOKEN holds no access token; set it to one from your Hugging Face settings"
    })
    expect((await refusal({ tokenEnv: "OTHER_TOKEN" })).message).toContain("OTHER_TOKEN")
  })

  it("with a key of somebody else is refused where Hugging Face is asked", async () => {
    vi.stubEnv("HF_TOKEN", "sk-0123456789")
    const { reason, message } = await refusal({})
    expect(reason).toBe("authentication")
    expect(message).toContain("HF_TOKEN holds no token of Hugging Face")
    expect(message).not.toContain("0123456789")
  })

  it("with a revision is refused, since no server lets one choose", async () => {
    vi.stubEnv("HF_TOKEN", token)
    const { reason, message } = await refusal({}, "huggingface:acme/tiny@main")
    expect(reason).toBe("unsupported")
    expect(message).toContain("leave out @main")
  })

  it("with an endpoint and a provider is refused", async () => {
    const { message } = await refusal({ endpointUrl: "http://127.0.0.1:1", provider: "groq" })
    expect(message).toContain("both endpointUrl and provider")
  })

  it("with settings that make no sense is refused", () => {
    for (const wrong of [{ endpointUrl: "ftp://x" }, { timeoutMs: 0 }]) {
      expect(() => Schema.decodeUnknownSync(plugin.config)(wrong)).toThrow()
    }
  })

  it("with a provider that nobody knows is refused", async () => {
    vi.stubEnv("HF_TOKEN", token)
    const { message } = await refusal({ provider: "nobody" })
    expect(message).toContain('settings.huggingface.provider is "nobody", not one of ')
    expect(message).toContain("groq")
  })

  it("declares log-probabilities for endpoints, and what is set", async () => {
    vi.stubEnv("HF_TOKEN", token)
    const capabilities = async (options: HuggingFaceOptions): Promise<Capabilities> =>
      (await Effect.runPromise(open(options))).capabilities
    const none = { systemPrompt: true, hiddenStates: false }
    expect(await capabilities({})).toEqual({ ...none, seed: true, logprobs: false, structuredOutput: false })
    expect(await capabilities({ logprobs: true, seed: false, structuredOutput: true })).toEqual({
      ...none,
      seed: false,
      logprobs: true,
      structuredOutput: true
    })
    expect((await capabilities({ endpointUrl: "http://127.0.0.1:1" })).logprobs).toBe(true)
  })
})

describe("a call", () => {
  it("goes to the router under the model's name, with the account that pays", () =>
    at(
      {},
      (url) => ({ ...routed(url), billTo: "acme" }),
      async (examinee, server) => {
        await Effect.runPromise(examinee.chat(question))
        expect(server.requests[0]).toMatchObject({ path: "/v1/chat/completions", model: "acme/tiny" })
        expect(server.requests[0]!.headers["x-hf-bill-to"]).toBe("acme")
      }
    ))

  it("needs no token at an endpoint that wants none", async () => {
    vi.stubEnv("HF_TOKEN", "")
    const server = await startModelServer()
    const examinee = await Effect.runPromise(open({ endpointUrl: server.url }))
    const { text } = await Effect.runPromise(examinee.chat(question))
    expect(text).toContain("I would look at it")
    expect(server.requests[0]!.headers.authorization).toBeUndefined()
    await server.close()
  })

  it("is refused without a call where log-probabilities are off", () =>
    at({}, routed, async (examinee, server) => {
      const error = await Effect.runPromise(Effect.flip(examinee.chat({ ...question, logprobs: 1 })))
      expect(error.reason).toBe("unsupported")
      expect(server.counts().requests).toBe(0)
    }))

  for (const reasoningIn of ["reasoning_content", "reasoning", "think-tags"] as const) {
    it(`keeps reasoning apart that comes as ${reasoningIn}`, () =>
      at({ answer: () => ({ text: "Yes.", reasoning: "Hm.", reasoningIn }) }, dedicated, async (examinee) => {
        expect(await Effect.runPromise(examinee.chat(question))).toMatchObject({ text: "Yes.", reasoning: "Hm." })
      }))
  }

  it("with a wrong token names the variable and not the token", () =>
    at({ key: "another" }, routed, async (examinee) => {
      const error = await Effect.runPromise(Effect.flip(examinee.chat(question)))
      expect(error.reason).toBe("authentication")
      expect(error.message).toContain("check the token in HF_TOKEN")
      expect(holdsSecret(JSON.stringify(error), [token])).toBe(false)
    }))

  it("is made once, also where the client would try again", () =>
    at({ fault: always("unavailable") }, dedicated, async (examinee, server) => {
      const error = await Effect.runPromise(Effect.flip(examinee.chat(question)))
      expect(error).toMatchObject({ reason: "transport", retryable: true, retryAfterMs: 1000 })
      expect(server.counts().requests).toBe(1)
    }))
})

describe("a chosen provider", () => {
  /** A hub that knows which providers run a model, and a router that tells which one it asked. */
  const startHub = async (mapping: unknown, status = 200) => {
    const paths: Array<string> = []
    const server = createServer((request, response) => {
      const path = request.url!.split("?")[0]!
      paths.push(path)
      const isHub = path.startsWith("/api/models/")
      const answer = {
        model: "groq/tiny",
        choices: [{ message: { role: "assistant", content: "Hi." }, finish_reason: "stop" }]
      }
      response.writeHead(isHub ? status : 200, {
        "content-type": "application/json",
        ...(isHub ? {} : { "x-inference-provider": "groq" })
      })
      response.end(
        JSON.stringify(
          isHub ? (mapping === undefined ? { error: "gone" } : { inferenceProviderMapping: mapping }) : answer
        )
      )
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    vi.stubEnv("HF_ENDPOINT", url)
    vi.stubEnv("HF_TOKEN", token)
    return { url, paths, close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) }
  }

  const ask = (url: string, name: string) =>
    Effect.flatMap(open({ provider: "groq", baseUrl: url }, name), ({ chat }) => chat(question))

  it("runs the model under the provider's own name, and is in the fingerprint", async () => {
    const hub = await startHub({ groq: { providerId: "tiny-8b", status: "live", task: "conversational" } })
    const reply = await Effect.runPromise(ask(hub.url, "huggingface:acme/mapped"))
    expect(hub.paths).toEqual(["/api/models/acme/mapped", "/groq/openai/v1/chat/completions"])
    expect(reply).toMatchObject({ text: "Hi.", fingerprint: "groq/tiny groq" })
    expect(reply.usage).toEqual({ inputTokens: null, outputTokens: null })
    await hub.close()
  })

  it("that does not run the model is refused", async () => {
    const hub = await startHub({ novita: { providerId: "x", status: "live", task: "conversational" } })
    const error = await Effect.runPromise(Effect.flip(ask(hub.url, "huggingface:acme/elsewhere")))
    expect(error).toMatchObject({ reason: "refused-request", retryable: false })
    expect(error.message).toContain("acme/elsewhere")
    await hub.close()
  })

  it("of a model that the hub does not know is refused", async () => {
    const hub = await startHub(undefined, 404)
    const error = await Effect.runPromise(Effect.flip(ask(hub.url, "huggingface:acme/unknown")))
    expect(error).toMatchObject({ reason: "not-found", retryable: false })
    await hub.close()
  })
})

it("the example of the README runs", () => {
  const cwd = fileURLToPath(new URL("..", import.meta.url))
  const [, example] = /```ts\n(.*?)```/s.exec(readFileSync(`${cwd}/README.md`, "utf8"))!
  const said = execFileSync(process.execPath, ["--input-type=module-typescript", "--eval", example!], {
    cwd,
    encoding: "utf8"
  })
  expect(said).toMatch(/^I would look at it from both sides.* acme\/tiny fp_testkit\n$/)
})
