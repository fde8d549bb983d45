import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import {
  Backends,
  coreVersion,
  definePlugin,
  noSettings,
  type Plugin,
  pluginProblem,
  type Rater,
  startPlugin,
  type WrittenRater
} from "../src/index.ts"

const valid = definePlugin({
  kind: "rater",
  id: "keyword",
  version: "1.0.0",
  summary: "s",
  capabilities: [],
  config: noSettings,
  make: () => Effect.die("unused")
})

describe("pluginProblem", () => {
  it("finds nothing wrong with a plugin", () => {
    expect(pluginProblem(valid)).toBeNull()
  })

  it.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /export the plugin as the default export/],
    ["a kind that nobody knows", { ...valid, kind: "widget" }, /its "kind".*marker, battery, backend, rater/],
    ["a missing version", { ...valid, version: undefined }, /it has no "version"/],
    ["an id with capitals", { ...valid, id: "My Rater" }, /its "id" must match pattern/],
    ["a make that is no function", { ...valid, make: {} }, /its "make".*a function/],
    ["a config that is no schema", { ...valid, config: {} }, /its "config".*a schema/],
    ["a deadline that is not a time", { ...valid, deadlines: { rate: -1 } }, /its "deadlines.rate" must be > 0/],
    [
      "a deadline of nothing",
      { ...valid, deadlines: { chat: 1 } },
      /its "deadlines" must be .*: make, load, open, rate, activations/
    ],
    [
      "a plain value whose config is of some copy of Effect",
      {
        kind: "rater",
        id: "r",
        version: "1.0.0",
        summary: "s",
        capabilities: [],
        config: Schema.Struct({}),
        make: () => {}
      },
      /export what definePlugin of @model-intake\/core gives/
    ]
  ])("says what is wrong with %s", (_, value, says) => {
    expect(pluginProblem(value)).toMatch(says)
  })
})

describe("what does not clean up", () => {
  const rater = (parts: Partial<WrittenRater>) =>
    definePlugin({
      ...valid,
      kind: "rater",
      make: (): WrittenRater => ({
        id: "keyword",
        version: "1.0.0",
        digest: `sha256:${"0".repeat(64)}`,
        fields: [],
        thresholds: {},
        accreditations: [],
        rate: async () => [],
        ...parts
      })
    })

  /** Rates, and says after each step of the clock, in seconds, whether all is over. */
  const over = (plugin: Plugin, steps: ReadonlyArray<number>) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const fiber = yield* Effect.forkDetach(
          Effect.scoped(
            Effect.flatMap(startPlugin(plugin, {}), (service) => (service as Rater).rate([], { evidence: false }))
          ).pipe(Effect.provideService(Backends, { open: () => Effect.die("unused") }), Effect.exit)
        )
        // Promises take their turns outside of the clock.
        const settle = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
        yield* settle
        return yield* Effect.forEach(steps, (seconds) =>
          TestClock.adjust(seconds * 1000).pipe(
            Effect.andThen(settle),
            Effect.andThen(Effect.sync(() => fiber.pollUnsafe() !== undefined))
          )
        )
      }).pipe(Effect.provide(TestClock.layer()))
    )
  const forever = () => new Promise<never>(() => {})

  it("holds up the end of a run for five seconds", async () => {
    expect(await over(rater({ [Symbol.asyncDispose]: forever }), [4, 1])).toEqual([false, true])
  })

  it("holds up what is late for five seconds more", async () => {
    expect(await over(rater({ rate: forever }), [299, 1, 4, 1])).toEqual([false, false, false, true])
  })
})

describe("the version of core", () => {
  it("is that of the package", () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
    expect(coreVersion).toBe(version)
  })
})
