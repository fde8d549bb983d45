/** A backend written with Effect. The model's name says how it behaves. */
import { BackendError, definePlugin } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const log = []

const refuse = (reason, message, retryAfterMs = null) =>
  new BackendError({ backend: "third", reason, message, retryable: retryAfterMs !== null, retryAfterMs })

const reply = { reasoning: null, finish: "stop", usage: { inputTokens: 1, outputTokens: 1 }, fingerprint: null }

export default definePlugin({
  kind: "backend",
  id: "third",
  version: "1.0.0",
  summary: "Says what it was told",
  capabilities: [],
  deadlines: { open: 0.1 },
  config: Schema.Struct({ url: Schema.optionalKey(Schema.String) }),
  make: () =>
    Effect.succeed({
      id: "third",
      open: Effect.fnUntraced(function* (subject) {
        if (subject.model === "gone") return yield* refuse("not-found", "gone")
        if (subject.model === "die") throw new TypeError("no socket")
        if (subject.model === "never") return yield* Effect.never
        if (subject.model === "odd") return { subject }
        yield* Effect.acquireRelease(
          Effect.sync(() => log.push("opened")),
          () => Effect.sync(() => log.push("closed"))
        )
        return {
          subject,
          capabilities: { systemPrompt: true, seed: false, logprobs: false, hiddenStates: false },
          concurrency: 3,
          chat: ({ messages }) => {
            const said = messages.at(-1)?.content ?? ""
            if (said === "slow down") return Effect.fail(refuse("rate-limit", "slow down", 250))
            if (said === "die") return Effect.die(new Error("broken pipe"))
            if (said === "odd") return Effect.succeed({ ...reply, text: 3 })
            return Effect.succeed({ ...reply, text: said })
          }
        }
      })
    })
})
