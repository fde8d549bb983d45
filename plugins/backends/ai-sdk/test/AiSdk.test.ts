import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4GenerateResult } from "@ai-sdk/provider"
import { type ChatRequest, holdsSecret, parseSubject } from "@model-intake/core"
import { always, backendContract, startModelServer } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { afterEach, describe, expect, it, vi } from "vitest"
import plugin, { type AiSdkOptions, checkedFetch } from "../src/index.ts"

afterEach(() => vi.unstubAllEnvs())

const open = (options: AiSdkOptions, name = "ai-sdk:tiny") =>
  Effect.scoped(
    Effect.gen(function* () {
      const backend = yield* plugin.make(Schema.decodeUnknownSync(plugin.config)(options))
      return yield* backend.open(yield* Effect.orDie(parseSubject(name)))
    })
  )

const refusal = (options: AiSdkOptions, name?: string) => Effect.runPromise(Effect.flip(open(options, name)))

const question: ChatRequest = {
  messages: [
    { role: "system", content: "Be kind." },
    { role: "user", content: "Hi?" }
  ],
  decoding: { temperature: 0.5, topP: 0.9, maxTokens: 64, seed: 3, stop: ["END"] }
}

const providerAt = (url: string, key: string, fetch?: typeof globalThis.fetch) =>
  createOpenAICompatible({
    name: "local",
    baseURL: `${url}/v1`,
    apiKey: key,
    supportsStructuredOutputs: true,
    ...(fetch === undefined ? {} : { fetch })
  })

describe("the contract of backends, with a provider that fetches through checkedFetch", () => {
  const contract = backendContract({
    name: "ai-sdk",
    wire: "openai",
    open: (url, key, timeoutMs) =>
      open({ provider: providerAt(url, key, checkedFetch), structuredOutput: true, timeoutMs })
  })
  for (const { name, check } of contract) it(name, check)
})

describe("a key that looks like none", () => {
  const key = "correct horse/battery+staple"
  for (const [what, fetch] of [
    ["as it comes", undefined],
    ["with checkedFetch", checkedFetch]
  ] as const) {
    it(`stands in no error and no answer of a provider ${what}`, async () => {
      for (const fault of ["key-in-error", "key-in-answer"] as const) {
        const server = await startModelServer({ script: { fault: always(fault) } })
        const { chat } = await Effect.runPromise(open({ provider: providerAt(server.url, key, fetch) }))
        const error = await Effect.runPromise(Effect.flip(chat(question)))
        expect(holdsSecret(JSON.stringify(error), [key])).toBe(false)
        expect(error.reason).toBe(fault === "key-in-error" ? "authentication" : "malformed-reply")
        await server.close()
      }
    })
  }
})

describe("the contract of backends, with a provider as it comes", () => {
  const lenient = "the provider reads the reply, and takes it for malformed rather than passing"
  const contract = backendContract({
    name: "ai-sdk",
    wire: "openai",
    open: (url, key, timeoutMs) => open({ models: { tiny: providerAt(url, key)("tiny") }, timeoutMs }),
    skip: {
      "huge-body": "the provider's own bound is larger",
      redirect: "the provider follows redirects, and tells of the last address only",
      "rate-limit-in-200": lenient,
      "server-error-in-200": lenient,
      "truncated-json": lenient,
      "deep-json": lenient
    }
  })
  for (const { name, check } of contract) it(name, check)
})

type Told = Partial<LanguageModelV4GenerateResult>

const finished = (unified: LanguageModelV4GenerateResult["finishReason"]["unified"]) => ({
  finishReason: { unified, raw: unified }
})

