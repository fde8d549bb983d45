import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from "@slack/bolt"
import * as Effect from "effect/Effect"
import { Installations } from "../../Installations.ts"
import type { Listening } from "../Listening.ts"

/** A workspace removed the bot: its token is forgotten. */
export const uninstalled =
  ({ handle }: Listening) =>
  async ({ body }: SlackEventMiddlewareArgs<"app_uninstalled"> & AllMiddlewareArgs): Promise<void> => {
    const place = { team: body.team_id, user: "", channel: null, thread: null, respond: null }
    await handle(
      { id: body.event_id, what: "uninstalled", place },
      Effect.flatMap(Installations, ({ forget }) => forget(body.team_id))
    )
  }
