/** The bot: Slack's deliveries on one side, the services on the other, as long as its scope lasts. */
import { App } from "@slack/bolt"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Settings } from "./Configuration.ts"
import { type Handle, handling, type Services } from "./Handling.ts"
import { healthOf, sendHealth } from "./Health.ts"
import { Installations } from "./Installations.ts"
import { listen } from "./listeners/index.ts"
import { makeReceiving } from "./Receivers.ts"
import { SlackError } from "./Replies.ts"
import { scopes } from "./Scopes.ts"
import { makeSlackLogger } from "./SlackLogger.ts"
import { UsageError } from "./UsageError.ts"

export class Bot extends Context.Service<
  Bot,
  {
    /** Where it listens; null without a port. */
    readonly port: number | null
  }
>()("@model-intake/slack/Bot") {
  /** Listens. At the end nothing more is taken, and what is under way gets ten seconds. */
  static readonly layer: Layer.Layer<Bot, UsageError | SlackError, Services> = Layer.effect(
    Bot,
    Effect.suspend(() => make)
  )
}

const drainFor = "10 seconds"

const make = Effect.gen(function* () {
  const settings = yield* Settings
  const { clientOptions, store } = yield* Installations
  const clock = yield* Clock.Clock
  const logger = makeSlackLogger(yield* Effect.context<never>())
  const fibers = yield* FiberSet.make<unknown, unknown>()
  const run = yield* FiberSet.runtimePromise(fibers)<Services>()
  const handle: Handle = (delivery, work) => run(handling(delivery, work))
  let stopping = false

  const receiving = makeReceiving({
    settings,
    clientOptions,
    logger,
    scopes,
    now: () => clock.currentTimeMillisUnsafe(),
    health: (_incoming, outgoing) => {
      run(healthOf(receiving.connection(), stopping)).then(
        (health) => sendHealth(health, outgoing),
        () => outgoing.writeHead(503).end()
      )
    },
    ...(store === null ? {} : { installationStore: store })
  })
  const { botToken } = settings.secrets
  const app = new App({
    receiver: receiving.receiver,
    clientOptions: { ...clientOptions },
    logger,
    convoStore: false,
    deferInitialization: true,
    ...(botToken === null ? {} : { token: Redacted.value(botToken) })
  })
  app.error(async ({ message }) => logger.error(`a delivery was not handled: ${message}`))
  listen(app, { handle, settings })

  yield* Effect.tryPromise({ try: () => app.init(), catch: (cause) => refusedBy("SLACK_BOT_TOKEN", cause) })
  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      stopping = true
      yield* Effect.ignore(
        Effect.timeout(
          Effect.tryPromise(() => receiving.stop(app)),
          "5 seconds"
        )
      )
      yield* Effect.ignore(Effect.timeout(FiberSet.awaitEmpty(fibers), drainFor))
      yield* Effect.logInfo("stopped")
    })
  )
  const port = yield* Effect.tryPromise({
    try: () => receiving.start(app),
    catch: (cause) => notListening(settings.port, cause)
  })
  yield* Effect.logInfo("ready", { port, mode: settings.mode })
  return Bot.of({ port })
})

/** What Slack says of a token is a word such as `invalid_auth`. */
const refusedBy = (name: string, cause: unknown): UsageError | SlackError => {
  const { code, data } = cause as { readonly code?: unknown; readonly data?: { readonly error?: unknown } }
  return typeof data?.error === "string"
    ? new UsageError({
        message: `Slack refuses ${name} (${data.error.slice(0, 60)}); copy it anew from your app on api.slack.com/apps`
      })
    : new SlackError({
        code: null,
        message: `Slack cannot be reached (${typeof code === "string" ? code : "unknown fault"}); check the network and start again`
      })
}

const notListening = (port: number | null, cause: unknown): UsageError | SlackError => {
  const { code } = cause as { readonly code?: unknown }
  return code === "EADDRINUSE" || code === "EACCES"
    ? new UsageError({
        message: `Port ${port} ${code === "EACCES" ? "may not be used" : "is in use"}; set "port" to another one`
      })
    : refusedBy("SLACK_APP_TOKEN", cause)
}
