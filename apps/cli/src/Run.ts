/** What every command shares: the plugins of a run, and where text goes. */
import { join } from "node:path"
import { AccreditationStore, type Event, Events, folderStore, loadConfiguration, Plugins } from "@model-intake/core"
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { builtInPlugins } from "./BuiltIn.ts"
import { dataDirectory } from "./DataDirectory.ts"

export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("Print a JSON document instead of text"),
  Flag.withDefault(false)
)

export const config = Flag.String("config").pipe(
  Flag.withDescription("Configuration file (intake.config.ts in the working directory)"),
  Flag.withMetavar("FILE"),
  Flag.optional
)

/** Where accreditations that were measured here are kept. */
const accreditations = Layer.sync(AccreditationStore, () => folderStore(join(dataDirectory(), "accreditations")))

/**
 * The built-in plugins and those of the configuration file, which go first, and what was measured of raters here.
 * @param given settings by plugin id that go before those of the file
 */
export const pluginsLayer = (
  file: Option.Option<string>,
  given: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {}
) =>
  Layer.unwrap(
    Effect.map(loadConfiguration(Option.getOrNull(file), process.cwd()), (configuration) =>
      Layer.merge(
        Plugins.layer([...configuration.plugins, ...builtInPlugins], {
          ...configuration.settings,
          ...Object.fromEntries(
            Object.entries(given).map(([plugin, settings]) => [
              plugin,
              { ...(configuration.settings[plugin] as Readonly<Record<string, unknown>> | undefined), ...settings }
            ])
          )
        }),
        accreditations
      )
    )
  )

/** Sends the events of a command to a listener. */
export const listen = (listener: (event: Event) => void) =>
  Layer.succeed(Events, (event: Event) => Effect.sync(() => listener(event)))

/** Writes to standard output and waits until it is taken. */
export const print = (text: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    process.stdout.write(`${text}\n`, () => resume(Effect.void))
  })
