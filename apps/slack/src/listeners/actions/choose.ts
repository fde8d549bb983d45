import { ask } from "../../Asking.ts"
import { type Verb, verbs } from "../../Questions.ts"
import { type Listening, onButton } from "../Listening.ts"

/** One of several names that were offered: goes on with what had been asked. */
export const choose = (listening: Listening) =>
  onButton(listening, "choose", ({ asks, context, subject }, place, trigger) =>
    ask({ asks: isVerb(asks) ? asks : "verdict", model: subject, context, channel: null }, place, trigger)
  )

const isVerb = (text: string | null): text is Verb => verbs.some((verb) => verb === text)
