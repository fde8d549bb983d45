/** Loads the configuration file `intake.config.ts` and the plugins it names. */
import { existsSync } from "node:fs"
import { basename, dirname, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { checkPlugin, PluginError } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { importDefault } from "./internal/ImportDefault.ts"
import { type LoadedPlugin, originOf } from "./PluginOrigin.ts"

/** The configuration file is missing, does not run, or does not export a configuration. */
export class ConfigurationError extends Schema.TaggedError<ConfigurationError>()("ConfigurationError", {
  file: Schema.String,
  message: Schema.String
}) {}

export interface LoadedConfiguration {
  /** Null where there is no configuration file. */
  readonly file: string | null
  readonly plugins: ReadonlyArray<LoadedPlugin>
  readonly settings: Readonly<Record<string, unknown>>
  /** Ids of built-in plugins to leave out. */
  readonly without: ReadonlyArray<string>
}

/** Looked for in this order in the working directory. */
export const configurationFiles = [
  "intake.config.ts",
  "intake.config.mts",
  "intake.config.js",
  "intake.config.mjs"
] as const

const keys = ["plugins", "settings", "without"] as const

/**
 * Loads a configuration file and the plugins it names.
 *
 * @param file path of the file; null looks for one of {@link configurationFiles} and is content with none
 */
export const loadConfiguration = Effect.fn("Configuration.load")(function* (
  file: string | null,
  directory: string
): Effect.fn.Return<LoadedConfiguration, ConfigurationError | PluginError> {
  const path =
    file === null
      ? configurationFiles.map((name) => resolve(directory, name)).find((candidate) => existsSync(candidate))
      : resolve(directory, file)
  if (path === undefined) return { file: null, plugins: [], settings: {}, without: [] }
  const fail = (says: string) => new ConfigurationError({ file: path, message: `${path} ${says}` })
  if (!existsSync(path)) return yield* fail("does not exist; check --config")
  const exported = yield* Effect.tryPromise({
    try: () => importDefault(pathToFileURL(path).href, directory),
    catch: (cause) => fail(`cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`)
  })
  if (!Predicate.isObject(exported) || "__esModule" in exported) {
    return yield* fail("has no default export; write export default defineConfig({ ... })")
  }
  const unknownKey = Object.keys(exported).find((key) => !keys.some((known) => known === key))
  if (unknownKey !== undefined)
    return yield* fail(`has the unknown key ${JSON.stringify(unknownKey)}; known: ${keys.join(", ")}`)
  const { plugins = [], settings = {}, without = [] } = exported as Readonly<Partial<Record<string, unknown>>>
  if (!Array.isArray(plugins)) return yield* fail('has "plugins" that are not an array')
  if (!Predicate.isObject(settings)) return yield* fail('has "settings" that are not an object')
  if (!Array.isArray(without) || !without.every(Predicate.isString))
    return yield* fail('has a "without" that is not an array of plugin ids')
  const loaded = yield* Effect.forEach(plugins, (plugin: unknown, index) =>
    Effect.mapError(
      typeof plugin === "string"
        ? loadPlugins(plugin, dirname(path))
        : Effect.map(
            checkPlugin(plugin, `plugins[${index}]`),
            (value): ReadonlyArray<LoadedPlugin> => [
              { plugin: value, origin: { _tag: "configuration", file: basename(path) } }
            ]
          ),
      (error) => new PluginError({ plugin: error.plugin, message: `${path}: ${error.message}` })
    )
  )
  return { file: path, plugins: loaded.flat(), settings: settings as LoadedConfiguration["settings"], without }
})

/**
 * Imports plugins by path or package name, both as seen from `directory`: the default export is one plugin, or an array
 * of them.
 */
export const loadPlugins = Effect.fn("Plugin.loadPlugins")(function* (
  specifier: string,
  directory: string
): Effect.fn.Return<ReadonlyArray<LoadedPlugin>, PluginError> {
  const exported = yield* Effect.tryPromise({
    try: () => importDefault(specifier, directory),
    catch: (cause) =>
      new PluginError({
        plugin: specifier,
        message: `plugin ${JSON.stringify(specifier)} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })
  const origin = originOf(specifier, directory)
  const several: ReadonlyArray<readonly [unknown, string]> = Array.isArray(exported)
    ? exported.map((one: unknown, index) => [one, `${specifier}[${index}]`])
    : [[exported, specifier]]
  return yield* Effect.forEach(several, ([value, name]) =>
    Effect.map(checkPlugin(value, name), (plugin) => ({ plugin, origin }))
  )
})
