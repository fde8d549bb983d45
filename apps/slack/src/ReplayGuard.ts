/**
 * Slack signs each request with its time, and a signature counts for five minutes: whoever got hold of a request could
 * send it again within them. One that was taken is refused from then on.
 */
import type { RequestListener } from "node:http"

/** Longer than a signature counts, in milliseconds. */
const keptMs = 6 * 60_000

/** @param now milliseconds since 1970 */
export const refusingReplays = (listener: RequestListener, now: () => number): RequestListener => {
  const taken = new Map<string, number>()
  const forget = (before: number): void => {
    // In the order in which they were taken.
    for (const [signature, at] of taken) {
      if (at > before) return
      taken.delete(signature)
    }
  }
  return (incoming, outgoing) => {
    const signature = incoming.headers["x-slack-signature"]
    if (typeof signature !== "string") return listener(incoming, outgoing)
    forget(now() - keptMs)
    if (taken.has(signature)) {
      outgoing.writeHead(401).end()
      return
    }
    // Only a signature that was found good is kept, so that nobody can fill the memory with others.
    outgoing.once("finish", () => {
      if (outgoing.statusCode === 200) taken.set(signature, now())
    })
    listener(incoming, outgoing)
  }
}
