/** What went wrong in a call through the AI SDK, as one clear error. */
import { BackendError, type BackendReason, cleanMessage } from "@model-intake/core"
import { httpFailure } from "@model-intake/wire"

type Sdk = typeof import("ai")

/** The reply is no answer, though the AI SDK takes it for one. */
export class NoAnswer extends Error {
  readonly reason: BackendReason

  constructor(message: string, reason: BackendReason = "malformed-reply") {
    super(message)
    this.reason = reason
  }
}

export interface FailureContext {
  readonly backend: string
  readonly secrets: ReadonlyArray<string>
  readonly nowMs: number
}

export const toBackendError = (cause: unknown, sdk: Sdk, { backend, secrets, nowMs }: FailureContext): BackendError => {
  const http = (status: number | null, message: string, headers: Readonly<Record<string, string>> = {}) =>
    httpFailure({ backend, status, headers, message, nowMs, secrets })
  const plain = (reason: BackendReason, text: string) =>
    new BackendError({
      backend,
      reason,
      message: cleanMessage(text, secrets),
      retryable: reason === "transport",
      retryAfterMs: null
    })
  if (cause instanceof NoAnswer) {
    return cause.reason === "malformed-reply" ? http(200, cause.message) : plain(cause.reason, cause.message)
  }
  if (sdk.APICallError.isInstance(cause)) {
    const { statusCode = null, responseHeaders = {}, message } = cause
    const isGood = statusCode !== null && statusCode >= 200 && statusCode < 300
    // A good status whose body broke off: what failed is the connection, not the reply.
    const brokeOff = isGood && cause.cause !== undefined && !sdk.AISDKError.isInstance(cause.cause)
    return http(
      brokeOff ? null : statusCode,
      brokeOff ? innermost(cause.cause) : isGood ? short(message) : message,
      responseHeaders
    )
  }
  if (sdk.LoadAPIKeyError.isInstance(cause)) return plain("authentication", text(cause))
  if (sdk.LoadSettingError.isInstance(cause)) return plain("refused-request", text(cause))
  if (sdk.NoSuchModelError.isInstance(cause) || sdk.NoSuchProviderError.isInstance(cause)) {
    return plain("not-found", text(cause))
  }
  if (sdk.UnsupportedFunctionalityError.isInstance(cause)) return plain("unsupported", text(cause))
  if (sdk.InvalidPromptError.isInstance(cause) || sdk.InvalidArgumentError.isInstance(cause)) {
    return plain("refused-request", text(cause))
  }
  if (sdk.AISDKError.isInstance(cause)) return http(200, short(text(cause)))
  if (cause instanceof Error && isConnection(cause)) return http(null, innermost(cause))
  return plain("fault", `the provider threw ${text(cause)}`)
}

const text = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Messages of a parser or validator go on with the whole of what they read. */
const short = (message: string): string => message.split(/:? (?:Text|Value|Error message): /)[0]!

const isConnection = (cause: Error): boolean =>
  /^(fetch failed|terminated)$/.test(cause.message) ||
  ("code" in cause && /^(E[A-Z]+|UND_ERR_\w+)$/.test(String(cause.code)))

const innermost = (cause: unknown): string =>
  cause instanceof Error && cause.cause instanceof Error ? innermost(cause.cause) : text(cause)
