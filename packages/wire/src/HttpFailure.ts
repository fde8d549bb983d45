/** What a failed HTTP call to a model means: one clear {@link BackendError}, without secrets and bounded in size. */
import { BackendError, type BackendReason, cleanMessage } from "@model-intake/core"

/** A failed reply, or with status `null` a connection that gave none. */
export interface HttpProblem {
  readonly backend: string
  /** HTTP status, or null where no reply came. */
  readonly status: number | null
  readonly headers: HttpHeaders
  /** What the server or the connection said: hostile text. */
  readonly message: string
  /** The provider's own word for the error, such as `insufficient_quota`. */
  readonly code?: string | null | undefined
  /** Milliseconds since the epoch, for a `Retry-After` that is a date. */
  readonly nowMs: number
  /** Keys and tokens that must not stand in the message. */
  readonly secrets?: ReadonlyArray<string> | undefined
}

/** Headers by lower-case name, or anything with `get`, such as those of `fetch`. */
export type HttpHeaders =
  | { readonly get: (name: string) => string | null }
  | Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

/** The longest wait that a server can ask for, in milliseconds. */
export const longestRetryAfterMs = 600_000

/**
 * The error of a failed reply.
 *
 * | status | reason | retryable |
 * |---|---|---|
 * | none: refused, reset, cut off; 409, 425, 5xx | transport | yes |
 * | 408, 504 | timeout | yes |
 * | 429 | rate-limit | yes, but not where the quota is spent |
 * | 401, 403, 407 | authentication | no |
 * | 404, 410, 3xx | not-found | no |
 * | 2xx: an answer that is none | malformed-reply | no |
 * | 400, 422 and every other | refused-request | no |
 */
export const httpFailure = (problem: HttpProblem): BackendError => {
  const { backend, status, headers, nowMs, secrets = [] } = problem
  const said = cleanMessage(problem.message, secrets)
  const spent = /^(insufficient_quota|billing_[a-z_]+)$/.test(problem.code ?? "")
  const reason = reasonOf(status)
  const retryable = reason === "transport" || reason === "timeout" || (reason === "rate-limit" && !spent)
  return new BackendError({
    backend,
    reason,
    message: `${lead(status, spent)}${said === "" ? "" : `: ${said}`}`,
    retryable,
    retryAfterMs: retryable ? retryAfterMs(headers, nowMs) : null
  })
}

/**
 * How long the server asks to wait, in milliseconds from 0 to {@link longestRetryAfterMs}: `retry-after-ms`, else
 * `retry-after` in seconds or as an HTTP date (RFC 9110), else the latest `x-ratelimit-reset-*` or
 * `anthropic-ratelimit-*-reset` of what has nothing remaining. Null where it says nothing that makes sense.
 */
export const retryAfterMs = (headers: HttpHeaders, nowMs: number): number | null => {
  const waits = [
    parseNumber(header(headers, "retry-after-ms")),
    parseRetryAfter(header(headers, "retry-after"), nowMs),
    ...["requests", "tokens"].map((what) =>
      header(headers, `x-ratelimit-remaining-${what}`)?.trim() === "0"
        ? parseDuration(header(headers, `x-ratelimit-reset-${what}`))
        : null
    ),
    ...["requests", "tokens", "input-tokens", "output-tokens"].map((what) =>
      header(headers, `anthropic-ratelimit-${what}-remaining`)?.trim() === "0"
        ? parseInstant(header(headers, `anthropic-ratelimit-${what}-reset`), nowMs)
        : null
    )
  ]
  const own = waits[0] ?? waits[1]
  if (typeof own === "number") return bounded(own)
  const resets = waits.slice(2).filter((wait) => wait !== null)
  return resets.length === 0 ? null : bounded(Math.max(...resets))
}

const reasonOf = (status: number | null): BackendReason => {
  if (status === null || status === 409 || status === 425) return "transport"
  if (status === 408 || status === 504) return "timeout"
  if (status === 429) return "rate-limit"
  if (status === 401 || status === 403 || status === 407) return "authentication"
  if (status === 404 || status === 410 || (status >= 300 && status < 400)) return "not-found"
  if (status >= 500) return "transport"
  return status >= 200 && status < 300 ? "malformed-reply" : "refused-request"
}

const lead = (status: number | null, spent: boolean): string => {
  if (status === null) return "the connection failed"
  switch (reasonOf(status)) {
    case "authentication":
      return `the server refuses the key or what it may do (HTTP ${status})`
    case "not-found":
      return status < 400
        ? `the server redirects elsewhere (HTTP ${status}); set the base URL to the address that answers`
        : `the server knows no such model or address (HTTP ${status})`
    case "rate-limit":
      return spent ? `the account's quota is spent (HTTP ${status})` : `the server limits the rate (HTTP ${status})`
    case "timeout":
      return `the server gave up waiting (HTTP ${status})`
    case "transport":
      return status === 529 || status === 503
        ? `the server is overloaded (HTTP ${status})`
        : `the server failed (HTTP ${status})`
    case "malformed-reply":
      return "the server's reply makes no sense"
    default:
      return `the server refuses the request (HTTP ${status})`
  }
}

const header = (headers: HttpHeaders, name: string): string | null => {
  if (typeof headers.get === "function") return headers.get(name)
  const value = (headers as Readonly<Record<string, string | ReadonlyArray<string> | undefined>>)[name]
  return typeof value === "string" ? value : (value?.join(", ") ?? null)
}

const bounded = (ms: number): number => Math.min(Math.ceil(ms), longestRetryAfterMs)

/** Digits and at most one point; what is negative, in other notation or said twice is nothing. */
const parseNumber = (text: string | null): number | null =>
  text !== null && /^\s*\d{1,15}(\.\d{1,9})?\s*$/.test(text) ? Number(text) : null

const parseRetryAfter = (text: string | null, nowMs: number): number | null => {
  const seconds = parseNumber(text)
  if (seconds !== null) return seconds * 1000
  // `Date.parse` alone takes nearly anything for a date.
  const isDate = text !== null && /^\s*[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT\s*$/.test(text)
  return isDate ? until(Date.parse(text), nowMs) : null
}

const parseInstant = (text: string | null, nowMs: number): number | null =>
  text !== null && /^\s*\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})\s*$/.test(text)
    ? until(Date.parse(text.trim()), nowMs)
    : null

const until = (instant: number, nowMs: number): number | null =>
  Number.isNaN(instant) ? null : Math.max(0, instant - nowMs)

/** Durations such as `6m0s`, `1.5s` and `20ms`. */
const parseDuration = (text: string | null): number | null => {
  const match = /^\s*(?:(\d{1,6})h)?(?:(\d{1,6})m(?!s))?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,12})ms)?\s*$/.exec(
    text ?? ""
  )
  if (match === null || match.slice(1).every((part) => part === undefined)) return null
  const [hours, minutes, seconds, ms] = match.slice(1).map((part) => Number(part ?? 0))
  return ((hours! * 60 + minutes!) * 60 + seconds!) * 1000 + ms!
}
