/** What a configuration file says: which plugins are added and how plugins are set up. */
import type { Plugin } from "./PluginContract.ts"

export interface Configuration {
  /** Plugins to add: values, package names, or paths relative to the configuration file. They go before the built-in ones. */
  readonly plugins?: ReadonlyArray<Plugin | string>
  /** Settings by plugin id, checked against the plugin's own schema. */
  readonly settings?: Readonly<Record<string, unknown>>
}

/** Checks a configuration at compile time and gives it back; for `export default defineConfig({ ... })`. */
export const defineConfig = (configuration: Configuration): Configuration => configuration
