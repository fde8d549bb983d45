/** The two ways in which Slack reaches the bot: a connection that the bot opens, or signed requests to its address. */
import type { Server } from "node:http"
import { type App, HTTPReceiver, type HTTPReceiverOptions, SocketModeReceiver } from "@slack/bolt"
import type { WebClientOptions } from "@slack/web-api"
import * as Redacted from "effect/Redacted"
import type { Configuration } from "./Configuration.ts"
import type { Connection } from "./Health.ts"
import { refusingReplays } from "./ReplayGuard.ts"

export interface Receiving {
  readonly receiver: HTTPReceiver | SocketModeReceiver
  readonly connection: () => Connection
  /** Listens, and gives the port where there is one. Rejects where the port is taken or Slack refuses. */
  readonly start: (app: App) => Promise<number | null>
  readonly stop: (app: App) => Promise<void>
}

type Options = Pick<HTTPReceiverOptions, "logger" | "installationStore"> & {
  readonly settings: Configuration
  readonly clientOptions: WebClientOptions
  readonly scopes: ReadonlyArray<string>
  readonly health: NonNullable<HTTPReceiverOptions["customRoutes"]>[number]["handler"]
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export const makeReceiving = (options: Options): Receiving =>
  options.settings.mode === "http" ? overHttp(options) : overSocket(options)

const overHttp = (options: Options): Receiving => {
  const { now, settings } = options
  const receiver = new HTTPReceiver({
    ...shared(options),
    signingSecret: Redacted.value(settings.secrets.signingSecret!)
  })
  receiver.requestListener = refusingReplays(receiver.requestListener, now)
  return {
    receiver,
    connection: () => "by-requests",
    start: async () => portOf(await receiver.start(settings.port ?? 3000)),
    stop: () => receiver.stop()
  }
}

const overSocket = (options: Options): Receiving => {
  const { port, secrets } = options.settings
  const { customRoutes, installerOptions, ...rest } = shared(options)
  const receiver = new SocketModeReceiver({
    ...rest,
    appToken: Redacted.value(secrets.appToken!),
    customRoutes: port === null ? [] : customRoutes,
    installerOptions: { ...installerOptions, ...(port === null ? {} : { port }) }
  })
  let connection: Connection = "disconnected"
  receiver.client.on("connected", () => {
    connection = "connected"
  })
  for (const lost of ["disconnected", "reconnecting"]) {
    receiver.client.on(lost, () => {
      connection = "disconnected"
    })
  }
  return {
    receiver,
    connection: () => connection,
    start: async () => {
      const listening = untilListening(Reflect.get(receiver, "httpServer") as Server | undefined)
      const [bound] = await Promise.all([listening, receiver.start()])
      return bound
    },
    stop: () => receiver.stop()
  }
}

/** Bolt's receiver opens its server without looking whether that works, and an error nobody listens to ends the process. */
const untilListening = (server: Server | undefined): Promise<number | null> =>
  server === undefined
    ? Promise.resolve(null)
    : new Promise((resolve, reject) => {
        server.once("error", reject)
        server.once("listening", () => resolve(portOf(server)))
      })

const portOf = (server: Pick<Server, "address">): number | null => {
  const address = server.address()
  return address === null || typeof address === "string" ? null : address.port
}

/** Without the patience of other calls: a connection that is lost is sought for as long as it takes. */
const lasting = ({ retryConfig: _, ...options }: WebClientOptions): WebClientOptions => options

const shared = ({ clientOptions, health, installationStore, logger, scopes, settings }: Options) => {
  const { secrets, workspaces } = settings
  const { oauth } = secrets
  return {
    ...(logger === undefined ? {} : { logger }),
    customRoutes: [{ path: "/health", method: ["GET"], handler: health }],
    // Slack's libraries write into what they are given.
    installerOptions: { clientOptions: lasting(clientOptions), directInstall: true },
    ...(oauth === null || installationStore === undefined
      ? {}
      : {
          clientId: oauth.clientId,
          clientSecret: Redacted.value(oauth.clientSecret),
          stateSecret: Redacted.value(oauth.stateSecret),
          installationStore,
          scopes: [...scopes],
          ...(workspaces?.redirectUri == null ? {} : { redirectUri: workspaces.redirectUri })
        })
  }
}
