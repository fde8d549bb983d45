import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { loadConfiguration, loadPlugin } from "../src/ConfigurationFile.ts"

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "intake-plugins-"))
})
afterAll(() => rm(directory, { recursive: true }))

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
