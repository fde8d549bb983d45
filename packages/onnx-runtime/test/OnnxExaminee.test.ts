import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { it, layer } from "@effect/vitest"
import { type ChatReply, type ChatRequest, type Examinee, type Message, stateOf } from "@model-intake/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { describe, expect } from "vitest"
import { type OnnxOptions, openOnnxExaminee } from "../src/index.ts"
import { decoding, float32, manyRequests, patched, subject, tiny } from "./support.ts"

/** Milliseconds; workers start slowly on a machine that is busy. */
const slow = 60_000

class Tiny extends Context.Service<Tiny, Examinee>()("test/Tiny") {
  static readonly layer = Layer.effect(Tiny, openOnnxExaminee(subject, tiny))
}

const answersOf = (folder: string, options: OnnxOptions, requests: ReadonlyArray<ChatRequest>) =>
  Effect.scoped(
    Effect.flatMap(openOnnxExaminee(subject, folder, options), ({ chat }) =>
      Effect.forEach(requests, chat, { concurrency: "unbounded" })
    )
  )

interface Parity {
  readonly messages: ReadonlyArray<Message>
  readonly text: string
  readonly logits: ReadonlyArray<number>
  readonly last: ReadonlyArray<ReadonlyArray<number>>
  readonly mean: ReadonlyArray<ReadonlyArray<number>>
  readonly greedy: string
}

const torch = readFileSync(new URL("fixtures/parity.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Parity)

const largestGap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, index) => Math.abs(value - b[index]!)))

