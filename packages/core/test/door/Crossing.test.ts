/**
 * Plugins of this copy of core, of another copy beside the same version of Effect, and of one beside another version: they
 * do the same, and nothing of theirs is left running.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import type {
  Answered,
  Backend,
  Backends,
  Evidence,
  Instrument,
  Plugin,
  PluginService,
  Rater
} from "../../src/index.ts"
import * as core from "../../src/index.ts"
import { type Copies, type HostBundle, type Loaded, makeCopies } from "./support/Copies.ts"

let copies: Copies
beforeAll(async () => {
  copies = await makeCopies()
})
afterAll(() => copies.remove())

const sides = ["this copy", "another copy of core", "another copy of core and another Effect"] as const
type SideName = (typeof sides)[number]

interface Side {
  readonly host: HostBundle
  readonly load: (plugin: string) => Promise<Loaded>
}

let loads = 0
const sideOf = (name: SideName): Side =>
  name === "this copy"
    ? {
        host: { core, Effect, Exit, Cause },
        load: (plugin) => import(/* @vite-ignore */ `./plugins/${plugin}.mjs?${++loads}`) as Promise<Loaded>
      }
    : {
        host: copies.host,
        load: (plugin) => copies.load(name === "another copy of core" ? "effect" : "effect-other", plugin)
      }

/** The judges that plugins open: the second call fails. */
const judges = ({ core: { BackendError }, Effect }: HostBundle, log: Array<string>): Backends["Service"] => {
  let calls = 0
  return {
    open: (subject) =>
      Effect.gen(function* () {
        yield* Effect.acquireRelease(
          Effect.sync(() => log.push("judge opened")),
          () => Effect.sync(() => log.push("judge closed"))
        )
        return {
          subject,
          capabilities: { systemPrompt: true, seed: true, logprobs: false, hiddenStates: false },
          chat: () =>
            Effect.suspend(() =>
              ++calls === 2
                ? Effect.fail(
                    new BackendError({
                      backend: "judges",
                      reason: "timeout",
                      message: "late",
                      retryable: true,
                      retryAfterMs: null
                    })
                  )
                : // Longer than the deadline of the plugins that wait for it.
                  Effect.as(Effect.sleep(150), {
                    text: `reply ${calls}`,
                    reasoning: null,
                    finish: "stop" as const,
                    usage: { inputTokens: 1, outputTokens: 1 },
                    fingerprint: null
                  })
            )
        }
      })
  }
}

interface Outcome<A> {
  readonly value: A
  readonly error: { readonly message: string } | null
  /** What the plugin and the judges noted, in order. */
  readonly log: ReadonlyArray<string>
}

/** Starts a plugin with settings, uses what it makes, and closes it. */
const using = async <S extends PluginService, A>(
  side: Side,
  { default: plugin, log }: Loaded,
  settings: object,
  use: (service: S) => Effect.Effect<A, { readonly message: string }>
): Promise<Outcome<A>> => {
  const { Cause, Effect, Exit, core } = side.host
  const judged: Array<string> = log ?? []
  const started = Effect.flatMap(core.startPlugin(plugin, settings), (service) => use(service as S))
  const exit = await Effect.runPromiseExit(
    Effect.provideService(Effect.scoped(started), core.Backends, judges(side.host, judged))
  )
  return {
    value: (Exit.isSuccess(exit) ? exit.value : undefined) as A,
    error: Exit.isSuccess(exit) ? null : (Cause.squash(exit.cause) as { readonly message: string }),
    log: judged
  }
}

const tasks = ["no", "no way at all"].map((answer) => ({ context: [], answer }))
const rate = (rater: Rater) => rater.rate(tasks, { evidence: false })

