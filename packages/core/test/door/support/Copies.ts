/**
 * Folders that have copies of core and Effect of their own, as those of other people have: what stands in them is bundled
 * from these sources as it is published, and finds the folder's own Effect.
 */
import { copyFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import type { Plugin } from "@model-intake/core"
import { build } from "esbuild"

const here = dirname(fileURLToPath(import.meta.url))
const require = createRequire(import.meta.url)
const packageFolder = (name: string): string => dirname(require.resolve(`${name}/package.json`))

const bundle = (outfile: string, contents: string, external: ReadonlyArray<string>) =>
  build({
    stdin: { contents, resolveDir: join(here, "../../../src"), loader: "ts" },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22.19",
    minifySyntax: true,
    external: [...external],
    logLevel: "error",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module";const require = __createRequire(import.meta.url);'
    }
  })

export interface Copies {
  /** A core and an Effect in one bundle, as the command has them. */
  readonly host: HostBundle
  /** A plugin of test/door/plugins, from a folder with the Effect of that package. */
  readonly load: (effect: "effect" | "effect-other", plugin: string) => Promise<Loaded>
  readonly remove: () => Promise<void>
}

export interface HostBundle {
  readonly core: typeof import("@model-intake/core")
  readonly Effect: typeof import("effect/Effect")
  readonly Exit: typeof import("effect/Exit")
  readonly Cause: typeof import("effect/Cause")
}

export interface Loaded {
  readonly default: Plugin
  /** What the plugin noted of its life, where it notes anything. */
  readonly log: Array<string>
}

export const makeCopies = async (): Promise<Copies> => {
  const root = await mkdtemp(join(tmpdir(), "intake-copies-"))
  const hostFile = join(root, "host.mjs")
  await bundle(
    hostFile,
    `export * as core from "./index.ts"
     export * as Effect from "effect/Effect"
     export * as Exit from "effect/Exit"
     export * as Cause from "effect/Cause"`,
    []
  )
  for (const effect of ["effect", "effect-other"]) {
    const modules = join(root, effect, "node_modules")
    await mkdir(join(modules, "@model-intake/core"), { recursive: true })
    await symlink(packageFolder(effect), join(modules, "effect"))
    await symlink(packageFolder("zod"), join(modules, "zod"))
    await bundle(join(modules, "@model-intake/core/index.js"), 'export * from "./index.ts"', ["effect", "effect/*"])
    await writeFile(
      join(modules, "@model-intake/core/package.json"),
      JSON.stringify({ name: "@model-intake/core", type: "module", exports: "./index.js" })
    )
    await cp(join(here, "../plugins"), join(root, effect), { recursive: true })
  }
  let loads = 0
  return {
    host: (await import(pathToFileURL(hostFile).href)) as HostBundle,
    load: async (effect, plugin) => {
      // A module of its own each time, and with it a log of its own.
      const file = join(root, effect, `${plugin}-${++loads}.mjs`)
      await copyFile(join(root, effect, `${plugin}.mjs`), file)
      return (await import(pathToFileURL(file).href)) as Loaded
    },
    remove: () => rm(root, { recursive: true })
  }
}