layer(Tiny.layer, { excludeTestServices: true })("an ONNX examinee", (it) => {
  it.effect("agrees with torch on logits, hidden states and greedy answers", () =>
    Effect.gen(function* () {
      const { chat, activations } = yield* Tiny
      const conversations = torch.map(({ messages }) => messages)
      const last = yield* activations!({ conversations, layers: "all", position: "last" })
      const mean = yield* activations!({ conversations, layers: [2, 0], position: "mean" })
      for (const [index, expected] of torch.entries()) {
        for (const layer of last.layers) {
          expect(largestGap(stateOf(last, index, layer), expected.last[layer]!)).toBeLessThan(1e-4)
        }
        for (const layer of [2, 0])
          expect(largestGap(stateOf(mean, index, layer), expected.mean[layer]!)).toBeLessThan(1e-4)

        const messages = expected.messages
        const greedy = yield* chat({
          messages,
          decoding: { ...decoding, temperature: 0 },
          logprobs: expected.logits.length
        })
        expect(greedy.text).toBe(expected.greedy)
        const first = greedy.logprobs![0]!.top
        const sorted = expected.logits.toSorted((a, b) => b - a)
        const shift = sorted[0]! - first[0]!.logprob
        expect(
          largestGap(
            first.map(({ logprob }) => logprob + shift),
            sorted
          )
        ).toBeLessThan(1e-4)
        expect(first.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 9)
      }
    })
  )

  it.effect("says what it can do", () =>
    Effect.gen(function* () {
      const examinee = yield* Tiny
      expect(examinee.capabilities).toEqual({ systemPrompt: true, seed: true, logprobs: true, hiddenStates: true })
      expect(examinee.concurrency).toBeGreaterThanOrEqual(32)
    })
  )

  it.effect("gives one answer per seed and prompt, and counts its tokens", () =>
    Effect.gen(function* () {
      const { chat } = yield* Tiny
      const ask = (changes: Partial<ChatRequest["decoding"]>) =>
        chat({ messages: [{ role: "user", content: "bade gogo" }], decoding: { ...decoding, ...changes } })
      const [first, again, other] = yield* Effect.all([ask({ seed: 3 }), ask({ seed: 3 }), ask({ seed: 4 })], {
        concurrency: 3
      })
      expect(again).toEqual(first)
      expect(other.text).not.toBe(first.text)
      expect(first.usage).toEqual({
        inputTokens: 5,
        outputTokens: first.text === "" ? 0 : first.text.split(" ").length
      })
      const unseeded = yield* Effect.forEach(Array.from({ length: 8 }), () => ask({ seed: null }), { concurrency: 8 })
      expect(new Set(unseeded.map(({ text }) => text)).size).toBeGreaterThan(1)
    })
  )

  it.effect("stops at the model's end token, at a stop string, or at the limit", () =>
    Effect.gen(function* () {
      const { chat } = yield* Tiny
      const replies = yield* Effect.forEach(manyRequests(40), chat, { concurrency: "unbounded" })
      expect(new Set(replies.map(({ finish }) => finish))).toEqual(new Set(["stop", "length"]))
      for (const [index, { finish, usage }] of replies.entries()) {
        const limit = manyRequests(40)[index]!.decoding.maxTokens
        if (finish === "length") expect(usage.outputTokens).toBe(limit)
        else expect(usage.outputTokens).toBeLessThan(limit)
      }
      const index = replies.findIndex(({ text }) => new Set(text.split(" ")).size > 4)
      const { text } = replies[index]!
      const request = manyRequests(40)[index]!
      const word = text.split(" ")[3]!
      const stopped = yield* chat({ ...request, decoding: { ...request.decoding, stop: ["nowhere", word] } })
      expect(stopped).toMatchObject({ text: text.slice(0, text.indexOf(word)), finish: "stop" })
    })
  )

  it.effect("tells the probability of each token that it wrote", () =>
    Effect.gen(function* () {
      const { chat } = yield* Tiny
      const [request] = manyRequests(1)
      const { logprobs, text } = yield* chat({ ...request!, logprobs: 3 })
      expect(
        logprobs!
          .map(({ token }) => token)
          .filter((token) => token !== "<end>")
          .join(" ")
      ).toBe(text)
      for (const { token, logprob, top } of logprobs!) {
        expect(top).toHaveLength(3)
        expect(top[0]).toEqual({ token, logprob })
        expect(top.map((one) => one.logprob)).toEqual(top.map((one) => one.logprob).toSorted((a, b) => b - a))
      }
      expect((yield* chat(request!)).logprobs).toBeUndefined()
    })
  )

  it.effect("takes states over an answer as they were when it was written", () =>
    Effect.gen(function* () {
      const { activations } = yield* Tiny
      const question: Message = { role: "user", content: "bade gogo" }
      const answered = (content: string): ReadonlyArray<Message> => [question, { role: "assistant", content }]
      const one = yield* activations!({ conversations: [answered("kula")], layers: [1], position: "answer" })
      const two = yield* activations!({
        conversations: [answered("kula meni"), answered("kula")],
        layers: [1],
        position: "answer"
      })
      expect(largestGap(stateOf(one, 0, 1), stateOf(two, 1, 1))).toBeLessThan(1e-5)
      expect(largestGap(stateOf(one, 0, 1), stateOf(two, 0, 1))).toBeGreaterThan(1e-2)
      expect(one).toMatchObject({ source: "onnx", subject: "onnx:tiny", width: 32, count: 1, position: "answer" })
      expect(one.promptDigests[0]).toBe(two.promptDigests[1])
    })
  )

  const refused: ReadonlyArray<readonly [what: string, request: Partial<ChatRequest>, says: RegExp]> = [
    [
      "an over-long prompt",
      { messages: [{ role: "user", content: "bade ".repeat(190) }] },
      /the prompt has 193 tokens and the answer may have 24, but .* holds 192 in all/
    ],
    [
      "a limit beyond the context",
      { decoding: { ...decoding, maxTokens: 500 } },
      /the answer may have 500, but .* holds 192/
    ],
    [
      "a role that the template refuses",
      { messages: [{ role: "tool", content: "x" }] },
      /the chat template of .* refuses the conversation: only system, user and assistant/
    ]
  ]
  for (const [what, changes, says] of refused) {
    it.effect(`refuses ${what} in one sentence, and goes on`, () =>
      Effect.gen(function* () {
        const { chat } = yield* Tiny
        const request = { messages: [{ role: "user", content: "bade" }], decoding, ...changes } as ChatRequest
        const error = yield* Effect.flip(chat(request))
        expect(error).toMatchObject({
          _tag: "BackendError",
          backend: "onnx",
          reason: "refused-request",
          retryable: false
        })
        expect(error.message).toMatch(says)
        expect(error.message).not.toContain("\n")
        yield* chat({ messages: [{ role: "user", content: "bade" }], decoding })
      })
    )
  }

  it.effect("refuses layers and answers that are not there", () =>
    Effect.gen(function* () {
      const { activations } = yield* Tiny
      const conversations = [[{ role: "user", content: "bade" }]] as const
      const says = (request: Parameters<NonNullable<Examinee["activations"]>>[0]) =>
        Effect.map(Effect.flip(activations!(request)), ({ message }) => message)
      expect(yield* says({ conversations, layers: [7], position: "last" })).toMatch(
        /has no layer 7; it puts out 0, 1, 2/
      )
      expect(yield* says({ conversations, layers: "all", position: "answer" })).toMatch(
        /need a conversation that ends with the assistant's answer/
      )
      expect(yield* says({ conversations: [], layers: "all", position: "last" })).toMatch(/of no conversation/)
    })
  )

  it.effect("forgets an interrupted call and answers the others", () =>
    Effect.gen(function* () {
      const { chat } = yield* Tiny
      const [alone] = yield* Effect.forEach(manyRequests(1), chat)
      const fibers = yield* Effect.forEach(manyRequests(12), (request) => Effect.forkChild(chat(request)))
      yield* Effect.forEach(fibers.slice(1), Fiber.interrupt, { concurrency: "unbounded" })
      expect(yield* Fiber.join(fibers[0]!)).toEqual(alone)
    })
  )
})

