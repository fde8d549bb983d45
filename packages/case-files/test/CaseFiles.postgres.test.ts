import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { CaseFiles } from "../src/index.ts"
import { caseFilesContract } from "./support/Contract.ts"
import { type PostgresServer, postgresMissing, startPostgres } from "./support/Postgres.ts"

const title =
  postgresMissing === null ? "case files in Postgres" : `case files in Postgres (SKIPPED: ${postgresMissing})`
if (postgresMissing !== null) process.stderr.write(`\n*** ${title}\n`)

describe.skipIf(postgresMissing !== null)(title, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server?.stop())

  caseFilesContract(async () => ({
    fresh: server.database,
    query: server.query,
    unguard: ["ALTER TABLE intake_log DISABLE TRIGGER USER"]
  }))

  it("cannot be truncated", async () => {
    const store = await server.database()
    await Effect.runPromise(Effect.provide(CaseFiles, CaseFiles.layerPostgres(store, { signingKey: "/nonexistent" })))
    await expect(server.query(store, "TRUNCATE intake_log")).rejects.toThrow("append-only")
  })

  it("never show the password when the server refuses it or cannot be reached", async () => {
    const store = await server.database()
    const opening = (url: string) =>
      Effect.runPromise(
        Effect.flip(Effect.provide(CaseFiles, CaseFiles.layerPostgres(url, { signingKey: "/nonexistent" })))
      )
    const refused = await opening(store.replace("correct-horse", "wrong-secret"))
    expect(refused.message).toMatch(
      /^The store postgres:\/\/127\.0\.0\.1:\d+\/test_\d+ refuses the user name or password$/
    )
    const unreached = await opening("postgres://intake:wrong-secret@127.0.0.1:1/x")
    expect(unreached.message).toBe(
      "The store postgres://127.0.0.1:1/x cannot be opened or reached; check the path or address"
    )
    const noAddress = await opening("postgres:wrong-secret")
    expect(noAddress.message).toBe("The address of the store is no postgres://user@host:port/database; check --store")
    expect(JSON.stringify([refused, unreached, noAddress])).not.toContain("wrong-secret")
  })
})
