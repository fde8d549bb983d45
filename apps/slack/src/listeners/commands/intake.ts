import type { AllMiddlewareArgs, SlackCommandMiddlewareArgs } from "@slack/bolt"
import { ask } from "../../Asking.ts"
import { parseCommand } from "../../Questions.ts"
import type { Listening } from "../Listening.ts"

/** `/intake VERB MODEL ...` */
export const intake =
  ({ handle }: Listening) =>
  async ({ ack, command, respond }: SlackCommandMiddlewareArgs & AllMiddlewareArgs): Promise<void> => {
    await ack()
    const { channel_id: channel, team_id: team, text, trigger_id: trigger, user_id: user } = command
    const place = { team, user, channel, thread: null, respond }
    await handle({ id: trigger, what: "command", place }, ask(parseCommand(text ?? ""), place, trigger))
  }
