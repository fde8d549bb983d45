import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import type { BackendError } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { type OnnxOptions, openOnnxExaminee } from "../src/index.ts"
import { copyOf, decoding, float32, patched, subject, tiny } from "./support.ts"

const failure = (folder: string, options: OnnxOptions = {}) =>
  Effect.scoped(openOnnxExaminee(subject, folder, { workers: 1, ...options })).pipe(Effect.flip)

const write = (name: string, text: string) => () => copyOf((folder) => writeFileSync(join(folder, name), text))
const without = (name: string) => () => copyOf((folder) => rmSync(join(folder, name), { recursive: true }))
const pretend = (script: string): OnnxOptions => ({ worker: `data:text/javascript,${encodeURIComponent(script)}` })

/** Milliseconds; workers start slowly on a machine that is busy. */
const slow = 60_000

const cases: ReadonlyArray<
  readonly [what: string, folder: () => string, reason: BackendError["reason"], says: RegExp, options?: OnnxOptions]
> = [
  ["a folder that is not there", () => "/nowhere/model", "not-found", /^FOLDER does not exist; name a folder/],
  ["a file", () => join(tiny, "config.json"), "not-found", /^FOLDER is not a folder/],
  ["a folder without tokenizer", without("tokenizer.json"), "not-found", /^FOLDER has no tokenizer.json; export/],
  ["a folder without config", without("config.json"), "not-found", /^FOLDER has no config.json$/],
  [
    "a folder without model",
    without("onnx"),
    "not-found",
    /^FOLDER has no onnx\/model.onnx or model.onnx; it holds no .onnx file$/
  ],
  ["a folder without chat template", without("chat_template.jinja"), "unsupported", /^FOLDER has no chat template/],
  [
    "an unknown file",
    () => copyOf(() => {}),
    "not-found",
    /^FOLDER has no onnx\/int8.onnx; it has onnx\/model.onnx$/,
    { file: "onnx/int8.onnx" }
  ],
  [
    "a config that is not JSON",
    write("config.json", "{"),
    "malformed-reply",
    /^FOLDER\/config.json is not a JSON object/
  ],
  [
    "a config of the wrong kind",
    write("config.json", '{"max_position_embeddings": "many"}'),
    "malformed-reply",
    /^FOLDER\/config.json is wrong: .*max_position_embeddings/
  ],
  [
    "a generation config that is a list",
    write("generation_config.json", "[]"),
    "malformed-reply",
    /generation_config.json is not a JSON object/
  ],
  [
    "a tokenizer that is none",
    write("tokenizer.json", '{"model": {"type": "Riddle"}}'),
    "malformed-reply",
    /^the tokenizer.json of FOLDER cannot be used/
  ],
  [
    "a chat template that does not parse",
    write("chat_template.jinja", "{% for %}"),
    "malformed-reply",
    /^the chat template of FOLDER cannot be used/
  ],
  [
    "a truncated model",
    () => copyOf((folder) => truncateSync(join(folder, "onnx/model.onnx"), 90_000)),
    "malformed-reply",
    /^FOLDER\/onnx\/model.onnx cannot be loaded as an ONNX model \(.+\); fetch it again$/
  ],
  ["an empty model", write("onnx/model.onnx", ""), "malformed-reply", /cannot be loaded as an ONNX model/],
  [
    "text in the place of the model",
    write("onnx/model.onnx", "version https://git-lfs.github.com/spec/v1"),
    "malformed-reply",
    /cannot be loaded as an ONNX model/
  ],
  [
    "a model without cache",
    () => patched("past_key_values.", "pasu_key_values."),
    "unsupported",
    /needs the input pasu_key_values.0.key/
  ],
  ["a model without logits", () => patched("logits", "logitz"), "unsupported", /has no output logits/],
  [
    "a worker that exits",
    () => tiny,
    "fault",
    /^the ONNX worker stopped with exit code 3$/,
    pretend("process.exit(3)")
  ],
  ["a worker that throws", () => tiny, "fault", /^the ONNX worker stopped: boom$/, pretend("throw new Error('boom')")],
  [
    "a worker that is not there",
    () => tiny,
    "fault",
    /^the ONNX worker stopped: .*nothing.js/,
    { worker: "file:///nothing.js" }
  ]
]

describe("opening", () => {
  for (const [what, folder, reason, says, options] of cases) {
    it.live(
      `refuses ${what} in one sentence`,
      () =>
        Effect.gen(function* () {
          const path = folder()
          const error = yield* failure(path, options)
          const message = error.message.replaceAll(path, "FOLDER")
          expect(message).toMatch(says)
          expect(message).not.toContain("\n")
          expect(error).toMatchObject({ _tag: "BackendError", backend: "onnx", reason, retryable: false })
        }),
      slow
    )
  }
})

describe("an opened model", () => {
  const request = { messages: [{ role: "user", content: "bade" }], decoding } as const

  it.live(
    "without hidden states answers, and says so where they are asked for",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const folder = patched("hidden_states.", "hiddenXstates.")
          const examinee = yield* openOnnxExaminee(subject, folder, { workers: 1 })
          expect(examinee.capabilities.hiddenStates).toBe(false)
          expect((yield* examinee.chat(request)).finish).toBe("stop")
          const asked = { conversations: [request.messages], layers: "all", position: "last" } as const
          const { message, reason } = yield* Effect.flip(examinee.activations!(asked))
          expect(reason).toBe("unsupported")
          expect(message).toBe(
            `${folder} puts out no hidden states; export it with the outputs hidden_states.0 to hidden_states.L`
          )
        })
      ),
    slow
  )

  it.live(
    "that puts out NaN gives no answer",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const broken = patched(float32(-20, -20, -20, -20, -20, 3), float32(-20, -20, -20, -20, -20, Number.NaN))
          const { chat } = yield* openOnnxExaminee(subject, broken, { workers: 1 })
          expect((yield* Effect.flip(chat(request))).message).toBe("the model put out logits that are not numbers")
        })
      ),
    slow
  )

  it.live(
    "whose worker dies fails its calls, then and later",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const dying = `import { parentPort } from "node:worker_threads"
          parentPort.postMessage({ _tag: "ready", facts: { layers: [], systemPrompt: true } })
          parentPort.on("message", () => { throw new Error("out of memory") })`
          const { chat } = yield* openOnnxExaminee(subject, tiny, { workers: 1, ...pretend(dying) })
          for (const _ of [1, 2]) {
            const error = yield* Effect.flip(chat(request))
            expect(error).toMatchObject({ reason: "fault", message: "the ONNX worker stopped: out of memory" })
          }
        })
      ),
    slow
  )

  it.live(
    "has a fingerprint that every file that matters changes, and no other",
    () =>
      Effect.gen(function* () {
        const fingerprint = (folder: string) =>
          Effect.scoped(
            Effect.flatMap(openOnnxExaminee(subject, folder, { workers: 1 }), ({ chat }) =>
              Effect.map(chat(request), (reply) => reply.fingerprint)
            )
          )
        const template = readFileSync(join(tiny, "chat_template.jinja"), "utf8")
        const own = yield* fingerprint(tiny)
        expect(yield* fingerprint(write("README.md", "# Tiny")())).toBe(own)
        expect(yield* fingerprint(write("chat_template.jinja", `${template} `)())).not.toBe(own)
      }),
    slow
  )
})
