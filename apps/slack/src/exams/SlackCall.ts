/** Single calls of Slack's Web API for the parts that have to know whether a call arrived. */
import { webApi } from "@slack/bolt"
import type { WebClient } from "@slack/web-api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Installations } from "../Installations.ts"

/**
 * - `refused`: Slack says no, by the code in `message`; nothing was done
 * - `limited`: a rate limit, nothing was done; again after `retryAfterMs`
 * - `unknown`: no answer came, so that it may have been done
 */
export class SlackCallError extends Schema.TaggedError<SlackCallError>()("SlackCallError", {
  kind: Schema.Literals(["refused", "limited", "unknown"]),
  message: Schema.String,
  retryAfterMs: Schema.Int
}) {}

/** Calls once: the SDK's own retries would send again what may have arrived. */
export const callOnce = Effect.fn("SlackCall.once")(function* <A>(
  installations: Installations["Service"],
  team: string,
  call: (client: WebClient) => Promise<A>
): Effect.fn.Return<A, SlackCallError> {
  const { token } = yield* Effect.mapError(installations.clientFor(team), ({ message }) => refused(message))
  const client = new webApi.WebClient(token, {
    ...installations.clientOptions,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true
  })
  return yield* Effect.tryPromise({ try: () => call(client), catch: errorOf })
})

const refused = (message: string) => new SlackCallError({ kind: "refused", message, retryAfterMs: 0 })

const errorOf = (cause: unknown): SlackCallError => {
  const { data, retryAfter } = cause as { readonly data?: { readonly error?: unknown }; readonly retryAfter?: unknown }
  if (typeof retryAfter === "number") {
    return new SlackCallError({ kind: "limited", message: "a rate limit", retryAfterMs: Math.ceil(retryAfter * 1000) })
  }
  if (typeof data?.error === "string") return refused(data.error)
  return new SlackCallError({ kind: "unknown", message: "Slack could not be reached", retryAfterMs: 0 })
}
