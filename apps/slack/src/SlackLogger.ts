/** What Slack's libraries have to say, as lines of the bot's own log. */
import { type Logger, LogLevel } from "@slack/bolt"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** Everything from warnings on; their debug lines quote whole requests and stay out whatever level is set. */
export const makeSlackLogger = (context: Context.Context<never>): Logger => {
  const run = Effect.runForkWith(context)
  const write =
    (log: (...parts: ReadonlyArray<unknown>) => Effect.Effect<void>) =>
    (...parts: ReadonlyArray<unknown>): void => {
      run(Effect.annotateLogs(log(parts.map(textOf).join(" ")), "from", "slack"))
    }
  const nothing = (): void => {}
  return {
    debug: nothing,
    info: nothing,
    warn: write(Effect.logWarning),
    error: write(Effect.logError),
    setLevel: nothing,
    getLevel: () => LogLevel.WARN,
    setName: nothing
  }
}

/** The message of an error and never its fields, which may hold a request with its headers. */
const textOf = (part: unknown): string =>
  part instanceof Error ? part.message : typeof part === "string" ? part : typeof part
