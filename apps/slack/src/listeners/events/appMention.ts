import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from "@slack/bolt"
import * as Effect from "effect/Effect"
import { answerWords } from "../../Mentions.ts"
import type { Listening } from "../Listening.ts"

/** "@Intake can we ship qwen-ft-7 to advisory?", answered in the thread. */
export const appMention =
  ({ handle }: Listening) =>
  async ({ body, event }: SlackEventMiddlewareArgs<"app_mention"> & AllMiddlewareArgs): Promise<void> => {
    const { bot_id: bot, channel, team, text, thread_ts: thread, ts, user } = event
    if (user === undefined || bot !== undefined) return
    const place = { team: body.team_id, user, channel, thread: thread ?? ts, respond: null }
    const outside = body.is_ext_shared_channel === true && team !== undefined && team !== body.team_id
    await handle(
      { id: body.event_id, what: "mention", place },
      outside ? Effect.logInfo("a mention from another organisation is not answered") : answerWords(text, place)
    )
  }
