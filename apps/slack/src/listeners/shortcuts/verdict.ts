import type { AllMiddlewareArgs, GlobalShortcut, SlackShortcutMiddlewareArgs } from "@slack/bolt"
import { openVerdictDialog } from "../../Mentions.ts"
import type { Listening } from "../Listening.ts"

/** "Verdict on a model" from anywhere in Slack: a dialog asks which one. */
export const verdict =
  ({ handle }: Listening) =>
  async ({ ack, shortcut }: SlackShortcutMiddlewareArgs<GlobalShortcut> & AllMiddlewareArgs): Promise<void> => {
    await ack()
    const { team, trigger_id: trigger, user } = shortcut
    const place = { team: team?.id ?? user.team_id ?? "", user: user.id, channel: null, thread: null, respond: null }
    await handle({ id: trigger, what: "shortcut", place }, openVerdictDialog("", place, trigger))
  }
