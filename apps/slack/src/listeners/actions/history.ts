import { ask } from "../../Asking.ts"
import { type Listening, onButton } from "../Listening.ts"

/** "History": the case file of the model in the thread. */
export const history = (listening: Listening) =>
  onButton(listening, "history", ({ subject }, place) =>
    ask({ asks: "history", model: subject, context: null, channel: null }, place, null)
  )
