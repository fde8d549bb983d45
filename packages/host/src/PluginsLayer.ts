/** The plugins that a run works with: built-in ones, those of the configuration file, and what was measured of raters. */
import { AccreditationStore, folderStore, Plugins } from "@model-intake/examination"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type InstalledPlugins, installedPlugins } from "./InstalledPlugins.ts"
import { accreditationsFolder } from "./Places.ts"

/** Settings by plugin id. */
export type PluginSettings = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/**
 * The built-in plugins and those of the configuration file, which go first, and what was measured of raters here.
 *
 * @param file the configuration file; null for the one in the working directory, if there is one
 * @param given settings that go before those of the file
 */
export const pluginsLayer = (file: string | null, given: PluginSettings = {}) =>
  Layer.unwrap(Effect.map(installedPlugins(file), (all) => Layer.merge(layerOf(all, given), accreditations)))

/** Installed plugins as a service, with settings that go before those of the configuration file. */
export const layerOf = ({ installed, settings }: InstalledPlugins, given: PluginSettings = {}) =>
  Plugins.layer(
    installed.map(({ plugin }) => plugin),
    {
      ...settings,
      ...Object.fromEntries(
        Object.entries(given).map(([plugin, own]) => [plugin, { ...(settings[plugin] as object | undefined), ...own }])
      )
    }
  )

const accreditations = Layer.sync(AccreditationStore, () => folderStore(accreditationsFolder()))
