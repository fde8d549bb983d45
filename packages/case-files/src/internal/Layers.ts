/** The stores: a database, its schema brought up to date, and the service on top. */
import { PgClient } from "@effect/sql-pg"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { CaseFiles, type CaseFilesOptions } from "../CaseFiles.ts"
import { CaseFilesError, storeFault } from "../CaseFilesError.ts"
import { makeSigningKey } from "../SigningKey.ts"
import { type Keys, keysInFile, makeLogStore, untilUnlocked } from "./LogStore.ts"
import { makeCaseFiles } from "./MakeCaseFiles.ts"
import { migrate, migrationsTable, newestMigration } from "./Migrations.ts"
import { layerSqliteClient } from "./Sqlite.ts"

type CaseFilesLayer = Layer.Layer<CaseFiles, CaseFilesError>

export const layerSqlite = (path: string, options: CaseFilesOptions): CaseFilesLayer =>
  layerOn(layerSqliteClient(path), path, keysOf(options))

export const layerMemory = (): CaseFilesLayer =>
  Layer.unwrap(
    Effect.map(makeSigningKey, (key) =>
      layerOn(layerSqliteClient(":memory:"), "in memory", {
        signing: Effect.succeed(key),
        own: Effect.succeed(key),
        trusted: []
      })
    )
  )

export const layerPostgres = (url: string, options: CaseFilesOptions): CaseFilesLayer => {
  const where = withoutSecrets(url)
  if (where === null) {
    const message = "The address of the store is no postgres://user@host:port/database; check --store"
    return Layer.unwrap(Effect.fail(new CaseFilesError({ reason: "store", message })))
  }
  const client = PgClient.layer({
    url: Redacted.make(url),
    applicationName: "model-intake",
    connectTimeout: "10 seconds",
    maxConnections: 4,
    // A writer that hangs must not make the others hang; and after waiting for one, its record has to be seen.
    startupParameters: { lock_timeout: "20000", default_transaction_isolation: "read committed" }
  })
  return layerOn(client, where, keysOf(options))
}

const keysOf = ({ signingKey, trustedKeys = [] }: CaseFilesOptions): Keys => keysInFile(signingKey, trustedKeys)

/** The address as it may be shown: user name, password and parameters left out. */
const withoutSecrets = (text: string): string | null => {
  const url = URL.parse(text)
  return url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== ""
    ? `postgres://${url.host}${url.pathname}`
    : null
}

const layerOn = (client: Layer.Layer<SqlClient.SqlClient, SqlError>, where: string, keys: Keys): CaseFilesLayer =>
  Layer.effect(
    CaseFiles,
    Effect.gen(function* () {
      const context = yield* Layer.build(client).pipe(Effect.retry(untilUnlocked), Effect.mapError(storeFault(where)))
      return yield* Effect.gen(function* () {
        yield* upToDate(where)
        return CaseFiles.of(makeCaseFiles(yield* makeLogStore(where, keys), where))
      }).pipe(Effect.provide(context))
    })
  )

const upToDate = Effect.fnUntraced(function* (where: string) {
  const sql = yield* SqlClient.SqlClient
  const applied = yield* migrate.pipe(
    Effect.andThen(sql<{ readonly newest: number }>`SELECT max(migration_id) AS newest FROM ${sql(migrationsTable)}`),
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
  if (Number(applied[0]?.newest ?? 0) > newestMigration) {
    return yield* new CaseFilesError({
      reason: "store",
      message: `The store ${where} was written by a newer version of Model Intake; update this one`
    })
  }
})
