/** Fibers that wait, in the order in which they came, until somebody wakes them. */
import * as Effect from "effect/Effect"

export interface WaitingLine {
  readonly isEmpty: () => boolean
  /** Waits at the end of the line. `onWake` runs at once when it is woken; an interrupt leaves the line. */
  readonly wait: (onWake?: () => void) => Effect.Effect<void>
  readonly wakeFirst: () => void
  /** Wakes all who wait now. */
  readonly wakeAll: () => void
}

export const makeWaitingLine = (): WaitingLine => {
  const line = new Set<() => void>()
  const wake = (one: () => void): void => {
    line.delete(one)
    one()
  }
  return {
    isEmpty: () => line.size === 0,
    wait: (onWake) =>
      Effect.callback<void>((resume) => {
        const woken = () => {
          onWake?.()
          resume(Effect.void)
        }
        line.add(woken)
        return Effect.sync(() => void line.delete(woken))
      }),
    wakeFirst: () => {
      for (const first of line) return wake(first)
    },
    wakeAll: () => {
      for (const one of [...line]) wake(one)
    }
  }
}
