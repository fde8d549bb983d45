/** What is kept of a workspace that installed the bot. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { UsageError } from "../UsageError.ts"

/** What is kept of an installation: nothing of the person but who installed it. */
export const WorkspaceToken = Schema.Struct({
  team: Schema.NonEmptyString,
  name: Schema.NullOr(Schema.String),
  token: Schema.NonEmptyString,
  botId: Schema.NonEmptyString,
  botUserId: Schema.NonEmptyString,
  scopes: Schema.Array(Schema.String),
  installedBy: Schema.NonEmptyString
})
export type WorkspaceToken = typeof WorkspaceToken.Type

/** Where the tokens of several workspaces are kept. */
export interface Tokens {
  readonly get: (team: string) => Effect.Effect<WorkspaceToken | null, UsageError>
  readonly put: (token: WorkspaceToken) => Effect.Effect<void, UsageError>
  readonly remove: (team: string) => Effect.Effect<void, UsageError>
}
