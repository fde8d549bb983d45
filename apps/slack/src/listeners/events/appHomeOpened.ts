import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from "@slack/bolt"
import { publishHome } from "../../Home.ts"
import type { Listening } from "../Listening.ts"

/** Shows the fleet when somebody opens App Home. */
export const appHomeOpened =
  ({ handle }: Listening) =>
  async ({ body, event }: SlackEventMiddlewareArgs<"app_home_opened"> & AllMiddlewareArgs): Promise<void> => {
    if (event.tab !== "home") return
    const place = { team: body.team_id, user: event.user, channel: null, thread: null, respond: null }
    await handle({ id: body.event_id, what: "home", place }, publishHome(place, ""))
  }
