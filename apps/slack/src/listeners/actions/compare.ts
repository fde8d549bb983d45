import * as Effect from "effect/Effect"
import { Answers } from "../../Answers.ts"
import { openly } from "../../Replies.ts"
import { UsageError } from "../../UsageError.ts"
import { type Listening, onButton } from "../Listening.ts"

/** "Compare with parent": both verdicts side by side in the thread. */
export const compare = (listening: Listening) =>
  onButton(listening, "compare", ({ other, subject, verdict }, place) =>
    Effect.gen(function* () {
      if (other === null) return yield* new UsageError({ message: `No parent of ${subject} is known` })
      const { comparison } = yield* Answers
      yield* openly(place, yield* comparison(subject, verdict, other))
    })
  )