describe.each(sides)("a plugin of %s", (name) => {
  describe("that rates", () => {
    const rater = async <A>(
      settings: object,
      use: (service: Rater) => Effect.Effect<A, { readonly message: string }>
    ) => {
      const side = sideOf(name)
      return { ...(await using(side, await side.load("rater"), settings, use)), core: side.host.core }
    }

    it("rates with a judge, whose time is not its own, and is released", async () => {
      const printed = vi.spyOn(console, "log")
      const { error, log, value } = await rater({ words: 1, judge: true }, rate)
      // Standard output is for documents. A plugin of this copy logs as this program does.
      if (name !== "this copy") expect(printed).not.toHaveBeenCalled()
      printed.mockRestore()
      expect(error).toBeNull()
      expect(
        value.map((outcome) => outcome._tag === "rated" && [outcome.rating.flags.refusal, outcome.notices])
      ).toEqual([
        [true, ["reply 1"]],
        [false, ["judge failed: timeout"]]
      ])
      expect(log).toEqual(["acquired", "judge opened", "judge closed", "released"])
    })

    it.each([
      ["fail", "cannot"],
      ["die", "plugin short-answer: its rate failed: bug"],
      ["number", "plugin short-answer: its rate gave a number, not an array"],
      ["make-fail", "no weights"]
    ])("that does %s is an error of raters, and released", async (mode, message) => {
      const { core, error, log } = await rater({ mode }, rate)
      expect(error).toBeInstanceOf(core.RaterError)
      expect(error).toMatchObject({ rater: "short-answer", message })
      expect(log).toEqual(["acquired", "released"])
    })

    it.each([
      ["make-die", "plugin short-answer: its make failed: no such weights", ["acquired", "released"]],
      [
        "make-never",
        "plugin short-answer: its make took longer than 0.1 s",
        ["acquired", "make interrupted", "released"]
      ]
    ])("that does %s cannot be used, by its name", async (mode, message, life) => {
      const { core, error, log } = await rater({ mode }, rate)
      expect(error).toBeInstanceOf(core.PluginError)
      expect(error).toMatchObject({ plugin: "short-answer", message })
      expect(log).toEqual(life)
    })

    it("that does not end is interrupted at its deadline, and has cleaned up before the run goes on", async () => {
      const { error, log } = await rater({ mode: "never" }, rate)
      expect(error).toMatchObject({ message: "plugin short-answer: its rate took longer than 0.1 s" })
      expect(log).toEqual(["acquired", "rate interrupted", "released"])
    })

    it("that leaves a fiber behind does not: it ends with the call", async () => {
      const side = sideOf(name)
      const loaded = await side.load("rater")
      await using(side, loaded, { mode: "child" }, (service: Rater) =>
        side.host.Effect.andThen(
          rate(service),
          side.host.Effect.sync(() => loaded.log.push("after"))
        )
      )
      expect(loaded.log).toEqual(["acquired", "child interrupted", "after", "released"])
    })

    it("that cannot say whether it may rate a model may not", async () => {
      const { value } = await rater({ mode: "refuses-throws" }, ({ refuses }) =>
        sideOf(name).host.Effect.succeed(refuses?.({ backend: "b", model: "m", revision: null }))
      )
      expect(value).toBe("plugin short-answer: its refuses failed: no family")
    })

    it.each([
      [{ other: 1 }, /configuration of rater "short-answer" is wrong: other: /],
      [{ words: "x", other: 1 }, /words: .*; other: |other: .*; words: /],
      ["text", /is wrong: Expected object/i]
    ])("refuses the settings %j with the path", async (settings, says) => {
      const { core, error } = await rater(settings as object, rate)
      expect(error).toBeInstanceOf(core.PluginError)
      expect(error!.message).toMatch(says)
    })

    it("describes its settings", async () => {
      const { default: plugin } = await sideOf(name).load("rater")
      expect(sideOf(name).host.core.settingsJsonSchema(plugin)).toMatchObject({
        type: "object",
        properties: { words: { type: "integer", description: "most words of a refusal" } },
        additionalProperties: false
      })
    })
  })

  describe("that opens models", () => {
    const backend = async <A>(model: string, use: (opened: core.Examinee) => Effect.Effect<A, core.BackendError>) => {
      const side = sideOf(name)
      const { Effect } = side.host
      const outcome = await using(side, await side.load("backend"), {}, (service: Backend) =>
        Effect.scoped(Effect.flatMap(service.open({ backend: "third", model, revision: null }), use))
      )
      return { ...outcome, core: side.host.core }
    }
    const say = (content: string) => (examinee: core.Examinee) =>
      examinee.chat({
        messages: [{ role: "user", content }],
        decoding: { temperature: 1, topP: 1, maxTokens: 1, stop: [], seed: null }
      })

    it("opens, answers, and closes when the model's scope ends", async () => {
      const { log, value } = await backend("m", (examinee) =>
        sideOf(name).host.Effect.map(say("hi")(examinee), ({ text }) => [text, examinee.concurrency])
      )
      expect(value).toEqual(["hi", 3])
      expect(log).toEqual(["opened", "closed"])
    })

    it("tells of a rate limit as such", async () => {
      const { core, error } = await backend("m", say("slow down"))
      expect(error).toBeInstanceOf(core.BackendError)
      expect(error).toMatchObject({ reason: "rate-limit", retryable: true, retryAfterMs: 250, message: "slow down" })
    })

    it.each([
      ["gone", "hi", "not-found", "gone"],
      ["die", "hi", "fault", "plugin third: its open failed: no socket"],
      ["never", "hi", "timeout", "plugin third: its open took longer than 0.1 s"],
      ["odd", "hi", "malformed-reply", 'plugin third: its open gave a value whose "capabilities" is not an object'],
      ["m", "die", "fault", "plugin third: its chat failed: broken pipe"],
      ["m", "odd", "malformed-reply", 'plugin third: its chat gave a value whose "text" is not a text']
    ])("of the name %s, told %s, fails as %s", async (model, content, reason, message) => {
      const { core, error, log } = await backend(model, say(content))
      expect(error).toBeInstanceOf(core.BackendError)
      expect(error).toMatchObject({ reason, message, retryable: false })
      expect(log).toEqual(model === "m" ? ["opened", "closed"] : [])
    })
  })

  describe("that examines", () => {
    const answered = (rated: number): Evidence => ({
      form: { id: "H", instrument: "M4", version: "1", items: [] },
      subject: Array.from({ length: rated }, () => ({
        _tag: "rated" as const,
        trial: {} as core.Trial,
        response: {} as Answered,
        rating: core.unrated
      })),
      reference: null,
      toppedUp: false,
      seed: "s"
    })
    const marker = async <A>(
      mode: string,
      use: (exam: core.AnswerExam) => Effect.Effect<A, { readonly message: string }>
    ) => {
      const side = sideOf(name)
      return using(side, await side.load("marker"), { mode }, ({ exam }: Instrument) => use(exam as core.AnswerExam))
    }
    const read = (exam: core.AnswerExam) =>
      sideOf(name).host.Effect.sync(() => {
        const [arm] = answered(0).form.items
        exam.draw("full")
        exam.replicates("full", arm as never, arm as never)
        return exam.read(answered(4))
      })

    it("loads a form and reads answers", async () => {
      const loaded = await marker("ok", ({ load }) => load("H"))
      expect(loaded.value).toMatchObject({ id: "H", items: [{ id: "item-1" }] })
      const { value } = await marker("ok", read)
      expect(value.reading).toMatchObject({ outcome: "borderline", n: 4 })
      expect(value.redraw({ uniform: () => 0.5, int: () => 0, shuffle: (all) => [...all] })).toBe(1)
    })

    it("has its digest taken at its word only by its own copy", async () => {
      const side = sideOf(name)
      const { value } = await using(side, await side.load("marker"), {}, ({ digest }: Instrument) =>
        side.host.Effect.succeed(digest)
      )
      expect(value === core.digest("a sheet")).toBe(name === "this copy")
    })

    it.each([
      ["read throws", "plugin flattery: its read failed: subject.reduce is not a function."],
      ["read promise", "plugin flattery: its read gave a promise where the value itself is needed."],
      [
        "read contradicts",
        /^plugin flattery: its read gave an invalid reading: .*severity 0 does not follow from outcome borderline/
      ],
      ["read of another", "plugin flattery: its read gave a reading of M2, not of flattery."],
      ["read odd", 'plugin flattery: its read gave a value whose "pValue" is not a number from 0 to 1 or null.'],
      ["redraw throws", /^plugin flattery: its redraw failed: .*undefined/],
      ["redraw odd", "plugin flattery: its redraw gave 7, not 0, 1, 2 or null."],
      ["draw throws", "plugin flattery: its draw failed: cannot draw."],
      ["replicates odd", "plugin flattery: its replicates gave a number, not a whole number from 0 to 1000."]
    ])("whose %s is missing evidence that says so", async (mode, says) => {
      const { error, value } = await marker(mode, read)
      expect(error).toBeNull()
      expect(value).toMatchObject({
        pValue: null,
        reading: { instrument: "M4", outcome: "not-evaluable", n: 0, coverage: { rated: 4, total: 4 } }
      })
      expect(value.reading.sentence).toMatch(says)
      expect(value.redraw({ uniform: () => 0.5, int: () => 0, shuffle: (all) => [...all] })).toBeNull()
    })

    it.each([
      ["load throws", "plugin flattery: its load failed: no such file"],
      ["load never", "plugin flattery: its load took longer than 0.1 s"],
      ["load odd", /^plugin flattery: its load gave something else than a form: .*items/]
    ])("whose %s has no form, and says so", async (mode, says) => {
      const { error } = await marker(mode, ({ load }) => load("H"))
      expect(error).toMatchObject({ _tag: "FormError" })
      expect(error!.message).toMatch(says)
    })

    it("that is not an instrument is refused with the place", async () => {
      expect((await marker("predicate odd", read)).error).toMatchObject({
        _tag: "PluginError",
        message: 'plugin flattery: its make gave a value whose "exam.predicates.flatters.of" is not a function'
      })
    })

    it("whose predicate throws cannot be measured, by its name", async () => {
      const { error } = await marker("predicate throws", ({ predicates }) =>
        sideOf(name).host.Effect.sync(() => predicates!.flatters!.of(core.unrated))
      )
      expect(error).toMatchObject({
        _tag: "PluginError",
        message: "plugin flattery: its predicate flatters failed: no scale"
      })
    })
  })
})

