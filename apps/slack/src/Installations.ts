/**
 * The workspaces that the bot is installed in, and its tokens there: the one of the environment, or those that
 * installations by OAuth brought, in a file that nobody else can read or in a Postgres database.
 */

import { isPostgres } from "@model-intake/case-files"
import { type Installation, type InstallationStore, webApi } from "@slack/bolt"
import type { WebClient, WebClientOptions } from "@slack/web-api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Settings } from "./Configuration.ts"
import { fileTokens } from "./installations/FileTokens.ts"
import { postgresTokens } from "./installations/PostgresTokens.ts"
import type { Tokens, WorkspaceToken } from "./installations/WorkspaceToken.ts"
import { makeSlackLogger } from "./SlackLogger.ts"
import { UsageError } from "./UsageError.ts"

export class Installations extends Context.Service<
  Installations,
  {
    /** The Web API with the token of a workspace. */
    readonly clientFor: (team: string) => Effect.Effect<WebClient, UsageError>
    /** What every client is made with. */
    readonly clientOptions: WebClientOptions
    /** For installation by OAuth; null where there is one workspace. */
    readonly store: InstallationStore | null
    /** Forgets a workspace that removed the bot. */
    readonly forget: (team: string) => Effect.Effect<void, UsageError>
  }
>()("@model-intake/slack/Installations") {
  static readonly layer: Layer.Layer<Installations, UsageError, Settings> = Layer.effect(
    Installations,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const { apiUrl, secrets, workspaces } = yield* Settings
  const context = yield* Effect.context<never>()
  const clientOptions: WebClientOptions = {
    logger: makeSlackLogger(context),
    timeout: 20_000,
    // The calls of a listener wait for a rate limit to pass and for Slack to come back, and not for half an hour.
    retryConfig: { retries: 5, factor: 2.5, minTimeout: 500, randomize: true },
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl })
  }
  const clients = new Map<string, WebClient>()
  const clientOf = (token: string): WebClient => {
    const client = clients.get(token) ?? new webApi.WebClient(token, { ...clientOptions })
    clients.set(token, client)
    return client
  }
  if (workspaces === null) {
    const client = clientOf(Redacted.value(secrets.botToken!))
    return Installations.of({
      clientFor: () => Effect.succeed(client),
      clientOptions,
      store: null,
      forget: () => Effect.void
    })
  }
  const kept = isPostgres(workspaces.store)
    ? yield* postgresTokens(workspaces.store)
    : yield* fileTokens(workspaces.store)
  const tokens = remembering(kept)
  const tokenOf = Effect.fnUntraced(function* (team: string) {
    const found = workspaces.teams.includes(team) ? yield* tokens.get(team) : null
    return found ?? (yield* new UsageError({ message: `The bot is not installed in workspace ${team}` }))
  })
  const run = Effect.runPromiseWith(context)
  return Installations.of({
    clientFor: Effect.fn("Installations.clientFor")(function* (team) {
      return clientOf((yield* tokenOf(team)).token)
    }),
    clientOptions,
    store: {
      storeInstallation: (installation) =>
        run(Effect.flatMap(tokenFrom(installation as Installation, workspaces.teams), tokens.put)),
      fetchInstallation: ({ teamId }) => run(Effect.map(tokenOf(teamId ?? "of no id"), installationOf)),
      deleteInstallation: ({ teamId }) => run(teamId === undefined ? Effect.void : tokens.remove(teamId))
    },
    forget: tokens.remove
  })
})

/** Asked for with every delivery: what was read once is kept in memory. */
const remembering = (kept: Tokens): Tokens => {
  const known = new Map<string, WorkspaceToken>()
  return {
    get: Effect.fnUntraced(function* (team) {
      const found = known.get(team) ?? (yield* kept.get(team))
      if (found !== null) known.set(team, found)
      return found
    }),
    put: (token) => Effect.tap(kept.put(token), () => Effect.sync(() => known.set(token.team, token))),
    remove: (team) =>
      Effect.andThen(
        Effect.sync(() => known.delete(team)),
        kept.remove(team)
      )
  }
}

/** Only workspaces of the configuration may install: the bot shows its case files to everybody in them. */
const tokenFrom = (
  { bot, isEnterpriseInstall, team, user }: Installation,
  teams: ReadonlyArray<string>
): Effect.Effect<WorkspaceToken, UsageError> => {
  if (isEnterpriseInstall === true || team === undefined || bot === undefined) {
    return Effect.fail(
      new UsageError({ message: "The bot is installed into single workspaces, not into an organisation" })
    )
  }
  return teams.includes(team.id)
    ? Effect.succeed({
        team: team.id,
        name: team.name ?? null,
        token: bot.token,
        botId: bot.id,
        botUserId: bot.userId,
        scopes: bot.scopes,
        installedBy: user.id
      })
    : Effect.fail(
        new UsageError({ message: `Workspace ${team.id} may not install the bot; add it to workspaces.teams` })
      )
}

const installationOf = ({
  botId,
  botUserId,
  installedBy,
  name,
  scopes,
  team,
  token
}: WorkspaceToken): Installation => ({
  team: { id: team, ...(name === null ? {} : { name }) },
  enterprise: undefined,
  user: { id: installedBy, token: undefined, scopes: undefined },
  bot: { token, id: botId, userId: botUserId, scopes: [...scopes] },
  authVersion: "v2",
  isEnterpriseInstall: false
})
