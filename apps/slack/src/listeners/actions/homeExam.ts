import { openExam, whoMay } from "../../Asking.ts"
import { type ButtonPressed, type Listening, placeOfAction } from "../Listening.ts"

/** "Examine a model" in App Home: the dialog asks which one, and the answer comes as a message. */
export const homeExam =
  ({ handle }: Listening) =>
  async ({ ack, body, respond }: ButtonPressed): Promise<void> => {
    await ack()
    const place = placeOfAction(body, respond)
    await handle(
      { id: body.trigger_id, what: "home-exam", place },
      whoMay("examine", place, openExam({ model: "", context: null }, place, body.trigger_id))
    )
  }
