/**
 * The door between two copies of core. A plugin is marked with the copy that its `definePlugin` is of. Another copy uses
 * it through that mark alone: what crosses are plain values, promises, abort signals and `Symbol.asyncDispose`, never
 * effects, schemas or scopes, which do not survive two copies of Effect.
 */
import * as Predicate from "effect/Predicate"
import type { PluginHost, WrittenBackend, WrittenInstrument, WrittenRater } from "../../PluginContract.ts"
import { pluginConventions } from "../../PluginConventions.ts"
import type { SettingsDoor } from "./Standard.ts"

/** What a plugin makes, as it may write it. */
export type WrittenService = WrittenRater | WrittenBackend | WrittenInstrument

/**
 * What a copy of core does for the plugins that it defined. This is the contract between versions: members are added and
 * never changed, or `pluginConventions.contract` rises.
 */
export interface PluginCopy {
  readonly contract: number
  /** Version of this copy of core. */
  readonly core: string
  /** A plugin's schema of settings as Standard Schema, with JSON Schema where it can be said. */
  readonly settings: (config: unknown) => SettingsDoor
  /** Makes a plugin; every function of what it gives then gives promises or values, and takes a {@link PluginCall}. */
  readonly make: (plugin: unknown, settings: unknown, host: PluginHost) => Promise<WrittenService>
}

const key = "~model-intake/copy"

/** The plugin with the mark of the copy that runs it. */
export const stamped = <P extends object>(plugin: P, copy: PluginCopy): P => ({ ...plugin, [key]: copy })

/** The copy that a plugin was defined with; undefined for a plain value that only uses promises. */
export const copyOf = (plugin: object): PluginCopy | undefined => {
  const copy: unknown = Reflect.get(plugin, key)
  return Predicate.isObject(copy) ? (copy as unknown as PluginCopy) : undefined
}

/**
 * Why a plugin of this copy cannot be used by a core of this contract, and what to update; null where it can.
 *
 * @param core version of the core that asks
 */
export const copyProblem = ({ contract, core: theirs }: PluginCopy, core: string): string | null => {
  if (contract === pluginConventions.contract) return null
  const made = `it was made with @model-intake/core ${theirs} (plugin contract ${contract}), and this is ${core} (contract ${pluginConventions.contract})`
  return contract > pluginConventions.contract
    ? `${made}; update Model Intake`
    : `${made}; update the plugin, or its @model-intake/core to ${core}`
}
