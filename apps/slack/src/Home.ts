/** App Home: the fleet for one person, and a verdict without leaving it. */
import * as Effect from "effect/Effect"
import { Access } from "./Access.ts"
import { Answers } from "./Answers.ts"
import { homeView, plain } from "./cards/index.ts"
import { Installations } from "./Installations.ts"
import { call, type Place } from "./Replies.ts"

/** @param query what names have to hold; empty for all */
export const publishHome = Effect.fn("Home.publish")(function* (place: Place, query: string) {
  const { fleet } = yield* Answers
  const { may } = yield* Access
  const { clientFor } = yield* Installations
  const client = yield* clientFor(place.team)
  const view = homeView({ fleet: yield* fleet(query.slice(0, 200)), query, mayExamine: yield* may(place, "examine") })
  yield* call("views.publish", () => client.views.publish({ user_id: place.user, view }))
})

/** The card of a verdict in a dialog. Its buttons answer in a message. */
export const showVerdict = Effect.fn("Home.showVerdict")(function* (model: string, place: Place, trigger: string) {
  const { answer } = yield* Answers
  const { may } = yield* Access
  const { clientFor } = yield* Installations
  const client = yield* clientFor(place.team)
  const mayExamine = yield* may(place, "examine")
  const { message } = yield* answer({ asks: "verdict", model, context: null, mayExamine })
  yield* call("views.open", () =>
    client.views.open({
      trigger_id: trigger,
      view: { type: "modal", title: plain("Verdict", 24), close: plain("Close", 24), blocks: [...message.blocks] }
    })
  )
})
