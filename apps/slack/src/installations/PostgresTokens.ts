/** Tokens of several workspaces in a Postgres database. */
import { layerPostgresClient } from "@model-intake/case-files"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { UsageError } from "../UsageError.ts"
import { type Tokens, WorkspaceToken } from "./WorkspaceToken.ts"

const Body = Schema.fromJsonString(WorkspaceToken)

/** In the table `intake_slack_workspaces`, which is made where it is missing. Connected as long as the scope lasts. */
export const postgresTokens = Effect.fn("PostgresTokens.make")(function* (url: string) {
  const address = URL.parse(url)
  const where = address === null ? "" : ` postgres://${address.host}${address.pathname}`
  const context = yield* Effect.mapError(
    Layer.build(layerPostgresClient(url)),
    ({ message }) => new UsageError({ message: `The workspaces cannot be read: ${message}` })
  )
  const sql = yield* Effect.provide(SqlClient.SqlClient, context)
  const asUsage = Effect.mapError(
    () => new UsageError({ message: `The database of the workspaces${where} cannot be reached or written` })
  )
  yield* sql`CREATE TABLE IF NOT EXISTS intake_slack_workspaces (team TEXT PRIMARY KEY, body TEXT NOT NULL)`.pipe(
    asUsage
  )
  const tokens: Tokens = {
    get: Effect.fn("PostgresTokens.get")(function* (team) {
      const [row] = yield* sql<{ readonly body: string }>`
        SELECT body FROM intake_slack_workspaces WHERE team = ${team}
      `.pipe(asUsage)
      if (row === undefined) return null
      return yield* Effect.mapError(
        Schema.decodeUnknownEffect(Body)(row.body),
        () => new UsageError({ message: `What is kept of workspace ${team} is damaged; install the bot there again` })
      )
    }),
    put: (token) =>
      sql`
        INSERT INTO intake_slack_workspaces (team, body) VALUES (${token.team}, ${JSON.stringify(token)})
        ON CONFLICT (team) DO UPDATE SET body = excluded.body
      `.pipe(asUsage, Effect.asVoid),
    remove: (team) => sql`DELETE FROM intake_slack_workspaces WHERE team = ${team}`.pipe(asUsage, Effect.asVoid)
  }
  return tokens
})
