import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from "@slack/bolt"
import { ask } from "../../Asking.ts"
import { fields } from "../../cards/index.ts"
import { decodeOrigin } from "../../Origin.ts"
import { type Listening, placeOfView } from "../Listening.ts"
import { contextOf } from "./examAsked.ts"
import { choiceIn, textIn } from "./Values.ts"

/** The dialog of the shortcut was sent: the answer comes as a message. */
export const verdictAsked =
  ({ handle }: Listening) =>
  async ({ ack, body, view }: SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs): Promise<void> => {
    const model = textIn(view, fields.subject)
    if (model === null) return ack({ response_action: "errors", errors: { [fields.subject.block]: "Which model?" } })
    await ack()
    const place = placeOfView(body, decodeOrigin(view.private_metadata))
    const context = contextOf(choiceIn(view, fields.context))
    await handle(
      { id: view.id, what: "verdict", place },
      ask({ asks: "verdict", model, context, channel: null }, place, null)
    )
  }
