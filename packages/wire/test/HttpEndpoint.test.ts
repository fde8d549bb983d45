import { afterEach, describe, expect, it, vi } from "vitest"
import { environmentValue, parseHttpAddress, secretHeaderValues } from "../src/index.ts"

afterEach(() => {
  vi.unstubAllEnvs()
})

describe("the environment", () => {
  it.each([
    ["key", "key"],
    [" key\n", "key"],
    ["", undefined],
    ["  ", undefined],
    [undefined, undefined]
  ])("says %j, and that is %j", (set, value) => {
    vi.stubEnv("INTAKE_TEST_VALUE", set)
    expect(environmentValue("INTAKE_TEST_VALUE")).toBe(value)
  })
})

describe("an address", () => {
  it("is http or https", () => {
    expect(parseHttpAddress("http://127.0.0.1:8000/v1")?.host).toBe("127.0.0.1:8000")
    expect(parseHttpAddress("https://api.example.com")?.protocol).toBe("https:")
  })

  it.each(["", "api.example.com", "ftp://example.com", "file:///etc/passwd", "http://ada@x", "http://:secret@x"])(
    "is not %j",
    (address) => {
      expect(parseHttpAddress(address)).toBeNull()
    }
  )
})

describe("headers", () => {
  it("give up the values that may be secret, without their scheme", () => {
    expect(
      secretHeaderValues({ Authorization: "Bearer abc", "X-Api-Key": "def", Cookie: "ghi", Accept: "text/plain" })
    ).toEqual(["abc", "def", "ghi"])
    expect(secretHeaderValues()).toEqual([])
  })
})
