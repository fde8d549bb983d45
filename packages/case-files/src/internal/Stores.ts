/** The stores: a database with its schema brought up to date, and the operations on top of it. */
import { resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { CaseFilesError, storeFault } from "../CaseFilesError.ts"
import type { CaseFilesOptions, CaseFilesService } from "../CaseFilesService.ts"
import { makeSigningKey } from "../SigningKey.ts"
import { type Keys, keysInFile, makeLogStore, untilUnlocked } from "./LogStore.ts"
import { makeCaseFiles } from "./MakeCaseFiles.ts"
import { migrate, migrationsTable, newestMigration } from "./Migrations.ts"
import { layerSqliteClient } from "./Sqlite.ts"

type Made = Effect.Effect<CaseFilesService, CaseFilesError, Scope.Scope>

export const makeSqlite = (path: string, options: CaseFilesOptions): Made =>
  makeOn(layerSqliteClient(path), path, keysOf(options, resolve(path)))

export const makeMemory: Made = Effect.flatMap(makeSigningKey, (key) =>
  makeOn(layerSqliteClient(":memory:"), "in memory", {
    signing: Effect.succeed(key),
    own: Effect.succeed(key),
    trusted: [],
    checkpoint: null
  })
)

export const makePostgres = (url: string, options: CaseFilesOptions): Made => {
  const where = withoutSecrets(url)
  if (where === null) {
    const message = "The address of the store is no postgres://user@host:port/database; check --store"
    return Effect.fail(new CaseFilesError({ reason: "store", message }))
  }
  // Loaded here: whoever works on a file does without.
  const client = Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("@effect/sql-pg/PgClient")),
      (PgClient) =>
        PgClient.layer({
          url: Redacted.make(url),
          applicationName: "model-intake",
          connectTimeout: "10 seconds",
          maxConnections: 4,
          // A writer that hangs must not make the others hang; and after waiting for one, its record has to be seen.
          startupParameters: { lock_timeout: "20000", default_transaction_isolation: "read committed" }
        })
    )
  )
  return makeOn(client, where, keysOf(options, where))
}

const keysOf = ({ signingKey, trustedKeys = [] }: CaseFilesOptions, store: string): Keys =>
  keysInFile(signingKey, trustedKeys, store)

/** The address as it may be shown: user name, password and parameters left out. */
const withoutSecrets = (text: string): string | null => {
  const url = URL.parse(text)
  return url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== ""
    ? `postgres://${url.host}${url.pathname}`
    : null
}

const makeOn = (client: Layer.Layer<SqlClient.SqlClient, SqlError>, where: string, keys: Keys): Made =>
  Effect.gen(function* () {
    const context = yield* Layer.build(client).pipe(Effect.retry(untilUnlocked), Effect.mapError(storeFault(where)))
    return yield* Effect.gen(function* () {
      yield* upToDate(where)
      return makeCaseFiles(yield* makeLogStore(where, keys))
    }).pipe(Effect.provide(context))
  })

/** The number of the newest migration in the store. Fails where there is none yet. */
const newestIn = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly newest: number }>`
    SELECT max(migration_id) AS newest FROM ${sql(migrationsTable)}`
  return Number(row?.newest ?? 0)
})

/** Sets the store up, or brings it up to date. One that is takes a single question, and no lock. */
const upToDate = Effect.fnUntraced(function* (where: string) {
  const found = yield* Effect.orElseSucceed(newestIn, () => 0)
  const newest = found >= newestMigration ? found : yield* migrated(where)
  if (newest > newestMigration) {
    return yield* new CaseFilesError({
      reason: "store",
      message: `The store ${where} was written by a newer version of Model Intake; update this one`
    })
  }
})

const migrated = (where: string) =>
  migrate.pipe(
    Effect.andThen(newestIn),
    Effect.catchTag("MigrationError", ({ cause, message }) =>
      Effect.fail(
        (cause as { readonly _tag?: string } | undefined)?._tag === "SqlError"
          ? (cause as SqlError)
          : new CaseFilesError({ reason: "store", message: `The store ${where} cannot be set up: ${message}` })
      )
    ),
    Effect.retry(untilUnlocked),
    Effect.catchTag("SqlError", (error) => Effect.fail(storeFault(where)(error)))
  )
