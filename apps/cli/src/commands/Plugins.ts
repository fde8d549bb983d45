import { settingsJsonSchema } from "@model-intake/core"
import { installedPlugins, layerOf, UsageError } from "@model-intake/host"
import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { entriesOf, entryDocument, pluginDetails, pluginLines } from "../PluginsView.ts"
import { config, json, print } from "../Run.ts"
import { safeJson, stylist } from "../Terminal.ts"

export const pluginsCommand = Command.make(
  "plugins",
  {
    id: Argument.String("id").pipe(Argument.withDescription("Show this plugin and its settings"), Argument.optional),
    json,
    config
  },
  Effect.fn(function* (options) {
    const all = yield* installedPlugins(Option.getOrNull(options.config))
    const entries = entriesOf(all)
    // What does not go together is refused here as in an exam.
    yield* Effect.provide(Effect.void, layerOf(all))
    const style = stylist(process.stdout)
    if (Option.isNone(options.id)) {
      yield* options.json
        ? print(safeJson(entries.map(entryDocument), 2))
        : Effect.forEach(pluginLines(entries, style), print)
      return
    }
    const id = options.id.value
    const found = entries.filter(({ plugin }) => plugin.id === id)
    if (found.length === 0) {
      const known = [...new Set(entries.map(({ plugin }) => plugin.id))].sort().join(", ")
      return yield* new UsageError({ message: `no plugin is named ${JSON.stringify(id)}; installed: ${known}` })
    }
    yield* options.json
      ? print(
          safeJson(
            found.map((entry) => ({ ...entryDocument(entry), settings: settingsJsonSchema(entry.plugin) })),
            2
          )
        )
      : Effect.forEach(
          found.flatMap((entry) => pluginDetails(entry, style)),
          print
        )
  })
).pipe(
  Command.withDescription(
    "List the installed plugins: their versions, where they come from and what they can do; or show one with its settings."
  ),
  Command.withShortDescription("List installed plugins"),
  Command.withExamples([
    { command: "intake plugins judge-panel", description: "What can be set?" },
    { command: "intake plugins --json", description: "As a JSON document" }
  ])
)
