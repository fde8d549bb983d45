import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { dataDirectory } from "@model-intake/core"
import { isPostgres, signingKeyFile, storeFile } from "../src/index.ts"

describe("the usual place", () => {
  it("holds the store and the key", () => {
    expect(storeFile("/d")).toBe(join("/d", "case-files.sqlite"))
    expect(signingKeyFile("/d")).toBe(join("/d", "signing-key.pem"))
    expect(storeFile()).toBe(join(dataDirectory(), "case-files.sqlite"))
    expect(signingKeyFile()).toBe(join(dataDirectory(), "signing-key.pem"))
  })

  it("is a database only where an address says so", () => {
    expect(["postgres://a@b/c", "PostgreSQL://b/c"].map(isPostgres)).toEqual([true, true])
    expect(["postgres.sqlite", "./postgres:/x", "postgresx://b"].map(isPostgres)).toEqual([false, false, false])
  })
})
