import { describe, expect, it } from "@effect/vitest"
import { dataDirectory, signingKeyFile, storeFile } from "../src/index.ts"

const on = (platform: NodeJS.Platform, environment: Record<string, string> = {}) =>
  dataDirectory({ platform, environment, home: "/home/ada" })

describe("the data folder", () => {
  it("is the user's own, by the platform's custom", () => {
    expect(on("linux")).toBe("/home/ada/.local/share/model-intake")
    expect(on("linux", { XDG_DATA_HOME: "/data" })).toBe("/data/model-intake")
    expect(on("linux", { XDG_DATA_HOME: "relative" })).toBe("/home/ada/.local/share/model-intake")
    expect(on("darwin")).toBe("/home/ada/Library/Application Support/model-intake")
    expect(on("win32", { LOCALAPPDATA: "/local" })).toBe("/local/model-intake")
  })

  it("holds the store and the key", () => {
    expect(storeFile("/d")).toBe("/d/case-files.sqlite")
    expect(signingKeyFile("/d")).toBe("/d/signing-key.pem")
  })
})
