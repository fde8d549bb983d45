import { cleanMessage, redact } from "@model-intake/core"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { httpFailure, longestRetryAfterMs, retryAfterMs } from "../src/index.ts"

const nowMs = Date.UTC(2026, 0, 1)
const failure = (status: number | null, headers: Record<string, string> = {}, message = "said", code?: string) =>
  httpFailure({ backend: "test", status, headers, message, nowMs, ...(code === undefined ? {} : { code }) })

describe("the reason", () => {
  it.each([
    [null, "transport", true],
    [200, "malformed-reply", false],
    [204, "malformed-reply", false],
    [302, "not-found", false],
    [400, "refused-request", false],
    [401, "authentication", false],
    [403, "authentication", false],
    [404, "not-found", false],
    [408, "timeout", true],
    [409, "transport", true],
    [413, "refused-request", false],
    [422, "refused-request", false],
    [425, "transport", true],
    [429, "rate-limit", true],
    [500, "transport", true],
    [503, "transport", true],
    [504, "timeout", true],
    [529, "transport", true],
    [599, "transport", true]
  ] as const)("of status %s is %s", (status, reason, retryable) => {
    expect(failure(status)).toMatchObject({ reason, retryable })
  })

  it("of a spent quota does not ask to come back", () => {
    expect(failure(429, { "retry-after": "5" }, "pay", "insufficient_quota")).toMatchObject({
      reason: "rate-limit",
      retryable: false,
      retryAfterMs: null
    })
  })

  it("of what is not retryable asks for no wait", () => {
    expect(failure(400, { "retry-after": "5" }).retryAfterMs).toBeNull()
  })
})

describe("the wait", () => {
  it.each([
    [{ "retry-after": "5" }, 5000],
    [{ "retry-after": " 1.5 " }, 1500],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }, 30_000],
    [{ "retry-after": "Wed, 31 Dec 2025 23:00:00 GMT" }, 0],
    [{ "retry-after": "1000000000" }, longestRetryAfterMs],
    [{ "retry-after": "Thu, 01 Jan 2099 00:00:00 GMT" }, longestRetryAfterMs],
    [{ "retry-after": "-5" }, null],
    [{ "retry-after": "1e9" }, null],
    [{ "retry-after": "soon, or 1 of May" }, null],
    [{ "retry-after": "5, 10" }, null],
    [{ "retry-after": "NaN" }, null],
    [{ "retry-after": "" }, null],
    [{ "retry-after-ms": "250", "retry-after": "9" }, 250],
    [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m2.5s" }, 62_500],
    [{ "x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "1m" }, null],
    [{ "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20ms" }, 20],
    [
      { "anthropic-ratelimit-requests-remaining": "0", "anthropic-ratelimit-requests-reset": "2026-01-01T00:00:10Z" },
      10_000
    ],
    [{}, null]
  ])("that %j asks for is %s ms", (headers, wait) => {
    expect(retryAfterMs(headers, nowMs)).toBe(wait)
    expect(retryAfterMs(new Headers(headers), nowMs)).toBe(wait)
  })

  it("is bounded whatever the headers say", () => {
    const value = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString())
    )
    const names = fc.constantFrom(
      "retry-after",
      "retry-after-ms",
      "x-ratelimit-reset-requests",
      "x-ratelimit-remaining-requests"
    )
    fc.assert(
      fc.property(fc.dictionary(names, value), (headers) => {
        const wait = retryAfterMs(headers, nowMs)
        expect(wait === null || (wait >= 0 && wait <= longestRetryAfterMs)).toBe(true)
      })
    )
  })
})

describe("the message", () => {
  it("is one clean line of bounded length", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2000 }), (text) => {
        const clean = cleanMessage(text)
        expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        expect([...clean].length).toBeLessThanOrEqual(300)
      })
    )
  })

  it("keeps what can be read", () => {
    expect(cleanMessage("\u001b[31mModel «ä»\n\tis not\u0000 there")).toBe("[31mModel «ä» is not there")
  })

  it("has the key in none of its forms, even where control characters stand in it", () => {
    const key = fc
      .string({ unit: fc.constantFrom(...'abcXYZ019-_+/=&" '), minLength: 12, maxLength: 60 })
      .map((text) => `k${text}k`)
    const form = fc.constantFrom<(key: string) => string>(
      (text) => text,
      (text) => `Bearer ${text}`,
      (text) => JSON.stringify(text),
      encodeURIComponent,
      (text) => Buffer.from(text).toString("base64"),
      (text) => `Basic ${Buffer.from(`user:${text}`).toString("base64")}`,
      (text) => Buffer.from(text).toString("hex"),
      (text) => `${text.slice(0, 3)}\u0000\u200b${text.slice(3)}`,
      (text) => text.slice(0, -2)
    )
    fc.assert(
      fc.property(key, form, fc.lorem(), (secret, write, around) => {
        const { message } = httpFailure({
          backend: "test",
          status: 401,
          headers: {},
          message: `${around} ${write(secret)} ${around}`,
          nowMs,
          secrets: [secret]
        })
        const bytes = [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64").slice(2, -4)]
        for (const text of [...bytes, secret.slice(0, 10)])
          if (text.trim().length >= 10) expect(message).not.toContain(text)
      })
    )
  })

  it("has nobody else's key either", () => {
    expect(redact("Incorrect API key provided: sk-proj-abcdefgh****wxyz. Bearer abc.def.ghi-jkl")).toBe(
      "Incorrect API key provided: [redacted] Bearer [redacted]"
    )
    expect(redact("model hf-internal-testing/tiny and api-version 2024-10-21")).toBe(
      "model hf-internal-testing/tiny and api-version 2024-10-21"
    )
  })
})
