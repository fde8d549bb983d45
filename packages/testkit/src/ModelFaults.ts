/** The ways in which the model server misbehaves, and what a backend has to make of each. */
import type { BackendReason } from "@model-intake/core"
import { deriveSeed, makeRandom } from "@model-intake/psychometrics"
import type { ModelCall } from "./ModelWire.ts"

/**
 * What a backend makes of a fault: an error of one of these reasons, the true answer all the same (or an error, where
 * clients differ), or nothing that could be taken for an answer: an error, an empty text, or a finish other than `stop`.
 */
export type FaultOutcome =
  | { readonly kind: "error"; readonly reasons: ReadonlyArray<BackendReason>; readonly retryable: boolean }
  | { readonly kind: "answer" }
  | { readonly kind: "answer-or-error" }
  | { readonly kind: "no-answer" }

const transport: FaultOutcome = { kind: "error", reasons: ["transport"], retryable: true }
const timeout: FaultOutcome = { kind: "error", reasons: ["timeout"], retryable: true }
const limited: FaultOutcome = { kind: "error", reasons: ["rate-limit"], retryable: true }
const malformed: FaultOutcome = { kind: "error", reasons: ["malformed-reply"], retryable: false }
const refused: FaultOutcome = { kind: "error", reasons: ["refused-request"], retryable: false }
const unauthorised: FaultOutcome = { kind: "error", reasons: ["authentication"], retryable: false }
const unknown: FaultOutcome = { kind: "error", reasons: ["not-found"], retryable: false }
const noAnswer: FaultOutcome = { kind: "no-answer" }
const answered: FaultOutcome = { kind: "answer" }

/** Every fault by name with what a backend has to make of it. */
export const modelFaults = {
  /** HTTP 400 with a plain reason. */
  "bad-request": refused,
  /** HTTP 400 whose message is long and full of control sequences. */
  "hostile-message": refused,
  /** HTTP 413. */
  "too-large": refused,
  /** HTTP 422 in the way of FastAPI. */
  unprocessable: refused,
  unauthorized: unauthorised,
  forbidden: unauthorised,
  /** HTTP 401 whose message holds the key in several forms. */
  "key-in-error": unauthorised,
  "not-found": unknown,
  /** HTTP 308 to another host. */
  redirect: unknown,
  "request-timeout": timeout,
  conflict: transport,
  "server-error": transport,
  /** HTTP 502 with a page of HTML. */
  "bad-gateway": transport,
  /** HTTP 503 with `Retry-After: 1`. */
  unavailable: transport,
  overloaded: transport,
  /** HTTP 429 without `Retry-After`. */
  "rate-limit": limited,
  "rate-limit-seconds": limited,
  "rate-limit-date": limited,
  "rate-limit-garbage": limited,
  "rate-limit-huge": limited,
  "rate-limit-negative": limited,
  /** HTTP 200 whose body says 429. */
  "rate-limit-in-200": limited,
  "server-error-in-200": transport,
  /** HTTP 200 whose body is an error of no known kind. */
  "error-in-200": malformed,
  /** The connection is closed before a reply. */
  reset: transport,
  /** The connection is closed in the middle of the body. */
  "reset-mid-body": transport,
  /** The body ends too early, and its stated length says that this is all. */
  "truncated-json": transport,
  /** What answers does not speak HTTP. */
  "not-http": transport,
  /** Two different lengths are stated. */
  "duplicate-headers": transport,
  /** No reply at all. */
  silent: timeout,
  /** A body of blanks that never ends. */
  "endless-body": timeout,
  /** The body is said to be compressed and is not. */
  "gzip-garbage": transport,
  "malformed-json": malformed,
  /** A hundred thousand brackets. */
  "deep-json": transport,
  "null-body": malformed,
  "array-body": malformed,
  "empty-body": malformed,
  "no-content": malformed,
  /** HTTP 200 with a page of HTML. */
  "html-page": malformed,
  /** The right body as `text/html`. */
  "wrong-content-type": malformed,
  /** A stream of events that nobody asked for. */
  "event-stream": malformed,
  "invalid-utf8": malformed,
  /** A body of 20 MiB. */
  "huge-body": malformed,
  /** The answer is the key that was sent. */
  "key-in-answer": malformed,
  "missing-choices": malformed,
  "empty-choices": noAnswer,
  "null-content": noAnswer,
  /** The text comes in two parts. */
  "content-parts": { kind: "answer-or-error" } as FaultOutcome,
  /** The text is a number. */
  "number-content": malformed,
  "wrong-role": malformed,
  "two-choices": noAnswer,
  "tool-call": noAnswer,
  "missing-finish": noAnswer,
  "unknown-finish": noAnswer,
  "content-filter": noAnswer,
  /** The model declines in a field of its own. */
  refusal: noAnswer,
  "empty-text": noAnswer,
  /** The answer arrives a few bytes at a time. */
  "slow-drip": answered,
  /** Every reply names another fingerprint. */
  "changing-fingerprint": answered,
  /** The reply names another model. */
  "other-model": answered,
  "missing-usage": answered,
  "negative-usage": answered,
  /** Log-probabilities are left out, are too few, or are no numbers; nothing where they were not asked for. */
  "logprobs-missing": answered,
  "logprobs-short": answered,
  "logprobs-nan": answered
} satisfies Readonly<Record<string, FaultOutcome>>

export type ModelFault = keyof typeof modelFaults

/** The names of all faults. */
export const modelFaultNames = Object.keys(modelFaults) as ReadonlyArray<ModelFault>

/** Which fault befalls a request, by its number from 0 in the order of arrival; null for none. */
export type FaultScript = (index: number, call: ModelCall) => ModelFault | null

/** The same fault every time. */
export const always =
  (fault: ModelFault): FaultScript =>
  () =>
    fault

/** The fault at every n-th request, the n-th first. */
export const every =
  (n: number, fault: ModelFault): FaultScript =>
  (index) =>
    (index + 1) % n === 0 ? fault : null

/** The fault at the first n requests. */
export const first =
  (n: number, fault: ModelFault): FaultScript =>
  (index) =>
    index < n ? fault : null

/**
 * A random fault at a share of the requests, the same for the same seed and number of the request.
 *
 * @param share from 0 to 1
 * @param among all unless given, but for those that hold a connection open until the client gives up
 */
export const mixed =
  (
    seed: string,
    share: number,
    among: ReadonlyArray<ModelFault> = modelFaultNames.filter((name) => name !== "silent" && name !== "endless-body")
  ): FaultScript =>
  (index) => {
    const random = makeRandom(deriveSeed(seed, `fault ${index}`))
    return random.uniform() < share ? among[random.int(among.length)]! : null
  }
