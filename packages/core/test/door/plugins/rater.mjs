/** A rater written with Effect, and with whatever copies of Effect and core its folder has. Its mode says how it behaves. */
import { Backends, definePlugin, digest, RaterError, unrated } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const log = []

const modes = ["ok", "fail", "die", "number", "never", "child", "make-fail", "make-die", "make-never", "refuses-throws"]

const note = (word) => Effect.sync(() => log.push(word))
const untilInterrupted = (word) => Effect.onInterrupt(Effect.never, () => Effect.andThen(Effect.sleep(5), note(word)))

export default definePlugin({
  kind: "rater",
  id: "short-answer",
  version: "1.0.0",
  summary: "Calls short answers refusals",
  capabilities: ["flags.refusal"],
  deadlines: { rate: 0.1, make: 0.1 },
  config: Schema.Struct({
    words: Schema.optionalKey(Schema.Int.annotate({ description: "most words of a refusal" })),
    mode: Schema.optionalKey(Schema.Literals(modes)),
    judge: Schema.optionalKey(Schema.Boolean)
  }),
  make: Effect.fn("short-answer")(function* ({ words = 1, mode = "ok", judge: asks = false }) {
    yield* Effect.acquireRelease(note("acquired"), () => note("released"))
    if (mode === "make-fail") return yield* new RaterError({ rater: "short-answer", message: "no weights" })
    if (mode === "make-die") throw new TypeError("no such weights")
    if (mode === "make-never") yield* untilInterrupted("make interrupted")
    const judge = asks ? yield* (yield* Backends).open({ backend: "judges", model: "j", revision: null }) : null
    yield* Effect.logInfo("made")
    return {
      id: "short-answer",
      version: "1.0.0",
      digest: digest({ words }),
      fields: ["flags.refusal"],
      thresholds: {},
      accreditations: [],
      refuses: () => {
        if (mode === "refuses-throws") throw new Error("no family")
        return null
      },
      rate: Effect.fnUntraced(function* (tasks) {
        if (mode === "fail") return yield* new RaterError({ rater: "short-answer", message: "cannot" })
        if (mode === "die") throw new TypeError("bug")
        if (mode === "number") return 3
        if (mode === "never") yield* untilInterrupted("rate interrupted")
        if (mode === "child") yield* Effect.forkChild(untilInterrupted("child interrupted"), { startImmediately: true })
        return yield* Effect.forEach(tasks, ({ answer }) =>
          Effect.gen(function* () {
            const asked =
              judge === null
                ? null
                : yield* Effect.catchTag(judge.chat({ messages: [], decoding: {} }), "BackendError", ({ reason }) =>
                    Effect.succeed({ text: `judge failed: ${reason}` })
                  )
            const refusal = answer.split(" ").length <= words
            return {
              _tag: "rated",
              rating: { ...unrated, flags: { ...unrated.flags, refusal } },
              ...(asked === null ? {} : { notices: [asked.text] })
            }
          })
        )
      })
    }
  })
})
