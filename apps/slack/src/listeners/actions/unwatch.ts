import { ask } from "../../Asking.ts"
import { type Listening, onButton } from "../Listening.ts"

/** "Stop watching", in the channel that is told. */
export const unwatch = (listening: Listening) =>
  onButton(listening, "unwatch", ({ subject }, place) =>
    ask({ asks: "unwatch", model: subject, context: null, channel: place.channel }, place, null)
  )
