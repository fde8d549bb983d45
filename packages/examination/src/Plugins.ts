/** The plugins of a run as a service: configured, made when first asked for, and called under the run's governor. */

import type { Instrument, Plugin, PluginService, Rater, RaterError } from "@model-intake/core"
import { type Backend, BackendError, Backends, checkPlugin, PluginError, startPlugin } from "@model-intake/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { governed } from "./Governor.ts"
import { recalled } from "./internal/Recall.ts"

const describe = (plugin: Plugin): string => `${plugin?.kind ?? "plugin"} ${JSON.stringify(plugin?.id ?? "?")}`

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
        const made = new Map<Plugin, Effect.Effect<PluginService, RaterError | BackendError | PluginError>>()
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
          const start = startPlugin(plugin, configuration[plugin.id] ?? {}).pipe(
            Effect.provideService(Scope.Scope, scope),
            Effect.provideService(Backends, backends)
          )
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
