import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { it } from "@effect/vitest"
import {
  type BackendError,
  type ChatRequest,
  type Message,
  makeTrial,
  parseSubject,
  type Reading,
  type Trial
} from "@model-intake/core"
import { type ExamineOptions, makeIntake } from "@model-intake/examination"
import * as Effect from "effect/Effect"
import { afterAll, describe, expect } from "vitest"
import { keywordRater, raterPlugin } from "../../../../packages/examination/test/support/Keyword.ts"
import {
  form,
  instrumentPlugin,
  type Rule,
  rulePlugin
} from "../../../../packages/examination/test/support/Obedience.ts"
import plugin from "../src/index.ts"

const folder = mkdtempSync(join(tmpdir(), "transcript-"))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

/** A file of these lines. */
const write = (lines: ReadonlyArray<unknown>, zip = false): string => {
  const path = join(folder, `recorded-${files++}.jsonl`)
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n")
  writeFileSync(path, zip ? gzipSync(text) : text)
  return path
}

const say = (...texts: ReadonlyArray<string>): ReadonlyArray<Message> =>
  texts.map((content, index) => ({ role: index % 2 === 0 ? "user" : "assistant", content }))

const line = (...texts: ReadonlyArray<string>) => ({ messages: say(...texts) })

const request = (messages: ReadonlyArray<Message>, more: Partial<ChatRequest> = {}): ChatRequest => ({
  messages,
  decoding: { temperature: 1, topP: 1, maxTokens: 100, seed: null, stop: [] },
  ...more
})

const seeded = (messages: ReadonlyArray<Message>, seed: number): ChatRequest => {
  const plain = request(messages)
  return { ...plain, decoding: { ...plain.decoding, seed } }
}

/** A trial of which nothing matters but which administration of its question it is. */
const replicateOf = (replicate: number): Trial =>
  makeTrial({
    instrument: "M1",
    instrumentVersion: "1.0.0",
    form: "T",
    item: "item",
    itemVersion: 1,
    arm: "plain",
    replicate,
    request: {
      subject: { backend: "transcript", model: "x", revision: null },
      wrapper: null,
      system: null,
      turns: ["a"],
      decoding: request([]).decoding
    }
  })

const open = (name: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const backend = yield* plugin.make()
      return yield* backend.open(yield* Effect.orDie(parseSubject(`transcript:${name}`)))
    })
  )

const ask = (name: string, asked: ChatRequest) => Effect.flatMap(open(name), ({ chat }) => chat(asked))

const refusal = <A>(effect: Effect.Effect<A, BackendError>) => Effect.flip(effect)

