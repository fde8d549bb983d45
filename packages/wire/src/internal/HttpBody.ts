/** What is in the body of a reply that is none, and why a connection ended. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"

/** The value of JSON text, or undefined. */
export const parseJson = (text: string): unknown => Result.getOrUndefined(Result.try(() => JSON.parse(text) as unknown))

/** Whether JSON text ends before its outermost object does. */
export const isCutOff = (text: string): boolean => {
  if (!/^\s*[{[]/.test(text)) return false
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (inString) {
      if (character === "\\") index++
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === "{" || character === "[") depth++
    else if (character === "}" || character === "]") depth--
  }
  return inString || depth > 0
}

/** Whether a reply with a good status tells of an error all the same, as gateways do. */
export const isErrorBody = (body: Record<PropertyKey, unknown>): boolean =>
  body.object === "error" ||
  body.type === "error" ||
  (body.error !== undefined && body.error !== null && body.error !== "" && body.error !== false)

/**
 * What the body of a failed reply says, in the ways of OpenAI, Anthropic, Hugging Face, FastAPI and gateways. A body
 * that names a status of its own or a known kind of error is believed where the reply's own status is good.
 */
export const classifyErrorBody = (
  text: string,
  status: number
): { readonly status: number; readonly message: string; readonly code: string | null } => {
  const body = parseJson(text)
  if (!Predicate.isObject(body)) return { status, message: textOf(text), code: null }
  const inner = Predicate.isObject(body.error) ? body.error : body
  const words = [inner.code, inner.type, inner.status].filter((word) => typeof word === "string")
  const stated = [inner.code, inner.status, inner.status_code, body.code, body.status_code]
    .map((value) => (typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value))
    .find((value): value is number => Number.isInteger(value) && (value as number) >= 400 && (value as number) < 600)
  const message = [inner.message, body.error, body.message, body.detail, inner].find(
    (value) => value !== undefined && value !== null && value !== ""
  )
  return {
    status: status < 300 ? (stated ?? statusOfWords(words) ?? status) : status,
    message: typeof message === "string" ? message : JSON.stringify(message).slice(0, 2000),
    code: words[0] ?? null
  }
}

/** What kept a request from a reply, in words; null where the cause is not the connection. */
export const connectionProblem = (cause: unknown): string | null => {
  if (!(cause instanceof Error) || cause.name === "AbortError") return null
  const inner = cause.cause as { readonly code?: unknown; readonly message?: unknown } | undefined
  const code = typeof inner?.code === "string" ? inner.code : ""
  if (!/^(fetch failed|terminated)$/.test(cause.message) && code === "") return null
  // Such a request is never sent, however often it is tried.
  if (inner?.message === "bad port" || inner?.message === "unknown scheme") return null
  const known = connectionWords[code]
  if (known !== undefined) return known
  return `${typeof inner?.message === "string" && inner.message !== "" ? inner.message : cause.message}${code === "" ? "" : ` (${code})`}`
}

const connectionWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens at the server's address; check the base URL and that the server runs",
  ENOTFOUND: "there is no host of the server's name; check the base URL",
  EAI_AGAIN: "the server's name cannot be looked up; check the network",
  ECONNRESET: "the server closed the connection before its reply was whole",
  UND_ERR_SOCKET: "the server closed the connection before its reply was whole",
  UND_ERR_CONNECT_TIMEOUT: "the server does not take the connection"
}

const statusOfWords = (words: ReadonlyArray<string>): number | null => {
  for (const word of words) {
    const known = knownErrors.find(([pattern]) => pattern.test(word))
    if (known !== undefined) return known[1]
  }
  return null
}

const knownErrors: ReadonlyArray<readonly [RegExp, number]> = [
  [/rate_?limit|too_many_requests|insufficient_quota|throttl/i, 429],
  [/overloaded|unavailable/i, 529],
  [/authentication|invalid_api_key|unauthori[sz]ed|permission/i, 401],
  [/not_?found/i, 404],
  [/timeout/i, 504],
  [/invalid_request|bad_?request|unsupported/i, 400],
  [/server_error|api_error|internal/i, 500]
]

const textOf = (text: string): string => {
  if (!/^\s*</.test(text)) return text
  const title = /<title>([^<]{1,200})<\/title>/i.exec(text)?.[1]
  return title === undefined ? "a page of HTML" : `a page of HTML titled "${title.trim()}"`
}
