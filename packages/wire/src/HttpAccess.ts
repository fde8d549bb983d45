/**
 * The way by which a backend's client reaches its server. It reads every reply whole and checks it before the client
 * sees it, so that all backends mean the same by a failed call, whatever their client makes of one.
 */
import { isUtf8 } from "node:buffer"
import { BackendError, cleanMessage, holdsSecret } from "@model-intake/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import { type HttpHeaders, httpFailure } from "./HttpFailure.ts"
import { classifyErrorBody, connectionProblem, isCutOff, isErrorBody, parseJson } from "./internal/HttpBody.ts"
import { type Exchange, exchange } from "./internal/HttpTransport.ts"

export interface HttpAccessOptions {
  readonly backend: string
  /** Keys and tokens: they never stand in an error, and a reply that holds one is refused. */
  readonly secrets: ReadonlyArray<string>
  /** The longest time of a call, its body included, in milliseconds. */
  readonly timeoutMs: number
  /** The longest body of a reply, in bytes; 16 MiB unless given. */
  readonly longestBody?: number | undefined
  /** What to do about an error, as a clause that follows it after a semicolon, or null. */
  readonly advise?: ((failed: FailedReply) => string | null) | undefined
}

/** What a server answered instead of a reply. */
export interface FailedReply {
  readonly status: number | null
  readonly headers: HttpHeaders
  readonly message: string
  readonly code: string | null
}

export interface HttpAccess {
  /** For the client, in the place of the global one. It follows no redirect and rejects on whatever is not a JSON reply. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Runs a call of the client. Interrupting it closes the connection. */
  readonly call: <A>(run: (signal: AbortSignal) => Promise<A>) => Effect.Effect<A, BackendError>
  /** The error of a reply that arrived whole and makes no sense; the same call is not made again. */
  readonly malformed: (says: string) => BackendError
}

/**
 * An access for one subject.
 *
 * Faults of transport, which may pass: no connection, a connection that ends early, a body that is cut off, a time-out,
 * 5xx. Malformed replies, which are not asked for again: a reply that is whole but is no JSON, another content type,
 * invalid UTF-8, too long, or one that holds the key. An error in the body of a 200 counts as the status that it names.
 */
export const makeHttpAccess = (options: HttpAccessOptions): HttpAccess => {
  const { backend, secrets, timeoutMs, longestBody = 16 * 1024 * 1024, advise = () => null } = options

  const toError = (cause: unknown): Effect.Effect<never, BackendError> =>
    Effect.flatMap(Clock.currentTimeMillis, (nowMs) => {
      const failed = findFailure(cause)
      if (failed === null) {
        const message = `the client failed: ${cleanMessage(describe(cause), secrets)}`
        return Effect.fail(
          new BackendError({ backend, reason: "fault", message, retryable: false, retryAfterMs: null })
        )
      }
      const error = httpFailure({ backend, ...failed.reply, nowMs, secrets })
      const advice = advise(failed.reply)
      if (advice === null) return Effect.fail(error)
      return Effect.fail(new BackendError({ ...error, message: `${error.message}; ${advice}` }))
    })

  return {
    fetch: async (input, init) => {
      const reply = await exchange(input, init, (status) =>
        isSuccess(status) ? longestBody : Math.min(longestBody, longestErrorBody)
      ).catch((cause: unknown) => {
        throw connectionFailure(cause)
      })
      const { bytes, headers, status } = reply
      const text = lenient.decode(bytes)
      if (!isSuccess(status)) throw new HttpReplyFailure({ headers, ...classifyErrorBody(text, status) })
      return checkedReply(reply, text, secrets, longestBody)
    },
    call: (run) =>
      Effect.tryPromise({ try: run, catch: (cause) => cause }).pipe(
        Effect.catch(toError),
        Effect.timeoutOrElse({
          duration: timeoutMs,
          orElse: () =>
            Effect.fail(
              new BackendError({
                backend,
                reason: "timeout",
                message: `no whole reply within ${timeoutMs / 1000} s`,
                retryable: true,
                retryAfterMs: null
              })
            )
        })
      ),
    malformed: (says) =>
      new BackendError({
        backend,
        reason: "malformed-reply",
        message: cleanMessage(says, secrets),
        retryable: false,
        retryAfterMs: null
      })
  }
}

/** Travels through the client, which may wrap it. */
class HttpReplyFailure extends Error {
  readonly reply: FailedReply
  constructor(reply: FailedReply) {
    super("the call failed")
    this.reply = reply
  }
}

const findFailure = (cause: unknown): HttpReplyFailure | null => {
  let current = cause
  for (let depth = 0; depth < 8 && Predicate.isObject(current); depth++) {
    if (current instanceof HttpReplyFailure) return current
    current = (current as { readonly cause?: unknown }).cause
  }
  return null
}

/** The message of what is at the bottom, which says most. */
const describe = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error && cause.cause !== cause ? describe(cause.cause) : cause.message
}

/** A failure of the connection as a failed reply; a request that cannot even be sent stays what it is. */
const connectionFailure = (cause: unknown): unknown => {
  const message = connectionProblem(cause)
  return message === null ? cause : new HttpReplyFailure({ status: null, headers: {}, message, code: null })
}

const malformedReply = (status: number, headers: HttpHeaders, message: string): HttpReplyFailure =>
  new HttpReplyFailure({ status, headers, message, code: null })

/** What is read of the body of an error, in bytes. */
const longestErrorBody = 65_536

const isSuccess = (status: number): boolean => status >= 200 && status < 300

const lenient = new TextDecoder("utf-8")

/** The reply as the client is to see it, or what is wrong with it. */
const checkedReply = (
  { bytes, headers, isWhole, status }: Exchange,
  text: string,
  secrets: ReadonlyArray<string>,
  longest: number
): Response => {
  const refuse = (says: string) => malformedReply(status, headers, says)
  if (!isWhole) throw refuse(`it is longer than ${Math.floor(longest / 1_048_576)} MiB`)
  if (!isUtf8(bytes)) throw refuse("it is not UTF-8")
  if (text.trim() === "") throw refuse("it is empty")
  const types = (headers["content-type"] ?? ["none"])
    .flatMap((value) => value.split(","))
    .map((type) => type.split(";")[0]!.trim())
  if (!types.every((type) => /^(application|text)\/([\w.-]+\+)?json$/i.test(type))) {
    throw refuse(`its content type is ${types[0]}, not application/json; check the base URL`)
  }
  const parsed = parseJson(text)
  if (parsed === undefined) {
    if (isCutOff(text)) {
      throw new HttpReplyFailure({ status: null, headers: {}, message: "the reply is cut off", code: null })
    }
    throw refuse("it is not JSON")
  }
  if (!Predicate.isObject(parsed)) throw refuse("it is no JSON object")
  if (isErrorBody(parsed)) {
    throw new HttpReplyFailure({ headers, ...classifyErrorBody(text, status) })
  }
  // As it is written and as it is meant: escapes hide a key from the one, never from both.
  const meant = Result.getOrNull(Result.try(() => JSON.stringify(parsed)))
  if (meant === null) throw refuse("it is nested too deeply")
  // What a provider says of itself stands in headers of its own.
  const own = Object.entries(headers).flatMap(([name, values = []]) =>
    name.startsWith("x-") ? values.map((value): [string, string] => [name, value]) : []
  )
  const said = [text, meant, ...own.map(([, value]) => value)]
  if (said.some((part) => holdsSecret(part, secrets))) {
    throw refuse("it holds the key that was sent with the request")
  }
  return new Response(text, { status: 200, headers: [["content-type", "application/json"], ...own] })
}
