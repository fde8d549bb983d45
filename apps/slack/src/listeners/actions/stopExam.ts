import * as Effect from "effect/Effect"
import { whoMay } from "../../Asking.ts"
import { ExamDesk } from "../../exams/ExamDesk.ts"
import { UsageError } from "../../UsageError.ts"
import { type Listening, onButton } from "../Listening.ts"

/** "Stop": ends an exam that waits or is under way; its own message then says so. */
export const stopExam = (listening: Listening) =>
  onButton(listening, "stop", ({ other: ticket }, place) =>
    whoMay(
      "examine",
      place,
      Effect.gen(function* () {
        if (ticket === null) return yield* new UsageError({ message: "That button does not say which exam it stops" })
        const desk = yield* ExamDesk
        yield* desk.stop(ticket, place.user)
      })
    )
  )
