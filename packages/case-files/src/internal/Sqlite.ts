/** A thin driver of `node:sqlite` for `effect/sql`: one connection, transactions that take the write lock at once. */
import { accessSync, chmodSync, closeSync, constants, existsSync, mkdirSync, openSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync, type SQLInputValue } from "node:sqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { classifySqliteError, SqlError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"

/** A client of the database file, which is made with mode 0600 where it is missing; `:memory:` for none. */
export const layerSqliteClient = (filename: string): Layer.Layer<SqlClient.SqlClient, SqlError> =>
  Layer.effect(SqlClient.SqlClient, make(filename)).pipe(Layer.provide(Reactivity.layer))

const make = Effect.fnUntraced(function* (filename: string) {
  const database = yield* Effect.acquireRelease(
    attempt("open", () => openDatabase(filename)),
    (opened) => Effect.sync(() => opened.close())
  )
  const run = (sql: string, parameters: ReadonlyArray<unknown>, mode: "rows" | "values" | "raw") =>
    attempt("execute", (): ReadonlyArray<never> => {
      const statement = database.prepare(sql)
      statement.setReturnArrays(mode === "values")
      const values = parameters as ReadonlyArray<SQLInputValue>
      if (statement.columns().length > 0) return statement.all(...values) as unknown as ReadonlyArray<never>
      const result = statement.run(...values)
      return mode === "raw" ? (result as unknown as ReadonlyArray<never>) : []
    })
  const execute: Connection["execute"] = (sql, parameters, transform) =>
    transform === undefined ? run(sql, parameters, "rows") : Effect.map(run(sql, parameters, "rows"), transform)
  const connection: Connection = {
    execute,
    executeUnprepared: execute,
    executeRaw: (sql, parameters) => run(sql, parameters, "raw"),
    executeValues: (sql, parameters) => run(sql, parameters, "values"),
    executeValuesUnprepared: (sql, parameters) => run(sql, parameters, "values"),
    executeStream: () => Stream.die("the SQLite driver does not stream")
  }
  const semaphore = yield* Semaphore.make(1)
  return yield* SqlClient.make({
    ...SqlClient.makeSqliteAcquirers({
      connection: Effect.succeed(connection),
      semaphore,
      isTransaction: () => database.isTransaction
    }),
    driver: "node:sqlite",
    compiler: Statement.makeCompilerSqlite(),
    beginTransaction: "BEGIN IMMEDIATE",
    releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
    spanAttributes: [["db.system.name", "sqlite"]]
  })
})

const openDatabase = (filename: string): DatabaseSync => {
  const isFile = filename !== ":memory:"
  if (isFile && !existsSync(filename)) {
    mkdirSync(dirname(filename), { recursive: true, mode: 0o700 })
    closeSync(openSync(filename, "a", 0o600))
    chmodSync(filename, 0o600)
  }
  if (isFile) requireWritable(filename)
  const database = new DatabaseSync(filename)
  // SQLite would wait for a lock by blocking the whole process, which could be the holder: fail at once here and let
  // the caller try again.
  database.exec("PRAGMA busy_timeout = 0")
  if (isFile) database.exec("PRAGMA journal_mode = WAL")
  return database
}

/** Even a reader writes beside the file, and SQLite says no more than that it cannot open it. */
const requireWritable = (filename: string): void => {
  try {
    for (const path of [filename, dirname(filename)]) accessSync(path, constants.W_OK)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === "EROFS" ? "it lies on a read-only disk" : `it cannot be written, ${code}`
    throw new Error(`${why}; copy it to a folder that can be written, or change its rights`)
  }
}

const attempt = <A>(operation: string, run: () => A): Effect.Effect<A, SqlError> =>
  Effect.try({
    try: run,
    catch: (cause) => {
      const { errcode, message } = cause as Error & { readonly errcode?: number }
      return new SqlError({
        reason: classifySqliteError(Object.assign(new Error(message), { code: errcode }), { message, operation })
      })
    }
  })
