/** Where an answer goes: to everybody where the question was asked, or to the person who asked and nobody else. */
import type { RespondFn } from "@slack/bolt"
import type { WebClient } from "@slack/web-api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Message } from "./cards/index.ts"
import { Installations } from "./Installations.ts"
import { UsageError } from "./UsageError.ts"

/** Where something was asked. */
export interface Place {
  readonly team: string
  readonly user: string
  /** Null where it was asked outside any conversation, such as App Home. */
  readonly channel: string | null
  /** The thread that answers go into; null for none. */
  readonly thread: string | null
  /** Answers by the address that came with the question, where one did: it works without being in the channel. */
  readonly respond: RespondFn | null
}

/** Slack refused a call, or did not answer. */
export class SlackError extends Schema.TaggedError<SlackError>()("SlackError", {
  /** Slack's own code, such as `not_in_channel`; null where it said nothing. */
  code: Schema.NullOr(Schema.String),
  message: Schema.String
}) {}

/** A call of the Web API. Errors carry Slack's code and never the call, which holds the token. */
export const call = <A>(method: string, run: () => Promise<A>): Effect.Effect<A, SlackError> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => {
      const { code, data } = cause as { readonly code?: unknown; readonly data?: { readonly error?: unknown } }
      const says = typeof data?.error === "string" ? data.error : null
      return new SlackError({
        code: says,
        message: `Slack ${says === null ? `did not answer ${method} (${typeof code === "string" ? code : "unknown fault"})` : `refused ${method}: ${says}`}`
      })
    }
  })

/** To everybody where it was asked; to the person where that is nowhere. */
export const openly = Effect.fn("Replies.openly")(function* (place: Place, message: Message) {
  const { channel, respond, thread } = place
  if (channel === null) return yield* directly(place, message)
  if (respond !== null && thread === null) return yield* byAddress(respond, "in_channel", message)
  const client = yield* clientOf(place)
  yield* post(client, channel, thread, message).pipe(
    Effect.catchIf(
      (error) => respond !== null && isOutside(error),
      () => byAddress(respond!, "in_channel", message)
    )
  )
})

/** To the person alone, where it was asked. */
export const privately = Effect.fn("Replies.privately")(function* (place: Place, message: Message) {
  const { channel, respond, thread, user } = place
  if (respond !== null) return yield* byAddress(respond, "ephemeral", message)
  if (channel === null || channel.startsWith("D")) return yield* directly(place, message)
  const client = yield* clientOf(place)
  yield* call("chat.postEphemeral", () =>
    client.chat.postEphemeral({ channel, user, ...threadOf(thread), ...contentOf(message) })
  ).pipe(Effect.catchIf(isOutside, () => directly(place, message)))
})

/** A message to the person, and the conversation it stands in. */
export const directly = Effect.fn("Replies.directly")(function* (place: Place, message: Message) {
  const client = yield* clientOf(place)
  const inOwn = place.channel?.startsWith("D") === true
  return yield* post(client, inOwn ? place.channel! : place.user, inOwn ? place.thread : null, message)
})

export const post = Effect.fn("Replies.post")(function* (
  client: WebClient,
  channel: string,
  thread: string | null,
  message: Message
) {
  return yield* call("chat.postMessage", () =>
    client.chat.postMessage({
      channel,
      ...threadOf(thread),
      ...contentOf(message),
      unfurl_links: false,
      unfurl_media: false
    })
  )
})

export interface Upload {
  readonly filename: string
  readonly title: string
  readonly alt: string | null
  readonly file: Uint8Array
}

/** A file where it was asked for; where the bot may not write there, in a message to the person. */
export const upload = Effect.fn("Replies.upload")(function* (place: Place, { alt, file, filename, title }: Upload) {
  const client = yield* clientOf(place)
  const share = (channel: string, thread: string | null) =>
    call("files.completeUploadExternal", () =>
      client.files.uploadV2({
        channel_id: channel,
        ...threadOf(thread),
        filename,
        title,
        file: Buffer.from(file),
        ...(alt === null ? {} : { alt_text: alt })
      } as Parameters<WebClient["files"]["uploadV2"]>[0])
    )
  const toPerson = Effect.gen(function* () {
    const note = { text: title, blocks: [] }
    const { channel } = yield* post(client, place.user, null, note)
    yield* share(channel ?? place.user, null)
  })
  const { channel } = place
  if (channel === null) return yield* toPerson
  yield* share(channel, place.thread).pipe(Effect.catchIf(isOutside, () => toPerson))
})

/** Whether Slack says that the bot is not in the conversation. */
export const isOutside = (error: unknown): boolean =>
  error instanceof SlackError && error.code !== null && outside.has(error.code)

const outside: ReadonlySet<string> = new Set([
  "not_in_channel",
  "channel_not_found",
  "user_not_in_channel",
  "is_archived",
  "restricted_action",
  "message_not_found"
])

/** What a person is to do so that the bot may write to a channel. */
export const inviteAdvice = new UsageError({
  message: "I may not write to that channel; invite me there first with /invite and my name, then ask again"
})

const clientOf = ({ team }: Place) => Effect.flatMap(Installations, (installations) => installations.clientFor(team))

const threadOf = (thread: string | null): { thread_ts?: string } => (thread === null ? {} : { thread_ts: thread })

const contentOf = ({ blocks, text }: Message) => ({ text, ...(blocks.length === 0 ? {} : { blocks: [...blocks] }) })

/** Slack answers within a second; after this time it will not. */
const patience = "20 seconds"

/** At most five times in half an hour for one question; each listener answers once or twice. */
const byAddress = (respond: RespondFn, type: "in_channel" | "ephemeral", message: Message) =>
  call("a reply to its address", () =>
    respond({ response_type: type, replace_original: false, ...contentOf(message), unfurl_links: false })
  ).pipe(
    Effect.timeout(patience),
    Effect.catchTag("TimeoutError", () => refused("it was not answered")),
    Effect.flatMap(({ ok, status }) => (ok ? Effect.void : refused(`HTTP ${status}`)))
  )

const refused = (why: string) =>
  Effect.fail(new SlackError({ code: null, message: `Slack did not take a reply to its address: ${why}` }))
