/** What the governor makes of calls that fail, and of runs that are out of time. */
import { BackendError } from "@model-intake/core"
import { longestRetryAfterMs } from "@model-intake/wire"

/** A wait that is as long as one can be is no statement: the run probes for itself then. */
export const trustedWait = (retryAfterMs: number | null): number | null =>
  retryAfterMs !== null && retryAfterMs >= 0 && retryAfterMs < longestRetryAfterMs ? retryAfterMs : null

/** Whether tokens may have been written before the call failed. */
export const mayBeBilled = ({ reason }: BackendError): boolean =>
  reason === "timeout" || reason === "transport" || reason === "malformed-reply" || reason === "fault"

export const timedOut = (backend: string, milliseconds: number) =>
  new BackendError({
    backend,
    reason: "timeout",
    message: `no answer within ${milliseconds / 1000} s`,
    retryable: true,
    retryAfterMs: null
  })

/** The end of a call that a run which stops does not make any more. */
export const notMade = (backend: string, why: string) =>
  new BackendError({ backend, reason: "fault", message: why, retryable: false, retryAfterMs: null })

/** Milliseconds before a call that transport spoilt is sent again: exponential backoff with full jitter. */
export const backoffMs = (attempt: number, jitter: number): number =>
  Math.min(longestBackoffMs, shortestBackoffMs * 2 ** (attempt - 1)) * jitter

const shortestBackoffMs = 500
const longestBackoffMs = 20_000
