import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { canonicalJson, digest, digestBytes } from "../src/index.ts"

describe("canonicalJson", () => {
  it("loses nothing that JSON carries, and does not depend on the order of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        // JSON itself turns -0 into 0.
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalJson(reversed(value))).toBe(text)
      })
    )
  })

  it("orders keys by code unit and leaves out what is undefined", () => {
    expect(canonicalJson({ b: 1, a: [undefined, { d: undefined, c: "é" }], B: null })).toBe(
      '{"B":null,"a":[null,{"c":"é"}],"b":1}'
    )
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1])("refuses %s, which JSON would change", (value) => {
    expect(() => canonicalJson({ value })).toThrow(TypeError)
  })

  it("refuses a cycle", () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    expect(() => canonicalJson(cycle)).toThrow(/cycle/)
  })
})

describe("digest", () => {
  it("is the SHA-256 of the canonical JSON", () => {
    // FIPS 180-4, example "abc"
    expect(digestBytes("abc")).toBe("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    expect(digest({ a: 1 })).toBe(digestBytes('{"a":1}'))
  })
})

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)])
  )
}