describe("replay", () => {
  it.effect("gives the recorded answer to exactly the recorded messages", () =>
    Effect.gen(function* () {
      const answer = "  Grüße,\n\tund 🌍 \u2028 "
      const file = write([
        { messages: [{ role: "system", content: "Be kind." }, ...say("Hi?", answer, "And?", "So.")] }
      ])
      const system: Message = { role: "system", content: "Be kind." }
      const { chat, capabilities } = yield* open(file)
      expect(capabilities).toEqual({ systemPrompt: true, seed: false, logprobs: false, hiddenStates: false })
      expect(yield* chat(request([system, ...say("Hi?")]))).toEqual({
        text: answer,
        reasoning: null,
        finish: "stop",
        usage: { inputTokens: null, outputTokens: null },
        fingerprint: null
      })
      expect((yield* chat(request([system, ...say("Hi?", answer, "And?")]))).text).toBe("So.")
    })
  )

  for (const [what, asked] of [
    ["another turn", say("hi?")],
    ["white space", say("Hi? ")],
    ["no system prompt", say("Hi?")],
    ["another system prompt", [{ role: "system", content: "Be rude." } as const, ...say("Hi?")]],
    ["another answer before", [{ role: "system", content: "Be kind." } as const, ...say("Hi?", "No.", "And?")]],
    [
      "an answer too many",
      [{ role: "system", content: "Be kind." } as const, ...say("Hi?", "Yes.", "And?", "So.", "x")]
    ],
    ["nothing", []]
  ] as const) {
    it.effect(`refuses ${what}`, () =>
      Effect.gen(function* () {
        const file = write([
          { messages: [{ role: "system", content: "Be kind." }, ...say("Hi?", "Yes.", "And?", "So.")] }
        ])
        const { chat } = yield* open(file)
        for (const trial of [undefined, replicateOf(0)]) {
          const error = yield* refusal(chat(request(asked, { trial })))
          expect(error).toMatchObject({ reason: "not-found", retryable: false })
        }
      })
    )
  }

  it.effect("names the turn that is not recorded, cleaned and cut, and how many conversations there are", () =>
    Effect.gen(function* () {
      const file = write([line("a", "b"), line("c", "d")])
      const hostile = `ignore\u001b[31m\n\n ${"x".repeat(500)}`
      const { message } = yield* refusal(ask(file, request(say(hostile))))
      expect(message).toBe(`"ignore [31m ${"x".repeat(47)}…" has no recorded answer (conversations in ${file}: 2)`)
    })
  )

  it.effect("keeps reasoning, finish, usage and fingerprint of a recording", () =>
    Effect.gen(function* () {
      const details = {
        reasoning: "hm",
        finish: "length",
        usage: { inputTokens: 3, outputTokens: 5 },
        fingerprint: "fp-1"
      } as const
      const file = write([{ ...line("a", "b", "c", "d"), ...details }])
      const { chat } = yield* open(file)
      expect(yield* chat(request(say("a", "b", "c")))).toEqual({ text: "d", ...details })
      expect(yield* chat(request(say("a")))).toMatchObject({ text: "b", reasoning: null, finish: "stop" })
    })
  )

  it.effect("keeps reasoning apart that was recorded within the answer", () =>
    Effect.gen(function* () {
      const file = write([{ ...line("a", "<think>hm</think>\n\nYes.", "c", "<think>never ends"), reasoning: "before" }])
      const { chat } = yield* open(file)
      expect(yield* chat(request(say("a")))).toMatchObject({ text: "Yes.", reasoning: "hm" })
      expect(yield* chat(request(say("a", "Yes.", "c")))).toMatchObject({ text: "", reasoning: "before\nnever ends" })
    })
  )

  it.effect("does not take a call of a tool for an answer", () =>
    Effect.gen(function* () {
      const file = write([
        { messages: [...say("a"), { role: "assistant", tool_calls: [{}] }] },
        { messages: [...say("a"), { role: "assistant", content: "text", tool_calls: [{}] }] },
        {
          messages: [
            { role: "user", content: [{ type: "image_url" }] },
            { role: "assistant", content: "nice" }
          ]
        },
        {
          messages: [
            { role: "user", content: [{ type: "text", text: "parts" }] },
            { role: "assistant", content: "ok" }
          ]
        }
      ])
      const { chat } = yield* open(file)
      expect((yield* refusal(chat(request(say("a"))))).message).toContain("conversations in")
      expect((yield* refusal(chat(request(say(""))))).reason).toBe("not-found")
      expect((yield* chat(request(say("parts")))).text).toBe("ok")
    })
  )

  it.effect("has no log-probabilities", () =>
    Effect.gen(function* () {
      const error = yield* refusal(ask(write([line("a", "b")]), request(say("a"), { logprobs: 0 })))
      expect(error.reason).toBe("unsupported")
    })
  )
})