/** A provider written by hand: keeps what it is asked and tells what it is told to. */
const handmade = (tell: (options: LanguageModelV4CallOptions) => Told | Promise<Told>) => {
  const asked: Array<LanguageModelV4CallOptions> = []
  const model: LanguageModelV4 = {
    specificationVersion: "v4",
    provider: "handmade",
    modelId: "tiny",
    supportedUrls: {},
    doGenerate: async (options) => {
      asked.push(options)
      return {
        content: [{ type: "text", text: "Hello." }],
        ...finished("stop"),
        usage: {
          inputTokens: { total: 7, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
          outputTokens: { total: 2, text: undefined, reasoning: undefined }
        },
        warnings: [],
        ...(await tell(options))
      }
    },
    doStream: () => Promise.reject(new Error("it is not streamed"))
  }
  return { asked, model }
}

const ask = (tell: Parameters<typeof handmade>[0], request: ChatRequest = question, options: AiSdkOptions = {}) => {
  const { asked, model } = handmade(tell)
  const called = Effect.flatMap(open({ models: { tiny: model }, ...options }), ({ chat }) => chat(request))
  return { asked, called }
}

const answer = (tell: Told, request?: ChatRequest) => Effect.runPromise(ask(() => tell, request).called)
const failure = (tell: Parameters<typeof handmade>[0], options?: AiSdkOptions) =>
  Effect.runPromise(Effect.flip(ask(tell, question, options).called))

describe("a model written by hand", () => {
  it("is asked exactly what was asked for", async () => {
    const { asked, called } = ask(() => ({}), {
      ...question,
      messages: [...question.messages, { role: "assistant", content: "" }, { role: "user", content: " and? " }]
    })
    expect(await Effect.runPromise(called)).toEqual({
      text: "Hello.",
      reasoning: null,
      finish: "stop",
      usage: { inputTokens: 7, outputTokens: 2 },
      fingerprint: null
    })
    expect(asked[0]).toMatchObject({
      prompt: [
        { role: "system", content: "Be kind." },
        { role: "user", content: [{ type: "text", text: "Hi?" }] },
        { role: "assistant", content: [{ type: "text", text: "" }] },
        { role: "user", content: [{ type: "text", text: " and? " }] }
      ],
      temperature: 0.5,
      topP: 0.9,
      seed: 3,
      stopSequences: ["END"],
      maxOutputTokens: 64
    })
  })

  it("keeps reasoning apart, in parts or in tags", async () => {
    const content = [
      { type: "reasoning", text: "Hm." } as const,
      { type: "text", text: "<think>\nno\n</think>\n\nYes." } as const
    ]
    expect(await answer({ content })).toMatchObject({ text: "Yes.", reasoning: "Hm.\nno" })
  })

  it("tells what it ran, where it tells", async () => {
    expect((await answer({ response: { modelId: "tiny-2026-01-01" } })).fingerprint).toBe("tiny-2026-01-01")
  })

  for (const [unified, finish] of [
    ["length", "length"],
    ["content-filter", "content-filter"],
    ["other", "other"]
  ] as const) {
    it(`that stops with ${unified} gives no complete answer, with text or without`, async () => {
      expect(await answer(finished(unified))).toMatchObject({ text: "Hello.", finish })
      expect(await answer({ ...finished(unified), content: [] })).toMatchObject({ text: "", finish })
    })
  }

  for (const [what, tell] of [
    ["no text", { content: [] }],
    ["a call of a tool", { content: [{ type: "tool-call", toolCallId: "1", toolName: "shell", input: "{}" }] }],
    ["an error", finished("error")],
    ["tool-calls without one", finished("tool-calls")]
  ] as ReadonlyArray<readonly [string, Told]>) {
    it(`that gives ${what} gives no answer`, async () => {
      expect(await failure(() => tell)).toMatchObject({ reason: "malformed-reply", retryable: false })
    })
  }

  it("that points to a file does not have it fetched", async () => {
    const server = await startModelServer()
    const url = new URL(`${server.url}/v1/chat/completions`)
    const file = { type: "file", mediaType: "image/png", data: { type: "url", url } } as const
    const error = await failure(() => ({ content: [{ type: "text", text: "See." }, file] }))
    expect(error).toMatchObject({ reason: "malformed-reply" })
    expect(server.counts().requests).toBe(0)
    await server.close()
  })

  it("that was interrupted may be asked again", async () => {
    expect(await failure(() => finished("interrupted"))).toMatchObject({ reason: "transport", retryable: true })
  })

  it("that is broken is a fault, which is not taken for a passing one", async () => {
    const error = await failure(() => ({ finishReason: null }) as unknown as Told)
    expect(error).toMatchObject({ reason: "fault", retryable: false })
  })

  it("that throws is no answer, and its message is clean", async () => {
    vi.stubEnv("HANDMADE_API_KEY", "a-very-private-value")
    const error = await failure(() => {
      throw new Error("no luck\u001b[31m with a-very-private-value")
    })
    expect(error).toMatchObject({ reason: "fault", retryable: false })
    expect(error.message).toBe("the provider threw no luck[31m with [redacted]")
  })

  it("is left alone when the call is interrupted", async () => {
    let aborted = false
    const { asked, called } = ask(
      ({ abortSignal }) =>
        new Promise((_resolve, reject) => {
          abortSignal!.addEventListener("abort", () => {
            aborted = true
            reject(abortSignal!.reason)
          })
        })
    )
    await Effect.runPromise(
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(called)
        while (asked.length === 0) yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 1)))
        yield* Fiber.interrupt(fiber)
      })
    )
    expect(aborted).toBe(true)
  })
})

