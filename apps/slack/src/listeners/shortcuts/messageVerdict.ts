import type { AllMiddlewareArgs, MessageShortcut, SlackShortcutMiddlewareArgs } from "@slack/bolt"
import { answerMessage } from "../../Mentions.ts"
import type { Listening } from "../Listening.ts"

/** "Verdict on this" of a message: the model that it names, or a dialog that asks for one. */
export const messageVerdict =
  ({ handle }: Listening) =>
  async ({
    ack,
    respond,
    shortcut
  }: SlackShortcutMiddlewareArgs<MessageShortcut> & AllMiddlewareArgs): Promise<void> => {
    await ack()
    const { channel, message, team, trigger_id: trigger, user } = shortcut
    const thread = (message as { readonly thread_ts?: string }).thread_ts ?? message.ts
    const place = { team: team?.id ?? user.team_id ?? "", user: user.id, channel: channel.id, thread, respond }
    await handle({ id: trigger, what: "message-shortcut", place }, answerMessage(message.text ?? "", place, trigger))
  }
