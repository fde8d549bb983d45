/**
 * How many calls an account takes at once, and how fast: a window that opens and closes as TCP's does (slow start,
 * additive increase, one multiplicative cut per episode), and a pace between calls learnt from what got through. Plain
 * state with the time as an argument; whoever waits does so elsewhere.
 */

export interface RateLimiterOptions {
  /** Most calls under way at once. */
  readonly ceiling: number
  /** Calls under way at once to begin with. */
  readonly start: number
}

export interface RateLimiter {
  /** Calls allowed under way at once now. */
  readonly limit: () => number
  /** Episodes in a row in which nothing got through, and since when nothing did. */
  readonly barren: () => { readonly episodes: number; readonly since: number }
  /** Whether one more call may be under way. */
  readonly hasRoom: () => boolean
  /** Counts a call as under way. */
  readonly enter: () => void
  /** It is over, however it ended, or has yet to be sent again. */
  readonly leave: () => void
  /** Milliseconds until a call that is under way may be sent: 0 sends it, and takes its place in the pace. */
  readonly wait: (now: number) => number
  /** A call that was sent at `sentAt` was served. */
  readonly served: (now: number, sentAt: number) => void
  /**
   * A call that was sent at `sentAt` met the rate limit.
   * @param retryAfterMs what the server asks for, or null
   * @param jitter 0 to 1, for the pause where the server asks for none
   * @returns whether this began a new episode
   */
  readonly limited: (now: number, sentAt: number, retryAfterMs: number | null, jitter: number) => boolean
}

/** Share of the window and of the measured pace that a rate limit leaves. */
const cut = 0.5
const paceAfterCut = 0.9
/** Growth of the pace, per second. */
const growth = 0.1
/** How late a timer may wake a call without slowing the pace. */
const timerLateMs = 5
/** Pause after a rate limit without Retry-After: doubled with each episode in which nothing got through. */
const shortestPauseMs = 250
const longestPauseMs = 30_000
/** Calls that must have been served before their pace says anything. */
const enoughServed = 8

export const makeRateLimiter = ({ ceiling, start }: RateLimiterOptions): RateLimiter => {
  let [limit, threshold] = [Math.min(start, ceiling), ceiling]
  let underWay = 0
  let pausedUntil = 0
  let nextAt = 0
  /** Milliseconds between two calls; 0 until a rate limit was met. */
  let interval = 0
  let lastCut = Number.NEGATIVE_INFINITY
  let servedSinceFull = Number.POSITIVE_INFINITY
  let barren = 0
  let lastServed = 0
  let [periodStart, servedInPeriod] = [Number.NaN, 0]
  return {
    limit: () => Math.floor(limit),
    barren: () => ({ episodes: barren, since: lastServed }),
    hasRoom: () => underWay < Math.floor(limit),
    enter: () => {
      underWay++
      if (underWay >= Math.floor(limit)) servedSinceFull = 0
    },
    leave: () => {
      underWay--
    },
    wait: (now) => {
      if (Number.isNaN(periodStart)) periodStart = lastServed = now
      if (now < pausedUntil) return pausedUntil - now
      if (interval === 0) return 0
      if (now < nextAt) return nextAt - now
      // A pace that was not used is not saved up: no burst follows a pause.
      nextAt = Math.max(nextAt, now - timerLateMs) + interval
      return 0
    },
    served: (now, sentAt) => {
      servedInPeriod++
      lastServed = now
      // An answer to a call from before the cut says nothing of what the account takes now.
      if (sentAt < lastCut) return
      barren = 0
      // A window that is not full says nothing about a larger one.
      if (servedSinceFull++ <= limit) limit = Math.min(ceiling, limit + (limit < threshold ? 1 : 1 / limit))
      if (interval > 0) interval /= 1 + (growth * interval) / 1000
    },
    limited: (now, sentAt, retryAfterMs, jitter) => {
      if (retryAfterMs !== null) pausedUntil = Math.max(pausedUntil, now + retryAfterMs)
      if (sentAt < lastCut) return false
      const elapsed = now - periodStart
      if (servedInPeriod >= enoughServed && elapsed > 0)
        interval = Math.max(interval, elapsed / servedInPeriod) / paceAfterCut
      else if (barren > 0 && interval > 0) interval = Math.min(interval * 2, longestPauseMs)
      limit = Math.max(1, limit * cut)
      threshold = limit
      if (retryAfterMs === null) {
        const pause = Math.min(longestPauseMs, shortestPauseMs * 2 ** barren)
        pausedUntil = Math.max(pausedUntil, now + pause * (0.5 + jitter / 2))
      }
      barren++
      lastCut = now
      nextAt = 0
      periodStart = pausedUntil
      servedInPeriod = 0
      return true
    }
  }
}
