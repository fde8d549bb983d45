import { resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { dataDirectory } from "../src/index.ts"

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

  it("is the one that INTAKE_HOME names, whatever else is set", () => {
    expect(on("linux", { INTAKE_HOME: "/own", XDG_DATA_HOME: "/data" })).toBe("/own")
    expect(on("linux", { INTAKE_HOME: "here" })).toBe(resolve("here"))
    expect(on("linux", { INTAKE_HOME: "" })).toBe("/home/ada/.local/share/model-intake")
  })
})
