import { Plugins } from "@model-intake/examination"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { config, configuredPlugins, json, print } from "../Run.ts"
import { printable, safeJson, stylist } from "../Terminal.ts"

export const pluginsCommand = Command.make(
  "plugins",
  { json, config },
  Effect.fn(function* (options) {
    const { all } = yield* Effect.provide(Plugins, configuredPlugins(options.config))
    if (options.json) {
      yield* print(
        safeJson(
          all.map(({ kind, id, version, summary, capabilities }) => ({ kind, id, version, summary, capabilities })),
          2
        )
      )
      return
    }
    const style = stylist(process.stdout)
    const width = Math.max(...all.map(({ kind, id }) => kind.length + id.length + 1))
    for (const plugin of all) {
      const name = `${plugin.kind} ${plugin.id}`
      yield* print(`${style("bold", name.padEnd(width))}  ${plugin.version}  ${printable(plugin.summary)}`)
      for (const capability of plugin.capabilities) yield* print(`  ${style("dim", printable(capability))}`)
    }
  })
).pipe(
  Command.withDescription("List the installed plugins with their versions and what they can do."),
  Command.withShortDescription("List installed plugins"),
  Command.withExamples([{ command: "intake plugins --json", description: "As a JSON document" }])
)
