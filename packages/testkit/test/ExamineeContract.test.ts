import { type Backend, BackendError, type ChatReply, type Examinee } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { examineeContract } from "../src/index.ts"

const refusal = (message: string, retryable = false) =>
  new BackendError({ backend: "echo", reason: "not-found", message, retryable, retryAfterMs: null })

const reply = (text: string, finish: ChatReply["finish"], tokens: number): ChatReply => ({
  text,
  reasoning: null,
  finish,
  usage: { inputTokens: 4, outputTokens: tokens },
  fingerprint: null
})

const examinee: Examinee = {
  subject: { backend: "echo", model: "parrot", revision: null },
  capabilities: { systemPrompt: true, seed: true, logprobs: false, hiddenStates: false },
  chat: ({ decoding, messages }) => {
    const words = `${messages.at(-1)!.content} ${decoding.seed ?? ""}`.split(" ")
    const said = words.slice(0, decoding.maxTokens)
    return Effect.succeed(reply(said.join(" "), said.length < words.length ? "length" : "stop", said.length))
  }
}

const backendOf = (changes: Partial<Examinee> = {}, open: Partial<Backend> = {}): Backend => ({
  id: "echo",
  open: ({ model }) =>
    model === "parrot"
      ? Effect.succeed({ ...examinee, ...changes })
      : Effect.fail(refusal(`there is no model ${model}`)),
  ...open
})

const broken = async (backend: Backend): Promise<ReadonlyArray<string>> => {
  const names: Array<string> = []
  for (const { name, check } of examineeContract(backend, { model: "parrot", timeoutMs: 500 })) {
    await check().catch(() => names.push(name))
  }
  return names
}

describe("a backend that keeps the contract", () => {
  for (const { name, check } of examineeContract(backendOf(), { model: "parrot" })) it(name, check)
})

describe("the contract of backends without a server catches", () => {
  let calls = 0
  it.each<[string, Backend, string]>([
    [
      "another model under the name",
      backendOf({ subject: { backend: "echo", model: "owl", revision: null } }),
      "it opens the model"
    ],
    [
      "hidden states that it does not have",
      backendOf({ capabilities: { ...examinee.capabilities, hiddenStates: true } }),
      "it opens the model"
    ],
    ["any model opened", backendOf({}, { open: () => Effect.succeed(examinee) }), "a model that it does not have"],
    [
      "a retryable refusal",
      backendOf(
        {},
        { open: ({ model }) => (model === "parrot" ? Effect.succeed(examinee) : Effect.fail(refusal("gone", true))) }
      ),
      "a model that it does not have"
    ],
    [
      "a refusal that dies",
      backendOf({}, { open: ({ model }) => (model === "parrot" ? Effect.succeed(examinee) : Effect.die("boom")) }),
      "a model that it does not have"
    ],
    [
      "an empty answer called whole",
      backendOf({ chat: () => Effect.succeed(reply("", "stop", 0)) }),
      "a question gets a valid reply"
    ],
    [
      "a reply without usage",
      backendOf({
        chat: () => Effect.succeed({ ...reply("yes", "stop", 1), usage: undefined as unknown as ChatReply["usage"] })
      }),
      "a question gets a valid reply"
    ],
    [
      "more tokens than allowed",
      backendOf({ chat: () => Effect.succeed(reply("a b c", "stop", 3)) }),
      "an answer is no longer than was asked for"
    ],
    [
      "a seed that changes nothing back",
      backendOf({ chat: () => Effect.sync(() => reply(`answer ${calls++}`, "stop", 1)) }),
      "where it takes a seed"
    ],
    ["a call that never ends", backendOf({ chat: () => Effect.never }), "a question gets a valid reply"],
    [
      "a call that cannot be interrupted",
      backendOf({ chat: () => Effect.uninterruptible(Effect.never) }),
      "a call that is interrupted ends"
    ]
  ])("%s", async (name, backend, clause) => {
    if (name.endsWith("interrupted")) {
      const { check } = examineeContract(backend, { model: "parrot", timeoutMs: 300 }).find((one) =>
        one.name.startsWith(clause)
      )!
      const ended = await Promise.race([
        check().then(
          () => true,
          () => true
        ),
        new Promise((resolve) => setTimeout(() => resolve(false), 1500))
      ])
      expect(ended).toBe(false)
      return
    }
    expect((await broken(backend)).some((one) => one.startsWith(clause))).toBe(true)
  })
})
