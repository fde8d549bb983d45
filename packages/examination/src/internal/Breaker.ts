/** Decides that an account is not worth asking any more. */
import type { BackendError, BackendReason } from "@model-intake/core"

export interface Breaker {
  readonly succeeded: () => void
  /** A call failed for good. Gives the reason to stop, as a clause, or null. */
  readonly failed: (error: BackendError) => string | null
}

/** Failures from the start, of a kind that no waiting cures. */
const atStart = 5
const inARow = 20
const windowSize = 100
/** Share of the last hundred. */
const share = 0.5

const incurable: ReadonlySet<BackendReason> = new Set(["authentication", "not-found", "refused-request", "unsupported"])

/** @param remote whether calls leave the machine: a local replay may lack recordings without being broken */
export const makeBreaker = (remote: boolean): Breaker => {
  const window: Array<boolean> = []
  let [row, incurableAtStart, served, failures] = [0, 0, false, 0]
  const push = (failed: boolean): void => {
    window.push(failed)
    if (failed) failures++
    if (window.length > windowSize && window.shift() === true) failures--
  }
  return {
    succeeded: () => {
      row = 0
      served = true
      push(false)
    },
    failed: ({ message, reason }) => {
      if (!remote && reason === "not-found") return null
      row++
      push(true)
      if (!served && incurable.has(reason)) incurableAtStart++
      if (incurableAtStart >= atStart) return `the first ${incurableAtStart} calls failed: ${message}`
      if (row >= inARow) return `${row} calls in a row failed, the last because ${message}`
      return window.length >= windowSize && failures > share * windowSize
        ? `${failures} of the last ${windowSize} calls failed, the last because ${message}`
        : null
    }
  }
}
