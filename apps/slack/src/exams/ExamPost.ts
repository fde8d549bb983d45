/** What an exam says in its channel: one progress message that is edited, and one answer that is posted once. */
import type { ChatPostMessageArguments } from "@slack/web-api"
import * as Effect from "effect/Effect"
import { examCard } from "../cards/ExamCard.ts"
import type { Message } from "../cards/Message.ts"
import type { Installations } from "../Installations.ts"
import { UsageError } from "../UsageError.ts"
import type { ExamProgress, ExamTicket } from "./ExamTicket.ts"
import { callOnce, type SlackCallError } from "./SlackCall.ts"

export interface ExamPost {
  /** Posts the progress message and gives where it stands. Fails with a sentence for whoever asked. */
  readonly begin: (ticket: ExamTicket) => Effect.Effect<Pick<ExamTicket, "channel" | "message">, UsageError>
  /** Edits the progress message. What fails is logged: the next edit says more anyway. */
  readonly edit: (ticket: ExamTicket, progress: ExamProgress | null) => Effect.Effect<void>
  /**
   * Posts the answer, unless it is there already. Where an earlier try may have arrived and the thread cannot be read
   * back, the progress message becomes the answer, since an edit is the same however often it is made.
   *
   * @param sending called before anything is handed to Slack
   */
  readonly answer: <E>(
    ticket: ExamTicket,
    card: Message,
    sending: Effect.Effect<void, E>
  ) => Effect.Effect<void, SlackCallError | E>
}

/** Names our messages among those of a thread. */
const eventType = "intake_exam"

const quiet = { unfurl_links: false, unfurl_media: false } as const

export const makeExamPost = (installations: Installations["Service"]): ExamPost => {
  const post = (ticket: ExamTicket, { blocks, text }: Message, place: ReturnType<typeof placeOf>, part: string) =>
    callOnce(installations, ticket.team, (client) =>
      client.chat.postMessage({
        ...place,
        ...quiet,
        text,
        blocks: [...blocks],
        metadata: { event_type: eventType, event_payload: { ticket: ticket.id, part } }
      } as ChatPostMessageArguments)
    )
  const update = (ticket: ExamTicket, { blocks, text }: Message) =>
    ticket.message === null
      ? Effect.void
      : callOnce(installations, ticket.team, (client) =>
          client.chat.update({ channel: ticket.channel, ts: ticket.message!, text, blocks: [...blocks] })
        )
  /** Whether the answer is in its thread; null where that cannot be found out. */
  const isThere = (ticket: ExamTicket): Effect.Effect<boolean | null> =>
    callOnce(installations, ticket.team, (client) =>
      client.conversations.replies({
        channel: ticket.channel,
        ts: threadOf(ticket)!,
        include_all_metadata: true,
        limit: 200,
        ...(ticket.message === null ? {} : { oldest: ticket.message })
      })
    ).pipe(
      Effect.map(({ messages = [] }) =>
        messages.some(({ metadata }) => {
          const { ticket: id, part } = (metadata?.event_payload ?? {}) as { ticket?: unknown; part?: unknown }
          return metadata?.event_type === eventType && id === ticket.id && part === "answer"
        })
      ),
      Effect.catch(() => Effect.succeed(null))
    )

  return {
    begin: (ticket) =>
      post(ticket, examCard({ ticket, progress: null }), placeOf(ticket), "progress").pipe(
        Effect.mapError((error) => new UsageError({ message: refusalOf(error) })),
        // What was asked for outside any conversation goes to the person, and Slack says which conversation that is.
        Effect.map(({ channel = ticket.channel, ts }) => ({ channel, message: String(ts) }))
      ),
    edit: (ticket, progress) =>
      Effect.uninterruptible(update(ticket, examCard({ ticket, progress }))).pipe(
        Effect.catch(({ message }) => Effect.logWarning(`The progress of exam ${ticket.id} was not shown: ${message}`))
      ),
    answer: Effect.fnUntraced(function* (ticket, card, sending) {
      const there = ticket.sending && threadOf(ticket) !== null ? yield* isThere(ticket) : false
      if (there === true) return
      if (there === null && ticket.message !== null) return yield* Effect.asVoid(update(ticket, card))
      yield* sending
      const place = { ...placeOf(ticket), ...(threadOf(ticket) === null ? {} : { thread_ts: threadOf(ticket)! }) }
      yield* post(
        ticket,
        card,
        { ...place, ...(ticket.thread === null ? { reply_broadcast: true } : {}) },
        "answer"
      ).pipe(
        // A channel that is closed to the bot by now: whoever asked is told in person.
        Effect.catchIf(
          ({ kind }) => kind === "refused",
          () => post(ticket, card, { channel: ticket.askedBy }, "answer")
        )
      )
    })
  }
}

const threadOf = ({ message, thread }: ExamTicket): string | null => thread ?? message

const placeOf = ({
  channel,
  thread
}: ExamTicket): { readonly channel: string; readonly thread_ts?: string; readonly reply_broadcast?: boolean } => ({
  channel,
  ...(thread === null ? {} : { thread_ts: thread })
})

const refusalOf = ({ kind, message }: SlackCallError): string => {
  if (kind === "refused" && /^(not_in_channel|channel_not_found|is_archived|restricted_action)/.test(message)) {
    return "I cannot write into this channel, so nobody would see the exam; add me with /invite @Intake and ask again"
  }
  return kind === "refused"
    ? `Slack does not let me begin the exam here (${message.slice(0, 100)})`
    : "Slack could not be reached, so the exam was not begun; ask again in a minute"
}
