/** Plain words: mentions, direct messages, and messages that somebody points at. */
import * as Effect from "effect/Effect"
import { Answers } from "./Answers.ts"
import { ask } from "./Asking.ts"
import { verdictView } from "./cards/index.ts"
import { Installations } from "./Installations.ts"
import { encodeOrigin } from "./Origin.ts"
import { parseMention } from "./Questions.ts"
import { call, type Place } from "./Replies.ts"

/** Answers what was said to the bot. */
export const answerWords = Effect.fn("Mentions.answer")(function* (text: string, place: Place) {
  const { names } = yield* Answers
  yield* ask(parseMention(text, yield* names), place, null)
})

/** The verdict on the model that a message names, for everybody in its thread; where it names none, a dialog asks. */
export const answerMessage = Effect.fn("Mentions.answerMessage")(function* (
  text: string,
  place: Place,
  trigger: string
) {
  const { names } = yield* Answers
  const { context, model } = parseMention(text, yield* names)
  if (model === "") return yield* openVerdictDialog("", place, trigger)
  yield* ask({ asks: "verdict", model, context, channel: null }, place, trigger)
})

/** Which model, and for what use? */
export const openVerdictDialog = Effect.fn("Mentions.openDialog")(function* (
  model: string,
  { channel, team, thread }: Place,
  trigger: string
) {
  const { clientFor } = yield* Installations
  const client = yield* clientFor(team)
  const view = verdictView({
    subject: model === "" ? null : model,
    privateMetadata: encodeOrigin({ subject: null, channel, thread })
  })
  yield* call("views.open", () => client.views.open({ trigger_id: trigger, view }))
})