describe("several recordings of one question", () => {
  const lines = [line("a", "1"), line("x", "y"), line("a", "2"), line("a", "2", "more", "2b"), line("a", "3")]

  it.effect("are told apart by the replicate, in any order and however often asked", () =>
    Effect.gen(function* () {
      const { chat } = yield* open(write(lines))
      for (const replicate of [3, 0, 2, 1, 2, 0]) {
        expect((yield* chat(request(say("a"), { trial: replicateOf(replicate) }))).text).toBe(
          ["1", "2", "2", "3"][replicate]
        )
      }
    })
  )

  it.effect("go on in the conversation in which they began", () =>
    Effect.gen(function* () {
      const { chat } = yield* open(write(lines))
      expect((yield* chat(request(say("a", "2", "more"), { trial: replicateOf(2) }))).text).toBe("2b")
      const error = yield* refusal(chat(request(say("a", "2", "more"), { trial: replicateOf(1) })))
      expect(error.message).toContain("does not go on from there")
    })
  )

  it.effect("are never used twice: the replicate beyond the last is refused", () =>
    Effect.gen(function* () {
      const error = yield* refusal(ask(write(lines), request(say("a"), { trial: replicateOf(4) })))
      expect(error).toMatchObject({ reason: "not-found" })
      expect(error.message).toContain('"a" is recorded 4 times, and 5 answers are asked for')
    })
  )

  it.effect("are refused where nothing says which one is meant, unless they agree", () =>
    Effect.gen(function* () {
      const { chat } = yield* open(write([...lines, line("same", "s"), line("same", "s")]))
      expect((yield* refusal(chat(request(say("a"))))).message).toContain("with different answers")
      expect((yield* chat(request(say("same")))).text).toBe("s")
    })
  )

  it.effect("are told apart by their seeds where the recording has them", () =>
    Effect.gen(function* () {
      const file = write([
        { ...line("a", "1"), seed: 11 },
        { ...line("a", "2"), seed: 12 }
      ])
      const { chat, capabilities } = yield* open(file)
      expect(capabilities.seed).toBe(true)
      expect((yield* chat({ ...seeded(say("a"), 12), trial: replicateOf(0) })).text).toBe("2")
      expect((yield* chat({ ...seeded(say("a"), 11), trial: replicateOf(7) })).text).toBe("1")
      const error = yield* refusal(chat(seeded(say("a"), 13)))
      expect(error.message).toContain("is recorded 2 times, but not with the sampling seed 13")
      expect((yield* refusal(chat(request(say("a"), { trial: replicateOf(0) })))).reason).toBe("not-found")
    })
  )
})

describe("the file", () => {
  it.effect("gives the revision: the same for the same recordings, compressed or not, and another for any other", () =>
    Effect.gen(function* () {
      const lines = [line("a", "b"), line("c", "d")]
      const path = write(lines)
      const revision = (name: string) => Effect.map(open(name), ({ subject }) => subject.revision)
      const first = yield* revision(path)
      expect(first).toMatch(/^[0-9a-f]{16}$/)
      expect(yield* revision(write(lines, true))).toBe(first)
      expect(yield* revision(write([line("a", "b"), line("c", "D")]))).not.toBe(first)
      expect(yield* revision(`${path}@${first}`)).toBe(first)
      const error = yield* refusal(open(`${path}@0123456789abcdef`))
      expect(error.message).toBe(
        `${path} has the revision ${first}, not 0123456789abcdef; find the file as it was, or leave out @0123456789abcdef`
      )
      expect((yield* refusal(open(`${path}@${first!.slice(0, 4)}`))).reason).toBe("not-found")
    })
  )

  it.effect("may hold several models, one of which has to be named", () =>
    Effect.gen(function* () {
      const file = write([
        { ...line("a", "one"), model: "acme/one" },
        { ...line("a", "two"), model: "acme/two" }
      ])
      const examinee = yield* open(`${file}#acme/two`)
      expect(examinee.subject.model).toBe(`${file}#acme/two`)
      expect(yield* examinee.chat(request(say("a"), { trial: replicateOf(0) }))).toMatchObject({
        text: "two",
        fingerprint: "acme/two"
      })
      expect((yield* refusal(open(file))).message).toContain('answers of 2 models ("acme/one", "acme/two")')
      expect((yield* refusal(open(`${file}#acme/three`))).message).toContain('holds no answers of "acme/three"')
    })
  )

  it.effect("may have # and @ in its name", () =>
    Effect.gen(function* () {
      const path = join(folder, "odd#name@2.jsonl")
      writeFileSync(path, JSON.stringify(line("a", "b")))
      expect((yield* open(path)).subject).toMatchObject({ model: path })
    })
  )

  for (const [what, lines, says] of [
    ["a line that is not JSON", [line("a", "b"), "{"], ":2 is not JSON"],
    ["a line of another shape", ['{"text": "a"}'], ':1 has no "messages"'],
    ["a seed that is none", [{ ...line("a", "b"), seed: "7" }], ':1 has a "seed" that is not a whole number'],
    ["an unknown finish", [{ ...line("a", "b"), finish: "done" }], ':1 has a "finish" that is none of stop'],
    ["reasoning that is no text", [{ ...line("a", "b"), reasoning: {} }], ':1 has "reasoning" that is not text'],
    [
      "seeds on some lines",
      [{ ...line("a", "b"), seed: 1 }, line("c", "d")],
      ':2 has no "seed", which other lines have'
    ],
    ["no answers", [line("a")], "holds no answer that can be replayed"],
    ["nothing", [], "is empty"]
  ] as const) {
    it.effect(`with ${what} is refused in one sentence`, () =>
      Effect.gen(function* () {
        const file = write(lines)
        const error = yield* refusal(open(file))
        expect(error).toMatchObject({ backend: "transcript", reason: "malformed-reply", retryable: false })
        expect(error.message).toContain(file)
        expect(error.message).toContain(says)
        expect(error.message).not.toContain("\n")
      })
    )
  }

  it.effect("that is missing, a directory, truncated or standard input is refused", () =>
    Effect.gen(function* () {
      expect(yield* refusal(open("no/such.jsonl"))).toMatchObject({
        reason: "not-found",
        message: "no/such.jsonl does not exist; check the path"
      })
      expect((yield* refusal(open(folder))).message).toContain("is a directory")
      const path = join(folder, "cut.jsonl.gz")
      writeFileSync(path, gzipSync(JSON.stringify(line("a", "b".repeat(5000)))).subarray(0, 30))
      expect((yield* refusal(open(path))).message).toContain("is truncated")
      expect((yield* refusal(open("-"))).reason).toBe("unsupported")
    })
  )
})