describe("settings that a model does not take", () => {
  const warn = (warnings: LanguageModelV4GenerateResult["warnings"]) => () => ({ warnings })

  it("make its answers none, and the sentence says what to set", async () => {
    const error = await failure(warn([{ type: "unsupported", feature: "temperature", details: "reasoning model" }]))
    expect(error).toMatchObject({ reason: "unsupported", retryable: false })
    expect(error.message).toBe(
      'the model does not take temperature (temperature: reasoning model); add "temperature" to settings["ai-sdk"].omit'
    )
  })

  it("are found in warnings of any kind that drop something", async () => {
    expect((await failure(warn([{ type: "other", message: "seed is ignored" }]))).message).toContain('"seed"')
    const clipped = warn([{ type: "compatibility", feature: "topP", details: "clipped to 0.5" }])
    expect((await failure(clipped)).message).toContain('add "topP"')
    expect((await failure(warn([{ type: "unsupported", feature: "systemMessage" }]))).reason).toBe("unsupported")
  })

  it("are found under the names of the provider's API", async () => {
    const dropped = warn([{ type: "other", message: "max_tokens was raised" }])
    expect((await failure(dropped)).message).toContain('add "maxOutputTokens"')
  })

  it("do not hold up an answer where the warning is of something else, and nothing is printed", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {})
    const warnings: LanguageModelV4GenerateResult["warnings"] = [
      { type: "other", message: "the weather is bad" },
      { type: "deprecated", setting: "temperature", message: "soon" }
    ]
    expect((await answer({ warnings })).text).toBe("Hello.")
    expect(warned).not.toHaveBeenCalled()
    warned.mockRestore()
  })

  it("are left out where they are to be, and verdicts say so", async () => {
    const omit = ["seed", "temperature"] as const
    const { asked, called } = ask(() => ({}), question, { omit })
    await Effect.runPromise(called)
    expect(asked[0]).toMatchObject({ topP: 0.9, maxOutputTokens: 64 })
    expect([asked[0]!.seed, asked[0]!.temperature]).toEqual([undefined, undefined])
    const { capabilities, limits } = await Effect.runPromise(
      open({ models: { tiny: handmade(() => ({})).model }, omit })
    )
    expect(capabilities.seed).toBe(false)
    expect(limits).toEqual(["The model takes no seed, temperature: these decoding settings were left out."])
  })
})

describe("opening", () => {
  it("finds models by name before it asks the provider", async () => {
    const { model } = handmade(() => ({}))
    const languageModel = vi.fn(() => model)
    expect((await Effect.runPromise(open({ models: { tiny: model }, provider: { languageModel } }))).account).toBe(
      "ai-sdk handmade"
    )
    expect(languageModel).not.toHaveBeenCalled()
    await Effect.runPromise(open({ provider: { languageModel } }, "ai-sdk:acme/other:free"))
    expect(languageModel).toHaveBeenCalledWith("acme/other:free")
  })

  it("refuses what is no instance, without a word of what it holds", async () => {
    const secret = { apiKey: "sk-0123456789abcdef" }
    const wrongProvider = await refusal({ provider: secret })
    expect(wrongProvider.message).toContain('settings["ai-sdk"].provider is no provider of the AI SDK')
    const wrongModel = await refusal({ models: { tiny: "openai/gpt-4.1" } })
    expect(wrongModel.message).toContain('settings["ai-sdk"].models["tiny"] is no language model')
    expect(JSON.stringify([wrongProvider, wrongModel])).not.toContain("0123456789")
  })

  it("says what is known where a model is not", async () => {
    expect(await refusal({})).toMatchObject({
      reason: "not-found",
      message: 'settings["ai-sdk"] has no model "tiny" (models: none); name it in models, or give a provider'
    })
    expect((await refusal({ models: {} }, "ai-sdk:constructor")).reason).toBe("not-found")
  })

  it("passes on that a key is missing or a model unknown", async () => {
    const sdk = await import("ai")
    const throwing = (error: Error) => ({
      languageModel: () => {
        throw error
      }
    })
    const missing = new sdk.LoadAPIKeyError({ message: "Key is missing. Set TINY_API_KEY." })
    expect(await refusal({ provider: throwing(missing) })).toMatchObject({
      reason: "authentication",
      message: "Key is missing. Set TINY_API_KEY."
    })
    const unknown = new sdk.NoSuchModelError({ modelId: "tiny", modelType: "languageModel" })
    expect((await refusal({ provider: throwing(unknown) })).reason).toBe("not-found")
  })

  it("refuses a revision", async () => {
    expect((await refusal({ models: {} }, "ai-sdk:tiny@v1")).reason).toBe("unsupported")
  })

  it("refuses log-probabilities without a call", async () => {
    const { asked, called } = ask(() => ({}), { ...question, logprobs: 1 })
    expect((await Effect.runPromise(Effect.flip(called))).reason).toBe("unsupported")
    expect(asked).toEqual([])
  })
})

it("the example of the README runs", () => {
  const cwd = fileURLToPath(new URL("..", import.meta.url))
  const [, example] = /```ts\n(.*?)```/s.exec(readFileSync(`${cwd}/README.md`, "utf8"))!
  const said = execFileSync(process.execPath, ["--input-type=module-typescript", "--eval", example!], {
    cwd,
    encoding: "utf8"
  })
  expect(said).toMatch(/^I would look at it from both sides.* tiny\n$/)
})
