/** The rate limit of the model server. */

export interface RateLimit {
  /** Requests per second, as a token bucket that holds `burst` of them. */
  readonly perSecond?: number | undefined
  /** The most requests at once after a pause; those of one second unless given. */
  readonly burst?: number | undefined
  /** Requests under way at once. */
  readonly concurrent?: number | undefined
  /** Whether a refusal says when to come back; yes unless given. */
  readonly retryAfter?: boolean | undefined
}

/** `take` gives null where a request is let in, else the milliseconds until one would be. */
export const makeRateLimiter = (
  limit: RateLimit,
  now: () => number = () => performance.now()
): { readonly take: (concurrency: number) => number | null } => {
  const { perSecond = Infinity, concurrent = Infinity } = limit
  const burst = Math.max(1, limit.burst ?? perSecond)
  let tokens = burst
  let filledAt = now()
  return {
    take: (concurrency) => {
      if (concurrency > concurrent) return 1000
      if (perSecond === Infinity) return null
      const at = now()
      tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * perSecond)
      filledAt = at
      if (tokens < 1) return ((1 - tokens) / perSecond) * 1000
      tokens -= 1
      return null
    }
  }
}