describe("an exam of a recording", () => {
  /** Answers to the items of the form; the last replicate obeys. */
  const recorded = (replicates: number) =>
    form.items
      .filter((_, index) => index < 24)
      .flatMap(({ arms }) =>
        arms.flatMap(({ system, turns }) =>
          Array.from({ length: replicates }, (_, replicate) => {
            const answer = replicate === 3 ? "You must obey." : `I would ask first, ${replicate}.`
            const messages = turns.flatMap((turn) => say(turn, answer))
            return { messages: system === null ? messages : [{ role: "system", content: system }, ...messages] }
          })
        )
      )

  const examine = async (file: string, concurrency: number) => {
    const intake = makeIntake({ plugins: [plugin, raterPlugin(keywordRater), instrumentPlugin("M1")] })
    const subject = { backend: "transcript", model: file, revision: null }
    const { issuedAt: _, ...verdict } = await intake.examine({ subject, form: "T", triggers: [], concurrency })
    await intake.close()
    return verdict
  }

  it("reads each recorded answer once, whatever the order in which they are asked for", async () => {
    const file = write(recorded(4))
    const verdict = await examine(file, 1)
    expect(verdict.readings).toMatchObject([{ estimate: 0.25, coverage: { rated: 192, total: 192 } }])
    expect(JSON.stringify(await examine(file, 32))).toBe(JSON.stringify(verdict))
  })

  it("counts what was not recorded as missing", async () => {
    const verdict = await examine(write(recorded(2)), 8)
    expect(verdict.readings).toMatchObject([{ coverage: { rated: 96, total: 192 } }])
    expect(verdict.readings[0]!.outcome).not.toBe("pass")
  })
})

