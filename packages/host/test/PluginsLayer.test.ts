import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { BackendError, type Configuration, definePlugin, noSettings } from "@model-intake/core"
import { Plugins } from "@model-intake/examination"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  builtInPlugins,
  formsFrom,
  installedPlugins,
  isUsageError,
  type PluginSettings,
  pluginsLayer,
  UsageError
} from "../src/index.ts"

const folder = mkdtempSync(join(tmpdir(), "intake-host-"))
const file = join(folder, "intake.config.mjs")
beforeAll(() => {
  writeFileSync(
    file,
    'export default { settings: { openai: { baseUrl: "http://127.0.0.1:9/v1", apiKeyEnv: "NOWHERE_SET" } } }'
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

const opening = (given?: PluginSettings) =>
  Effect.gen(function* () {
    const backend = yield* (yield* Plugins).backend("openai")
    return yield* backend.open({ backend: "openai", model: "m", revision: null })
  }).pipe(Effect.scoped, Effect.flip, Effect.provide(pluginsLayer(file, given)), Effect.runPromise)

describe("the plugins of a run", () => {
  it("are the built-in ones where there is no configuration", async () => {
    const { all } = await Effect.runPromise(Effect.provide(Plugins, pluginsLayer(null)))
    expect(all.map(({ id }) => id)).toEqual(builtInPlugins.map(({ id }) => id))
  })

  it("take settings of the file, and given ones before them, one by one", async () => {
    expect((await opening()).message).toContain("no key for 127.0.0.1:9; set the environment variable NOWHERE_SET")
    expect((await opening({ openai: { baseUrl: "http://127.0.0.1:8/v1" } })).message).toContain(
      "no key for 127.0.0.1:8; set the environment variable NOWHERE_SET"
    )
  })
})

describe("built-in plugins", () => {
  const own = (id: string) =>
    definePlugin({
      kind: "rater",
      id,
      version: "1.0.0",
      summary: "s",
      capabilities: [],
      config: noSettings,
      make: () => Effect.die("unused")
    })
  let files = 0
  const configured = async (configuration: Configuration) => {
    const name = join(folder, `${++files}.mjs`)
    const key = `intake-${name}`
    // Values cross by a global: the file is a module of its own.
    Reflect.set(globalThis, key, configuration)
    writeFileSync(name, `export default globalThis[${JSON.stringify(key)}]`)
    return Effect.runPromise(
      Effect.gen(function* () {
        const { installed, leftOut } = yield* installedPlugins(name)
        yield* Effect.provide(Effect.void, pluginsLayer(name))
        return { installed: installed.map(({ plugin }) => plugin.id), leftOut: leftOut.map(({ id }) => id) }
      })
    )
  }

  it("can be left out by id, whatever their kind", async () => {
    const { installed, leftOut } = await configured({ without: ["linear", "moral-reversal"] })
    expect(leftOut).toEqual(["linear", "moral-reversal"])
    expect(installed).toEqual(builtInPlugins.map(({ id }) => id).filter((id) => !leftOut.includes(id)))
  })

  it("are replaced where they are left out, and the refusal says how", async () => {
    await expect(configured({ plugins: [own("linear")] })).rejects.toThrow(
      /mjs has a rater "linear", which is also built in; to replace the built-in one add without: \["linear"\]/
    )
    const { installed } = await configured({
      plugins: [own("linear")],
      without: ["linear"],
      settings: { linear: {} }
    })
    expect(installed.filter((id) => id === "linear")).toEqual(["linear"])
  })

  it.each<[string, Configuration, RegExp]>([
    [
      "an unknown id",
      { without: ["lineal"] },
      /leaves out "lineal", which is not built in; built in are ai-sdk, .*linear/
    ],
    [
      "settings of what is left out",
      { without: ["openai"], settings: { openai: {} } },
      /has settings for "openai" and leaves it out/
    ],
    ["one plugin twice", { plugins: [own("mine"), own("mine")] }, /"mine" is installed twice/]
  ])("refuse %s", async (_, configuration, says) => {
    await expect(configured(configuration)).rejects.toThrow(says)
  })
})

describe("forms", () => {
  const arms = [{ id: "plain", factors: {}, system: null, turns: ["Why?"] }]
  const form = (id: string, twin?: string) => ({
    id,
    instrument: "M4",
    version: "1",
    ...(twin === undefined ? {} : { twin }),
    items: [{ id: "1", version: 1, factors: {}, tags: [], arms }]
  })

  it("are named by an id", async () => {
    expect(await Effect.runPromise(formsFrom("A"))).toEqual({ form: "A", forms: [] })
  })

  it("come from a folder, and a twin is not the one to administer", async () => {
    const forms = mkdtempSync(join(folder, "forms-"))
    writeFileSync(join(forms, "1.json"), JSON.stringify(form("X2")))
    writeFileSync(join(forms, "2.json"), JSON.stringify(form("X", "X2")))
    const read = await Effect.runPromise(formsFrom(forms))
    expect({ ...read, forms: read.forms.map(({ id }) => id) }).toEqual({ form: "X", forms: ["X2", "X"] })
  })

  it("are missed in one sentence", async () => {
    const empty = mkdtempSync(join(folder, "empty-"))
    const message = async (path: string) => (await Effect.runPromise(Effect.flip(formsFrom(path)))).message
    expect(await message(empty)).toBe(`${empty} holds no form; give a JSON file, or a folder of them`)
    expect(await message(`${empty}/none.json`)).toBe(`${empty}/none.json does not exist; check the path`)
    writeFileSync(join(empty, "half.json"), '{\n  "id": 1,\n}')
    expect(await message(empty)).toMatch(/half\.json is not JSON: line 3, /)
  })
})

describe("an error", () => {
  const backendError = (reason: "not-found" | "timeout") =>
    new BackendError({ backend: "b", reason, message: "", retryable: false, retryAfterMs: null })

  it("blames what was given, or nobody there", () => {
    expect([new UsageError({ message: "" }), backendError("not-found")].map(isUsageError)).toEqual([true, true])
    expect([backendError("timeout"), new Error("x"), null].map(isUsageError)).toEqual([false, false, false])
  })
})
