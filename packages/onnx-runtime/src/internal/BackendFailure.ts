/** What went wrong, as the backend's error. Apart from `OnnxProblem.ts`, so that workers need not load core. */
import { BackendError } from "@model-intake/core"
import { OnnxProblem } from "./OnnxProblem.ts"

/** Not retryable: a model on this machine fails the same way again. */
export const toBackendError = (cause: unknown, backend: string): BackendError =>
  new BackendError({
    backend,
    reason: cause instanceof OnnxProblem ? cause.reason : "fault",
    message: cause instanceof Error ? cause.message : String(cause),
    retryable: false,
    retryAfterMs: null
  })
