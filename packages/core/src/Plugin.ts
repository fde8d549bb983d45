/**
 * Plugins are plain values: a kind, an id, a version, a configuration schema and `make`. Built-in ones stand in one
 * array; others come by package name or path through {@link loadPlugin}.
 */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { type Backend, BackendError, Backends } from "./Backend.ts"
import { governed } from "./Governor.ts"
import type { Instrument } from "./Instrument.ts"
import { importDefault } from "./internal/ImportDefault.ts"
import { recalled } from "./internal/Recall.ts"
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

/** Imports a plugin by path or package name, both as seen from `directory`. */
export const loadPlugin = Effect.fn("Plugin.loadPlugin")(function* (
  specifier: string,
  directory: string
): Effect.fn.Return<Plugin, PluginError> {
  const exported = yield* Effect.tryPromise({
    try: () => importDefault(specifier, directory),
    catch: (cause) =>
      new PluginError({
        plugin: specifier,
        message: `plugin ${JSON.stringify(specifier)} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })
  return yield* checkPlugin(exported, specifier)
})

/** The value as a plugin, or what keeps it from being one. */
export const checkPlugin = (value: unknown, name: string): Effect.Effect<Plugin, PluginError> => {
  const problem = pluginProblem(value)
  return problem === null
    ? Effect.succeed(value as Plugin)
    : Effect.fail(new PluginError({ plugin: name, message: `${name} is not a plugin: ${problem}` }))
}

const describe = (plugin: Plugin): string => `${plugin?.kind ?? "plugin"} ${JSON.stringify(plugin?.id ?? "?")}`

let checkManifest: ValidateFunction | undefined

/** The plugins of a run with their configuration, each made at most once and only when it is asked for. */
export class Plugins extends Context.Service<
  Plugins,
  {
    readonly all: ReadonlyArray<Plugin>
    readonly raters: Effect.Effect<ReadonlyArray<Rater>, RaterError | PluginError>
    readonly instruments: Effect.Effect<ReadonlyArray<Instrument>, PluginError>
    readonly backend: (id: string) => Effect.Effect<Backend, BackendError | PluginError>
  }
>()("@model-intake/core/Plugins") {
  /**
   * @param plugins in the order of precedence: where two raters rate the same field, the first one's rating counts
   * @param configuration sections by plugin id
   */
  static readonly layer = (
    plugins: ReadonlyArray<Plugin>,
    configuration: Readonly<Record<string, unknown>> = {}
  ): Layer.Layer<Plugins, PluginError> =>
    Layer.effect(
      Plugins,
      Effect.gen(function* () {
        const seen = new Set<string>()
        for (const plugin of plugins) {
          yield* checkPlugin(plugin, describe(plugin))
          if (seen.has(describe(plugin))) {
            return yield* new PluginError({
              plugin: plugin.id,
              message: `${describe(plugin)} is installed twice; leave one out`
            })
          }
          seen.add(describe(plugin))
        }
        const stranger = Object.keys(configuration).find((id) => !plugins.some((plugin) => plugin.id === id))
        if (stranger !== undefined) {
          return yield* new PluginError({
            plugin: stranger,
            message: `there are settings for ${JSON.stringify(stranger)}, and no plugin is named so; installed: ${[...new Set(plugins.map(({ id }) => id))].sort().join(", ")}`
          })
        }
        const scope = yield* Effect.scope
        const made = new Map<Plugin, Effect.Effect<unknown, unknown>>()
        const backend = (id: string): Effect.Effect<Backend, BackendError | PluginError> => {
          const plugin = plugins.find((candidate) => candidate.kind === "backend" && candidate.id === id)
          if (plugin !== undefined) return made.get(plugin) as Effect.Effect<Backend, BackendError | PluginError>
          const known = plugins.filter((candidate) => candidate.kind === "backend").map((candidate) => candidate.id)
          return Effect.fail(
            new PluginError({
              plugin: id,
              message: `no backend is named ${JSON.stringify(id)}; installed: ${known.join(", ") || "none"}`
            })
          )
        }
        const backends = Backends.of({
          open: Effect.fnUntraced(function* (subject) {
            const opened = yield* Effect.mapError(backend(subject.backend), (error) =>
              error._tag === "BackendError"
                ? error
                : new BackendError({
                    backend: subject.backend,
                    reason: "not-found",
                    message: error.message,
                    retryable: false,
                    retryAfterMs: null
                  })
            )
            return recalled(governed(yield* opened.open(subject), "judge"))
          })
        })
        for (const plugin of plugins) {
          const start = Effect.gen(function* () {
            const config = yield* Schema.decodeUnknownEffect(plugin.config, { onExcessProperty: "error" })(
              configuration[plugin.id] ?? {}
            ).pipe(
              Effect.mapError(
                (error) =>
                  new PluginError({
                    plugin: plugin.id,
                    message: `the configuration of ${describe(plugin)} is wrong: ${error.message.replaceAll(/\s+/g, " ")}`
                  })
              )
            )
            return yield* plugin.make(config) as Effect.Effect<unknown, unknown, Scope.Scope | Backends>
          }).pipe(Effect.provideService(Scope.Scope, scope), Effect.provideService(Backends, backends))
          made.set(plugin, yield* Effect.cached(start))
        }
        const ofKind = <A, E>(kinds: ReadonlyArray<Plugin["kind"]>) =>
          Effect.forEach(
            plugins.filter((plugin) => kinds.includes(plugin.kind)),
            (plugin) => made.get(plugin) as Effect.Effect<A, E | PluginError>
          )
        return Plugins.of({
          all: plugins,
          raters: ofKind<Rater, RaterError>(["rater"]),
          instruments: ofKind<Instrument, never>(["marker", "battery"]),
          backend
        })
      })
    )
}
