#!/usr/bin/env node
/** The bot as a program: starts, and drains at the first SIGTERM or SIGINT. The second one ends it at once. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { jsonLogs, withoutSecrets } from "./Logging.ts"
import { start } from "./Start.ts"

/** What the environment or the configuration is to blame for, and everything else. */
const exitCodes = { usage: 2, fault: 1 } as const

/** At a terminal a person reads it, elsewhere whatever collects the log. */
const tell = (says: string): Effect.Effect<void> =>
  process.stdout.isTTY ? Effect.sync(() => process.stderr.write(`${withoutSecrets(says)}\n`)) : Effect.logFatal(says)

const bot = Layer.launch(start(process.env, process.cwd())).pipe(
  Effect.catchCause((cause) => {
    if (Cause.hasInterruptsOnly(cause)) return Effect.succeed(0)
    const error = Cause.squash(cause) as { readonly _tag?: unknown; readonly message?: unknown }
    const isUsage = error._tag === "UsageError"
    const says = typeof error.message === "string" ? error.message : "The bot failed"
    return Effect.as(tell(says), isUsage ? exitCodes.usage : exitCodes.fault)
  }),
  Effect.provide(jsonLogs)
)
const fiber = Effect.runFork(bot)

let asked = false
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (asked) process.exit(exitCodes.fault)
    asked = true
    Effect.runFork(Fiber.interrupt(fiber))
  })
}
// A promise that a library dropped must not leave a bot behind that is half alive: whoever watches over it restarts it.
process.on("unhandledRejection", (cause) => {
  Effect.runSync(
    Effect.provide(
      Effect.logFatal("a fault that nobody handled", { fault: cause instanceof Error ? cause.message : "unknown" }),
      jsonLogs
    )
  )
  process.exit(exitCodes.fault)
})
fiber.addObserver((exit) => {
  process.exitCode =
    Exit.isSuccess(exit) && typeof exit.value === "number"
      ? exit.value
      : Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)
        ? 0
        : exitCodes.fault
  process.exit()
})