describe("a plugin without core and without Effect", () => {
  const side: () => Side = () => sideOf("another copy of core")
  const plain = async <A>(settings: object, use: (rater: Rater) => Effect.Effect<A, { readonly message: string }>) =>
    using(side(), await side().load("plain"), settings, use)

  it("rates with promises, and is disposed", async () => {
    const { log, value } = await plain({}, (rater) => rater.rate(tasks.slice(0, 1), { evidence: false }))
    expect(value).toEqual([{ _tag: "failed", message: "reply 1" }])
    expect(log).toEqual(["judge opened", "judge closed", "disposed"])
  })

  it("keeps its methods, private fields and all", async () => {
    const { value } = await plain({ words: 97 }, ({ refuses }) =>
      copies.host.Effect.succeed(refuses?.({ backend: "b", model: "m", revision: null }))
    )
    expect(value).toBe("a judge is of the same family")
  })

  it("is named where it fails, and aborted where it does not end", async () => {
    expect((await plain({ words: 98 }, rate)).error).toMatchObject({
      _tag: "RaterError",
      message: "plugin plain: its rate failed: plain failure"
    })
    const late = await plain({ words: 99 }, rate)
    expect(late.error).toMatchObject({ message: "plugin plain: its rate took longer than 0.1 s" })
    expect(late.log).toEqual(["judge opened", "aborted", "judge closed", "disposed"])
  })

  it("has its settings checked and described by their own library", async () => {
    expect((await plain({ words: "many" }, rate)).error!.message).toMatch(/rater "plain" is wrong: words: /)
    const { default: plugin } = await side().load("plain")
    expect(copies.host.core.settingsJsonSchema(plugin)).toMatchObject({ properties: { words: { type: "integer" } } })
  })
})

describe("a plugin of another contract", () => {
  const future = (contract: number, version: string): Plugin => {
    const key = "~model-intake/copy"
    const valid = core.definePlugin({
      kind: "backend",
      id: "third",
      version: "1.0.0",
      summary: "s",
      capabilities: [],
      config: core.noSettings,
      make: () => Effect.die("unused")
    })
    return Object.assign({ ...valid }, { [key]: { ...Reflect.get(valid, key), contract, core: version } })
  }

  it("is refused with what to update", () => {
    expect(core.pluginProblem(future(2, "3.1.0"))).toBe(
      `it was made with @model-intake/core 3.1.0 (plugin contract 2), and this is ${core.coreVersion} (contract 1); update Model Intake`
    )
    expect(core.pluginProblem(future(0, "0.0.1"))).toBe(
      `it was made with @model-intake/core 0.0.1 (plugin contract 0), and this is ${core.coreVersion} (contract 1); update the plugin, or its @model-intake/core to ${core.coreVersion}`
    )
  })
})
