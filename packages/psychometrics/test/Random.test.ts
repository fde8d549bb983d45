import { describe, expect, it } from "vitest"
import { deriveSeed, makeRandom } from "../src/index.ts"
import { murmurHash3 } from "../src/internal/MurmurHash3.ts"

describe("murmurHash3", () => {
  // Test vectors of the SMHasher suite's MurmurHash3_x86_32.
  it.each([
    [[], 0, 0],
    [[], 1, 0x514e28b7],
    [[], 0xffffffff, 0x81f16f39],
    [[0xff, 0xff, 0xff, 0xff], 0, 0x76293b50],
    [[0x21, 0x43, 0x65, 0x87], 0, 0xf55b516b],
    [[0x21, 0x43, 0x65, 0x87], 0x5082edee, 0x2362f9de],
    [[0x21, 0x43, 0x65], 0, 0x7e4a8634],
    [[0x21, 0x43], 0, 0xa0f7b07a],
    [[0x21], 0, 0x72661cf4],
    [[0, 0, 0, 0], 0, 0x2362f9de],
    [[0], 0, 0x514e28b7]
  ])("%j under %i", (bytes, seed, expected) => {
    expect(murmurHash3(Uint8Array.from(bytes), seed)).toBe(expected)
  })
})

describe("makeRandom", () => {
  it("gives the same numbers on every machine", () => {
    const random = makeRandom("model-intake")
    expect([random.uniform(), random.int(100), random.uniform()]).toEqual([0.8479425764298774, 88, 0.8882677822055345])
    expect(deriveSeed("model-intake", "items")).toBe("5e77e5a568c1202f89b9c56041e1f610")
  })

  it("takes an integer as its decimal text", () => {
    expect(makeRandom(42).uniform()).toBe(makeRandom("42").uniform())
    expect(makeRandom(42).uniform()).not.toBe(makeRandom(43).uniform())
  })

  it("is uniform: chi-square over 10 cells stays below the 0.999 quantile, 27.9", () => {
    const random = makeRandom("chi-square")
    const fromInt = new Array<number>(10).fill(0)
    const fromUniform = new Array<number>(10).fill(0)
    for (let draw = 0; draw < 100_000; draw++) {
      fromInt[random.int(10)]! += 1
      fromUniform[Math.floor(random.uniform() * 10)]! += 1
    }
    const chiSquare = (counts: ReadonlyArray<number>) =>
      counts.reduce((total, count) => total + (count - 10_000) ** 2 / 10_000, 0)
    expect(chiSquare(fromInt)).toBeLessThan(27.9)
    expect(chiSquare(fromUniform)).toBeLessThan(27.9)
  })

  it("shuffles a copy, every order equally often", () => {
    const random = makeRandom("shuffle")
    const original = ["a", "b", "c"]
    const counts = new Map<string, number>()
    for (let draw = 0; draw < 60_000; draw++) {
      const order = random.shuffle(original).join("")
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(original).toEqual(["a", "b", "c"])
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400)
  })

  it("refuses seeds and bounds that are not whole numbers", () => {
    expect(() => makeRandom(1.5)).toThrow(RangeError)
    expect(() => makeRandom(Number.NaN)).toThrow(RangeError)
    expect(() => deriveSeed(2 ** 60, "a")).toThrow(RangeError)
    for (const bound of [0, -1, 1.5, Number.NaN, 2 ** 33]) {
      expect(() => makeRandom("a").int(bound)).toThrow(RangeError)
    }
  })
})

describe("deriveSeed", () => {
  it("keeps streams apart", () => {
    const seeds = [
      deriveSeed("a", "bc"),
      deriveSeed("ab", "c"),
      deriveSeed("a", "b"),
      deriveSeed("a", "c"),
      deriveSeed(deriveSeed("a", "b"), "c")
    ]
    expect(new Set(seeds).size).toBe(seeds.length)
  })

  it("leaves streams uncorrelated", () => {
    const a = makeRandom(deriveSeed("seed", "a"))
    const b = makeRandom(deriveSeed("seed", "b"))
    let product = 0
    for (let draw = 0; draw < 20_000; draw++) product += (a.uniform() - 0.5) * (b.uniform() - 0.5)
    // The correlation of independent streams of this length has standard deviation 0.007.
    expect(Math.abs((product / 20_000) * 12)).toBeLessThan(0.025)
  })
})
