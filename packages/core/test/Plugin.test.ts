import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { definePlugin, loadConfiguration, loadPlugin, type Plugin, Plugins, pluginProblem } from "../src/index.ts"
import { keywordRater, raterPlugin } from "./support/Keyword.ts"

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "intake-plugins-"))
})
afterAll(() => rm(directory, { recursive: true }))

const valid = raterPlugin(keywordRater)

const using = <A, E>(
  plugins: ReadonlyArray<Plugin>,
  settings: Record<string, unknown>,
  use: Effect.Effect<A, E, Plugins>
) => Effect.runPromise(Effect.provide(use, Plugins.layer(plugins, settings)))

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
    ["a config that is no schema", { ...valid, config: {} }, /its "config".*a schema/]
  ])("says what is wrong with %s", (_, value, says) => {
    expect(pluginProblem(value)).toMatch(says)
  })
})

describe("Plugins", () => {
  it("makes a plugin once, with its decoded settings, and only when it is asked for", async () => {
    let made = 0
    const configured = definePlugin({
      ...valid,
      kind: "rater",
      config: Schema.Struct({ limit: Schema.Finite }),
      make: ({ limit }: { readonly limit: number }) =>
        Effect.sync(() => {
          made++
          return { ...keywordRater, version: String(limit) }
        })
    })
    await using(
      [configured],
      { keyword: { limit: 3 } },
      Effect.map(Plugins, ({ all }) => expect(all).toHaveLength(1))
    )
    expect(made).toBe(0)
    const twice = Effect.flatMap(Plugins, ({ raters }) => Effect.all([raters, raters]))
    const [[first], [second]] = await using([configured], { keyword: { limit: 3 } }, twice)
    expect(first).toBe(second)
    expect(first!.version).toBe("3")
    expect(made).toBe(1)
  })

  it("says which setting of which plugin is wrong", async () => {
    const configured = definePlugin({
      ...valid,
      kind: "rater",
      config: Schema.Struct({ limit: Schema.Finite }),
      make: () => Effect.succeed(keywordRater)
    })
    const started = using(
      [configured],
      { keyword: { limit: "many" } },
      Effect.flatMap(Plugins, ({ raters }) => raters)
    )
    await expect(started).rejects.toThrow(/the configuration of rater "keyword" is wrong: .*limit/)
  })

  it("passes over no setting: a mistyped one is refused, and so are settings of no plugin", async () => {
    const configured = definePlugin({
      ...valid,
      kind: "rater",
      config: Schema.Struct({ limit: Schema.optionalKey(Schema.Finite) }),
      make: () => Effect.succeed(keywordRater)
    })
    const raters = Effect.flatMap(Plugins, (plugins) => plugins.raters)
    await expect(using([configured], { keyword: { limti: 3 } }, raters)).rejects.toThrow(/limti/)
    await expect(using([configured], { keywrod: { limit: 3 } }, raters)).rejects.toThrow(
      'there are settings for "keywrod", and no plugin is named so; installed: keyword'
    )
  })

  it("refuses one plugin twice", async () => {
    await expect(using([valid, valid], {}, Effect.asVoid(Plugins))).rejects.toThrow(/"keyword" is installed twice/)
  })

  it("names the backends there are when asked for one there is not", async () => {
    const asked = using(
      [valid],
      {},
      Effect.flatMap(Plugins, ({ backend }) => backend("openai"))
    )
    await expect(asked).rejects.toThrow(/no backend is named "openai"; installed: none/)
  })
})

describe("loading", () => {
  const pluginText = (id: string) =>
    `import * as Effect from ${JSON.stringify(import.meta.resolve("effect/Effect"))}
     import * as Schema from ${JSON.stringify(import.meta.resolve("effect/Schema"))}
     export default { kind: "rater", id: "${id}", version: "1.0.0", summary: "s", capabilities: [] as Array<string>,
       config: Schema.Struct({}), make: () => Effect.die("unused") }`

  const load = (file: string | null) => Effect.runPromise(loadConfiguration(file, directory))

  it("loads plugins by path and by value, from TypeScript", async () => {
    await writeFile(join(directory, "mine.ts"), pluginText("mine"))
    await writeFile(
      join(directory, "intake.config.ts"),
      `import other from "./other.ts"
       enum Level { A = 1 }
       export default { plugins: ["./mine.ts", other], settings: { mine: { level: Level.A } } }`
    )
    await writeFile(join(directory, "other.ts"), pluginText("other"))
    const loaded = await load(null)
    expect(loaded.plugins.map(({ id }) => id)).toEqual(["mine", "other"])
    expect(loaded.settings).toEqual({ mine: { level: 1 } })
  })

  it("is content without a configuration file unless one was named", async () => {
    const empty = await mkdtemp(join(tmpdir(), "intake-empty-"))
    expect(await Effect.runPromise(loadConfiguration(null, empty))).toEqual({ file: null, plugins: [], settings: {} })
    await expect(Effect.runPromise(loadConfiguration("x.ts", empty))).rejects.toThrow(/x\.ts does not exist/)
    await rm(empty, { recursive: true })
  })

  it.each([
    ["does not parse", "export default {", /cannot be loaded/],
    ["exports nothing", "export const a = 1", /has no default export/],
    ["has a misspelt key", "export default { plugin: [] }", /unknown key "plugin"; known: plugins, settings/],
    [
      "names a plugin that is none",
      'export default { plugins: [{ kind: "rater" }] }',
      /plugins\[0\] is not a plugin: it has no "id"/
    ],
    [
      "names a package that is not installed",
      'export default { plugins: ["intake-nowhere"] }',
      /"intake-nowhere" cannot be loaded/
    ]
  ])("says where a configuration that %s is wrong", async (name, text, says) => {
    const file = `${name.replaceAll(" ", "-")}.ts`
    await writeFile(join(directory, file), text)
    await expect(load(file)).rejects.toThrow(says)
    await expect(load(file)).rejects.toThrow(file)
  })

  it("imports a plugin relative to a directory", async () => {
    await writeFile(join(directory, "mine.ts"), pluginText("mine"))
    expect((await Effect.runPromise(loadPlugin("./mine.ts", directory))).id).toBe("mine")
  })
})
