/** What every command shares: the plugins of a run, and where text goes. */
import { type Event, Events } from "@model-intake/core"
import { type PluginSettings, pluginsLayer } from "@model-intake/host"
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("Print a JSON document instead of text"),
  Flag.withDefault(false)
)

export const config = Flag.String("config").pipe(
  Flag.withDescription("Configuration file (intake.config.ts in the working directory)"),
  Flag.withMetavar("FILE"),
  Flag.optional
)

/** The plugins of a run by the flag `--config`, and settings that go before those of the file. */
export const configuredPlugins = (file: Option.Option<string>, given: PluginSettings = {}) =>
  pluginsLayer(Option.getOrNull(file), given)

/** Sends the events of a command to a listener. */
export const listen = (listener: (event: Event) => void) =>
  Layer.succeed(Events, (event: Event) => Effect.sync(() => listener(event)))

/** Writes to standard output and waits until it is taken. */
export const print = (text: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    process.stdout.write(`${text}\n`, () => resume(Effect.void))
  })
