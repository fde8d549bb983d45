/**
 * Plugins are plain values: a kind, an id, a version, a configuration schema and `make`. Built-in ones stand in one
 * array; others come by package name or path through {@link loadPlugin}.
 */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Backend, BackendError, Backends } from "./Backend.ts"
import type { Instrument } from "./Instrument.ts"
import type { Rater, RaterError } from "./Rater.ts"

interface PluginOf<Kind extends string, Service, Failure, Config> {
  readonly kind: Kind
  /** Unique within its kind; lower-case words joined by hyphens. */
  readonly id: string
  /** Semantic version of the plugin. */
  readonly version: string
  /** One sentence on what it does. */
  readonly summary: string
  /** What it can do, for people: shown by `intake plugins`. */
  readonly capabilities: ReadonlyArray<string>
  /** Its section of the configuration; `{}` must decode where nothing is required. */
  readonly config: Schema.Codec<Config, unknown>
  readonly make: (config: Config) => Effect.Effect<Service, Failure, Scope.Scope | Backends>
}

export type RaterPlugin<Config = unknown> = PluginOf<"rater", Rater, RaterError, Config>
export type BackendPlugin<Config = unknown> = PluginOf<"backend", Backend, BackendError, Config>
export type MarkerPlugin<Config = unknown> = PluginOf<"marker", Instrument, PluginError, Config>
export type BatteryPlugin<Config = unknown> = PluginOf<"battery", Instrument, PluginError, Config>

// biome-ignore lint/suspicious/noExplicitAny: a list of plugins forgets what each one's configuration is
export type Plugin = RaterPlugin<any> | BackendPlugin<any> | MarkerPlugin<any> | BatteryPlugin<any>

/** Checks a plugin's shape at compile time and gives it back. */
export const definePlugin = <const P extends Plugin>(plugin: P): P => plugin

/** A plugin cannot be found, is not one, or is configured wrongly. */
export class PluginError extends Schema.TaggedError<PluginError>()("PluginError", {
  plugin: Schema.String,
  message: Schema.String
}) {}

/**
 * JSON Schema of a plugin's manifest, which is the plugin with its functions and its configuration schema replaced by
 * the words "function" and "schema".
 */
export const pluginManifestSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Model Intake plugin manifest",
  type: "object",
  required: ["kind", "id", "version", "summary", "capabilities", "config", "make"],
  properties: {
    kind: { enum: ["marker", "battery", "backend", "rater"] },
    id: { type: "string", pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+)*$" },
    version: { type: "string", pattern: "^\\d+\\.\\d+\\.\\d+([-+][0-9A-Za-z.-]+)?$" },
    summary: { type: "string", minLength: 1 },
    capabilities: { type: "array", items: { type: "string" } },
    config: { const: "schema" },
    make: { const: "function" }
  }
} as const

let checkManifest: ValidateFunction | undefined

/** Says exactly what keeps a value from being a plugin, or null. */
export const pluginProblem = (value: unknown): string | null => {
  if (!Predicate.isObject(value)) return "it is not an object; export the plugin as the default export"
  const manifest = Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      Schema.isSchema(member) ? "schema" : typeof member === "function" ? "function" : member
    ])
  )
  checkManifest ??= new Ajv2020({ allErrors: false, validateSchema: false, meta: false }).compile(pluginManifestSchema)
  if (checkManifest(manifest)) return null
  const error = checkManifest.errors![0]!
  if (error.keyword === "required") return `it has no "${error.params.missingProperty}"`
  const where = error.instancePath.slice(1).replaceAll("/", ".")
  const allowed = "allowedValues" in error.params ? `: ${(error.params.allowedValues as Array<string>).join(", ")}` : ""
  const constant = error.keyword === "const" ? ` (a ${String(error.params.allowedValue)})` : ""
  return `its "${where}" ${error.message}${allowed}${constant}`
}

/** The value as a plugin, or what keeps it from being one. */
export const checkPlugin = (value: unknown, name: string): Effect.Effect<Plugin, PluginError> => {
  const problem = pluginProblem(value)
  return problem === null
    ? Effect.succeed(value as Plugin)
    : Effect.fail(new PluginError({ plugin: name, message: `${name} is not a plugin: ${problem}` }))
}
