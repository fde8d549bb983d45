/** A client of the Postgres database of a team, for what an application keeps there beside the case files. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import { CaseFilesError, storeFault } from "./CaseFilesError.ts"

/** A client of `postgres://user:password@host:port/database`; errors name the store without user and password. */
export const layerPostgresClient = (url: string): Layer.Layer<SqlClient.SqlClient, CaseFilesError> =>
  Layer.effect(
    SqlClient.SqlClient,
    Effect.gen(function* () {
      const address = URL.parse(url)
      if (address === null) {
        return yield* new CaseFilesError({
          reason: "store",
          message: "The address is no postgres://user@host:port/database"
        })
      }
      // Loaded here: whoever works on a file does without.
      const PgClient = yield* Effect.promise(() => import("@effect/sql-pg/PgClient"))
      const client = PgClient.layer({
        url: Redacted.make(url),
        applicationName: "model-intake",
        connectTimeout: "10 seconds",
        maxConnections: 2
      })
      const context = yield* Effect.mapError(
        Layer.build(client),
        storeFault(`postgres://${address.host}${address.pathname}`)
      )
      return yield* Effect.provide(SqlClient.SqlClient, context)
    })
  )
