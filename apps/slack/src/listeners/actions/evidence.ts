import * as Effect from "effect/Effect"
import { Answers } from "../../Answers.ts"
import { chartKinds } from "../../cards/index.ts"
import { drawChart } from "../../Rendering.ts"
import { openly, upload } from "../../Replies.ts"
import { type Listening, onButton } from "../Listening.ts"

/** "Evidence": the readings in the thread, and the chart that is worth most as a picture. */
export const evidence = (listening: Listening) =>
  onButton(listening, "evidence", ({ subject, verdict }, place) =>
    Effect.gen(function* () {
      const answers = yield* Answers
      yield* openly(place, yield* answers.evidence(subject, verdict))
      const { document } = yield* answers.verdictOf(subject, verdict)
      const chart = yield* drawChart(document, chartKinds[0]!)
      if (chart === null) return
      // The card has said what there is to say: a picture that does not arrive is for the log.
      yield* upload(place, { filename: "chart.png", title: chart.title, alt: chart.alt, file: chart.png }).pipe(
        Effect.catchTag("SlackError", ({ message }) => Effect.logWarning("no chart", { fault: message }))
      )
    })
  )
