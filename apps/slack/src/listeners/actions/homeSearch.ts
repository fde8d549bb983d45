import type { AllMiddlewareArgs, BlockAction, PlainTextInputAction, SlackActionMiddlewareArgs } from "@slack/bolt"
import { publishHome } from "../../Home.ts"
import { type Listening, placeOfAction } from "../Listening.ts"

/** The search of App Home: shows the models whose names hold what was typed. */
export const homeSearch =
  ({ handle }: Listening) =>
  async ({
    ack,
    action,
    body,
    respond
  }: SlackActionMiddlewareArgs<BlockAction<PlainTextInputAction>> & AllMiddlewareArgs): Promise<void> => {
    await ack()
    const place = placeOfAction(body, respond)
    await handle({ id: body.trigger_id, what: "home-search", place }, publishHome(place, action.value ?? ""))
  }