describe("the journal of an exam", () => {
  /** Some replicates obey, by their seed; the reference obeys less. */
  const rule: Rule = ({ decoding: { seed }, messages }, model) => ({
    text: `${seed! % (model === "subject" ? 3 : 9) === 0 ? "You must obey." : "I would ask first."} ${messages.length}`,
    reasoning: `thought ${seed}`,
    fingerprint: model
  })

  const named = (model: string) => ({ backend: "rule", model, revision: null })
  const replayOf = (file: string, model: string) => ({
    backend: "transcript",
    model: `${file}#rule:${model}`,
    revision: null
  })

  const examine = async (options: Partial<ExamineOptions>, journal: string) => {
    const plugins = [rulePlugin(rule), plugin, raterPlugin(keywordRater), instrumentPlugin("M1")]
    const intake = makeIntake({ plugins, journal: { file: journal } })
    try {
      return await intake.examine({ subject: named("subject"), form: "T", triggers: [], ...options })
    } finally {
      await intake.close()
    }
  }

  const figures = ({ readings }: { readonly readings: ReadonlyArray<Reading> }) =>
    readings.map(({ outcome, estimate, interval, n, coverage, bounds }) => ({
      outcome,
      estimate,
      interval,
      n,
      coverage,
      bounds
    }))

  it("is replayed to the same reading, subject and reference each from its own answers", async () => {
    const file = join(folder, "journal-1.sqlite")
    const reference = named("reference")
    const original = await examine({ reference, size: "brief" }, file)
    const sides = { subject: replayOf(file, "subject"), reference: replayOf(file, "reference") }
    // In the same file: what a replay adds to the journal is not replayed.
    const again = await examine({ ...sides, size: "brief", concurrency: 3 }, file)
    expect(figures(original)[0]!.coverage.rated).toBeGreaterThan(0)
    expect(figures(again)).toEqual(figures(original))
    expect(again.subject.revision).toMatch(/^[0-9a-f]{16}$/)
    const third = await examine({ ...sides, size: "brief" }, file)
    expect(third.subject).toEqual(again.subject)
  })

  it("answers no other exam: what was not asked then is missing", async () => {
    const file = join(folder, "journal-2.sqlite")
    await examine({ size: "brief" }, file)
    const subject = replayOf(file, "subject")
    for (const other of [{ seed: "another" }, { decoding: { temperature: 0 } }]) {
      const verdict = await examine({ subject, size: "brief", ...other }, join(folder, "journal-3.sqlite"))
      expect(verdict.readings).toMatchObject([{ coverage: { rated: 0 }, severity: null }])
    }
  })

  it("answers trials alone, and only in the words of their conversation", async () => {
    const file = join(folder, "journal-2.sqlite")
    const { chat } = await Effect.runPromise(open(`${file}#rule:subject`))
    const error = await Effect.runPromise(Effect.flip(chat(request(say("T question 1?")))))
    expect(error).toMatchObject({ reason: "not-found" })
    expect(error.message).toContain("is no turn of a trial")
    const unknown = await Effect.runPromise(Effect.flip(chat(request(say("a"), { trial: replicateOf(0) }))))
    expect(unknown.message).toContain("(M1 item plain, replicate 0) was not answered then")
  })

  it("has to name the model where several were examined", async () => {
    const file = join(folder, "journal-2.sqlite")
    const one = await Effect.runPromise(open(file))
    expect(one.subject.model).toBe(`${file}#rule:subject`)
    await examine({ size: "brief", subject: named("second") }, file)
    const message = async (name: string) => (await Effect.runPromise(Effect.flip(open(name)))).message
    expect(await message(file)).toContain("holds exams of several models (rule:subject, rule:second)")
    expect(await message(`${file}#rule:third`)).toContain("holds no rule:third; it has rule:subject, rule:second")
  })

  it("that is none is refused", async () => {
    const path = join(folder, "other.sqlite")
    const database = new DatabaseSync(path)
    database.exec("CREATE TABLE things (id)")
    database.close()
    const error = await Effect.runPromise(Effect.flip(open(path)))
    expect(error).toMatchObject({ reason: "malformed-reply", message: expect.stringContaining(path) })
    writeFileSync(path, `SQLite format 3\0${"damaged".repeat(100)}`)
    expect((await Effect.runPromise(Effect.flip(open(path)))).message).toContain("is damaged or no journal")
  })
})

it("the example of the README runs", () => {
  const cwd = fileURLToPath(new URL("..", import.meta.url))
  const [, example] = /```ts\n(.*?)```/s.exec(readFileSync(`${cwd}/README.md`, "utf8"))!
  const options = { cwd, encoding: "utf8" } as const
  const said = execFileSync(process.execPath, ["--input-type=module-typescript", "--eval", example!], options)
  expect(said).toBe(
    'I would ask her first.\n"May I sell it?" has no recorded answer (conversations in recorded.jsonl: 1)\n'
  )
})
