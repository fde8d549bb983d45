import * as Effect from "effect/Effect"
import { Answers } from "../../Answers.ts"
import { renderReport } from "../../Rendering.ts"
import { upload } from "../../Replies.ts"
import { type Listening, onButton } from "../Listening.ts"

/** "Report": the whole report as one HTML file in the thread. */
export const report = (listening: Listening) =>
  onButton(listening, "report", ({ subject, verdict }, place) =>
    Effect.gen(function* () {
      const { document } = yield* (yield* Answers).verdictOf(subject, verdict)
      const file = yield* renderReport(document)
      const name = subject.replaceAll(/[^\w.-]+/g, "-").slice(0, 80)
      yield* upload(place, {
        filename: `verdict-${name}-${document.issuedAt.slice(0, 10)}.html`,
        title: `Report on ${name}`,
        alt: null,
        file
      })
    })
  )