describe("the batch", () => {
  const requests = manyRequests(70)
  const text = ({ text }: ChatReply) => text

  it.live(
    "changes no answer, whatever its size and order, however many workers and runs",
    () =>
      Effect.gen(function* () {
        const alone = (yield* answersOf(tiny, { batchSize: 1, workers: 1 }, requests)).map(text)
        expect(new Set(alone).size).toBeGreaterThan(50)
        for (const options of [
          { batchSize: 8, workers: 1 },
          { batchSize: 32, workers: 2 },
          { batchSize: 32, workers: 2 }
        ]) {
          expect((yield* answersOf(tiny, options, requests)).map(text)).toEqual(alone)
        }
        const backwards = yield* answersOf(tiny, { batchSize: 32, workers: 1 }, requests.toReversed())
        expect(backwards.map(text).toReversed()).toEqual(alone)
      }),
    slow
  )

  it.live(
    "has one sequence where a graph lets padding show",
    () =>
      Effect.gen(function* () {
        const leaky = patched(float32(-1e9), float32(0))
        const alone = yield* answersOf(leaky, { batchSize: 1, workers: 1 }, requests.slice(0, 20))
        expect((yield* answersOf(leaky, { batchSize: 32, workers: 2 }, requests.slice(0, 20))).map(text)).toEqual(
          alone.map(text)
        )
      }),
    slow
  )

  it.live(
    "is cut short by maxTokens of the options alone",
    () =>
      Effect.gen(function* () {
        const [full] = yield* answersOf(tiny, {}, [{ ...requests[3]!, decoding: { ...decoding, temperature: 0 } }])
        const [short] = yield* answersOf(tiny, { maxTokens: 2 }, [
          { ...requests[3]!, decoding: { ...decoding, temperature: 0 } }
        ])
        expect(short).toMatchObject({ finish: "length", usage: { outputTokens: 2 }, fingerprint: full!.fingerprint })
        expect(full!.text.startsWith(short!.text)).toBe(true)
      }),
    slow
  )
})

describe("the native runtime", () => {
  it(
    "is not loaded by importing the package",
    () => {
      const script = `await import(${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)});
      console.log(process.report.getReport().sharedObjects.filter((name) => name.includes("onnxruntime")).length)`
      const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
        encoding: "utf8"
      })
      expect(stderr).toBe("")
      expect(stdout.trim()).toBe("0")
    },
    slow
  )
})
