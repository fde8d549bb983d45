import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from "@slack/bolt"
import { answerWords } from "../../Mentions.ts"
import type { Listening } from "../Listening.ts"

/** A message to the bot itself. Edits, joins and messages of bots are no questions. */
export const directMessage =
  ({ handle }: Listening) =>
  async ({ body, event }: SlackEventMiddlewareArgs<"message"> & AllMiddlewareArgs): Promise<void> => {
    if (event.channel_type !== "im" || event.subtype !== undefined || event.bot_id !== undefined) return
    const { channel, text, thread_ts: thread, user } = event
    if (user === undefined || text === undefined) return
    const place = { team: body.team_id, user, channel, thread: thread ?? null, respond: null }
    await handle({ id: body.event_id, what: "message", place }, answerWords(text, place))
  }
