import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { ageFrom, instantFrom, parseDuration, timeLimitFrom } from "../src/index.ts"

const sentence = (effect: Effect.Effect<unknown, { readonly message: string }>): string =>
  Effect.runSync(Effect.flip(effect)).message

describe("a duration", () => {
  it("is a number and its unit", () => {
    expect(["250ms", "90s", "90m", "1.5h", "30d", " 2w "].map((text) => parseDuration(text))).toEqual([
      250, 90_000, 5_400_000, 5_400_000, 2_592_000_000, 1_209_600_000
    ])
  })

  it("is nothing else", () => {
    for (const text of ["", "soon", "90", "-1h", "1e3s", "1h30m", "h", "1 h", "0x1s", "99999999999w"]) {
      expect(parseDuration(text), text).toBeNull()
    }
  })

  it("may stand without a unit where there is a usual one", () => {
    expect(parseDuration("90", "s")).toBe(90_000)
    expect(parseDuration("90m", "s")).toBe(5_400_000)
  })
})

describe("a time limit", () => {
  it("is as long as a timer can run, and a bare number is in seconds", () => {
    expect(Effect.runSync(timeLimitFrom("--deadline", "2h"))).toBe(7_200_000)
    expect(Effect.runSync(timeLimitFrom("--deadline", "20"))).toBe(20_000)
    for (const text of ["0s", "25d", "never"]) {
      expect(sentence(timeLimitFrom("--deadline", text))).toBe(
        `--deadline ${text} is no time; write for example 90s, 30m or 2h`
      )
    }
  })
})

describe("an age", () => {
  it("needs its unit, and may be none at all", () => {
    expect(Effect.runSync(ageFrom("--max-age", "0m"))).toBe(0)
    expect(sentence(ageFrom("--max-age", "30"))).toMatch(/--max-age 30 is no age; write for example 12h/)
  })
})

describe("a point in time", () => {
  const at = (text: string) =>
    Effect.runPromise(
      Effect.gen(function* () {
        yield* TestClock.setTime(Date.UTC(2026, 0, 1))
        return yield* instantFrom("--until", text)
      }).pipe(Effect.provide(TestClock.layer()))
    )

  it("is a day, an instant, or how long from now", async () => {
    expect(await at("2027-01-31")).toBe("2027-01-31T00:00:00Z")
    expect(await at("2027-01-31T12:00:00Z")).toBe("2027-01-31T12:00:00Z")
    expect(await at("30d")).toBe("2026-01-31T00:00:00.000Z")
  })

  it.each(["2026-02-31", "2026-13-01", "2027-01-31T12:00:00", "tomorrow"])("is not %s", async (text) => {
    await expect(at(text)).rejects.toThrow(`--until ${text} is no point in time`)
  })
})
