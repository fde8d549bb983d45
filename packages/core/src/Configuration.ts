/** What a configuration file says: which plugins are added, which are left out, and how plugins are set up. */
import type { Plugin } from "./PluginContract.ts"

export interface Configuration {
  /**
   * Plugins to add: values, names of packages that are installed beside the configuration file, or paths relative to it.
   * A package or file may export one plugin or an array of them. They go before the built-in ones.
   */
  readonly plugins?: ReadonlyArray<Plugin | string>
  /** Settings by plugin id, checked against the plugin's own schema. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Ids of built-in plugins to leave out. What a built-in instrument would have shown is then missing evidence. */
  readonly without?: ReadonlyArray<string>
}

/** Checks a configuration at compile time and gives it back; for `export default defineConfig({ ... })`. */
export const defineConfig = (configuration: Configuration): Configuration => configuration
