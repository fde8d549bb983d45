/** The plugins of one machine and folder: built-in ones, those of the configuration file, and what is left out. */
import { type Plugin, PluginError } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { builtInPlugins } from "./BuiltIn.ts"
import { ConfigurationError, loadConfiguration } from "./ConfigurationFile.ts"
import { type LoadedPlugin, originWords } from "./PluginOrigin.ts"

export interface InstalledPlugins {
  /** In the order of precedence: those of the configuration file go first. */
  readonly installed: ReadonlyArray<LoadedPlugin>
  /** Built-in plugins that the configuration file leaves out. */
  readonly leftOut: ReadonlyArray<Plugin>
  readonly settings: Readonly<Record<string, unknown>>
}

/** @param file the configuration file; null for the one in the working directory, if there is one */
export const installedPlugins = Effect.fn("InstalledPlugins.of")(function* (
  file: string | null
): Effect.fn.Return<InstalledPlugins, ConfigurationError | PluginError> {
  const { file: path, plugins, settings, without } = yield* loadConfiguration(file, process.cwd())
  const where = path ?? ""
  const fail = (says: string) => new ConfigurationError({ file: where, message: `${where} ${says}` })
  const unknown = without.find((id) => !builtInPlugins.some((plugin) => plugin.id === id))
  if (unknown !== undefined) {
    const known = [...new Set(builtInPlugins.map(({ id }) => id))].sort().join(", ")
    return yield* fail(`leaves out ${JSON.stringify(unknown)}, which is not built in; built in are ${known}`)
  }
  const isLeftOut = ({ id }: Plugin) => without.includes(id)
  const builtIn = builtInPlugins.filter((plugin) => !isLeftOut(plugin))
  for (const { origin, plugin } of plugins) {
    const { id, kind } = plugin
    if (builtIn.some((other) => other.kind === kind && other.id === id)) {
      return yield* new PluginError({
        plugin: id,
        message: `${where}: ${originWords(origin)} has a ${kind} ${JSON.stringify(id)}, which is also built in; to replace the built-in one add without: [${JSON.stringify(id)}]`
      })
    }
  }
  const leftOut = builtInPlugins.filter(isLeftOut)
  const idle = Object.keys(settings).find(
    (id) => leftOut.some((plugin) => plugin.id === id) && !plugins.some(({ plugin }) => plugin.id === id)
  )
  if (idle !== undefined) return yield* fail(`has settings for ${JSON.stringify(idle)} and leaves it out`)
  return {
    installed: [...plugins, ...builtIn.map((plugin) => ({ plugin, origin: { _tag: "built-in" } as const }))],
    leftOut,
    settings
  }
})
