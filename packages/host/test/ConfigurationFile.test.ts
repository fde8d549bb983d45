import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { loadConfiguration, loadPlugins, originWords } from "../src/index.ts"

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "intake-plugins-"))
})
afterAll(() => rm(directory, { recursive: true }))

describe("loading", () => {
  const pluginText = (id: string) => `${imports} export default ${valueText(id)}`
  const imports = `import { definePlugin, noSettings } from ${JSON.stringify(import.meta.resolve("@model-intake/core"))}
    `
  const valueText = (id: string) =>
    `definePlugin({ kind: "rater", id: "${id}", version: "1.0.0", summary: "s", capabilities: [] as Array<string>,
       config: noSettings, make: async () => { throw new Error("unused") } })`

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
    expect(loaded.plugins.map(({ plugin, origin }) => [plugin.id, origin])).toEqual([
      ["mine", { _tag: "path", path: "./mine.ts" }],
      ["other", { _tag: "configuration", file: "intake.config.ts" }]
    ])
    expect(loaded.settings).toEqual({ mine: { level: 1 } })
    expect(loaded.without).toEqual([])
  })

  it("is content without a configuration file unless one was named", async () => {
    const empty = await mkdtemp(join(tmpdir(), "intake-empty-"))
    expect(await Effect.runPromise(loadConfiguration(null, empty))).toEqual({
      file: null,
      plugins: [],
      settings: {},
      without: []
    })
    await expect(Effect.runPromise(loadConfiguration("x.ts", empty))).rejects.toThrow(/x\.ts does not exist/)
    await rm(empty, { recursive: true })
  })

  it.each([
    ["does not parse", "export default {", /cannot be loaded/],
    ["exports nothing", "export const a = 1", /has no default export/],
    ["has a misspelt key", "export default { plugin: [] }", /unknown key "plugin"; known: plugins, settings, without/],
    ["leaves out no list", 'export default { without: "linear" }', /"without" that is not an array of plugin ids/],
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

  it("imports a plugin, or several, relative to a directory", async () => {
    await writeFile(join(directory, "mine.ts"), pluginText("mine"))
    await writeFile(
      join(directory, "both.ts"),
      `${imports} export default [${valueText("first")}, ${valueText("second")}]`
    )
    await writeFile(join(directory, "half.ts"), `${imports} export default [${valueText("first")}, {}]`)
    const ids = async (file: string) =>
      (await Effect.runPromise(loadPlugins(file, directory))).map(({ plugin }) => plugin.id)
    expect(await ids("./mine.ts")).toEqual(["mine"])
    expect(await ids("./both.ts")).toEqual(["first", "second"])
    await expect(ids("./half.ts")).rejects.toThrow('./half.ts[1] is not a plugin: it has no "kind"')
  })

  it("finds a package beside the configuration file, and tells its version", async () => {
    const project = join(directory, "project")
    const installed = join(project, "node_modules/@acme/intake")
    await mkdir(installed, { recursive: true })
    await writeFile(join(installed, "index.js"), pluginText("mine").replace(" as Array<string>", ""))
    await writeFile(
      join(installed, "package.json"),
      JSON.stringify({ name: "@acme/intake", version: "3.2.1", type: "module", exports: "./index.js" })
    )
    await writeFile(join(project, "intake.config.ts"), 'export default { plugins: ["@acme/intake"] }')
    const { plugins } = await load("project/intake.config.ts")
    expect(plugins.map(({ origin, plugin }) => [plugin.id, origin, originWords(origin)])).toEqual([
      ["mine", { _tag: "package", name: "@acme/intake", version: "3.2.1" }, "@acme/intake 3.2.1"]
    ])
  })
})
