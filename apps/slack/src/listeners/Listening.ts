/** What the callbacks of Slack have in common: where a delivery came from, and how its work is run. */
import type {
  AllMiddlewareArgs,
  BlockAction,
  ButtonAction,
  RespondFn,
  SlackActionMiddlewareArgs,
  ViewSubmitAction
} from "@slack/bolt"
import * as Effect from "effect/Effect"
import type { Configuration } from "../Configuration.ts"
import { decodeTarget, type Target } from "../cards/index.ts"
import type { Handle, Services } from "../Handling.ts"
import type { Origin } from "../Origin.ts"
import type { Place } from "../Replies.ts"
import { UsageError } from "../UsageError.ts"

/** What each callback is made with. */
export interface Listening {
  readonly handle: Handle
  readonly settings: Configuration
}

export type ButtonPressed = SlackActionMiddlewareArgs<BlockAction<ButtonAction>> & AllMiddlewareArgs

/** Where a button, a menu or an input was used. Answers go into the thread of its message. */
export const placeOfAction = (body: BlockAction, respond: RespondFn | undefined): Place => {
  const { channel, container, message, team, user } = body
  const isEphemeral = (container as { readonly is_ephemeral?: boolean }).is_ephemeral === true
  const stands = message as { readonly thread_ts?: string; readonly ts?: string } | undefined
  return {
    team: team?.id ?? user.team_id ?? "",
    user: user.id,
    channel: channel?.id ?? null,
    thread: (isEphemeral ? stands?.thread_ts : (stands?.thread_ts ?? stands?.ts)) ?? null,
    respond: body.response_url === undefined ? null : (respond ?? null)
  }
}

/** Where a dialog was asked for. */
export const placeOfView = ({ team, user }: ViewSubmitAction, origin: Origin | null): Place => ({
  team: team?.id ?? user.team_id ?? "",
  user: user.id,
  channel: origin?.channel ?? null,
  thread: origin?.thread ?? null,
  respond: null
})

/** The callback of a button: acknowledges, reads what the button is about, and does the work. */
export const onButton =
  (
    { handle }: Listening,
    what: string,
    work: (target: Target, place: Place, trigger: string) => Effect.Effect<unknown, unknown, Services>
  ) =>
  async ({ ack, action, body, respond }: ButtonPressed): Promise<void> => {
    await ack()
    const target = decodeTarget(action.value)
    const place = placeOfAction(body, respond)
    await handle(
      { id: body.trigger_id, what, place },
      target === null
        ? Effect.fail(new UsageError({ message: "That button is of an older card; please ask again" }))
        : work(target, place, body.trigger_id)
    )
  }
