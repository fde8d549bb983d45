import { BackendError, definePlugin } from "@model-intake/core"
import * as Schema from "effect/Schema"

const failed = (reason: "rate-limit" | "transport" | "not-found", message: string, retryable: boolean) =>
  new BackendError({ backend: "house", reason, message, retryable, retryAfterMs: null })

export default definePlugin({
  kind: "backend",
  id: "house",
  version: "1.0.0",
  summary: "Asks the models of our own server",
  capabilities: ["system prompt", "seed"],
  config: Schema.Struct({
    url: Schema.String.annotate({ description: "address of the server, such as http://127.0.0.1:8123" })
  }),
  make: ({ url }) => ({
    id: "house",
    open: async (subject, { signal }) => {
      const found = await fetch(`${url}/models/${subject.model}`, { signal })
      if (!found.ok) throw failed("not-found", `${url} has no model ${subject.model}`, false)
      return {
        subject,
        capabilities: { systemPrompt: true, seed: true, logprobs: false, hiddenStates: false },
        chat: async ({ messages, decoding }, { signal }) => {
          const body = JSON.stringify({ messages, ...decoding })
          const reply = await fetch(`${url}/models/${subject.model}`, { method: "POST", body, signal })
          if (!reply.ok) throw failed(reply.status === 429 ? "rate-limit" : "transport", reply.statusText, true)
          const { text } = (await reply.json()) as { text: string }
          const usage = { inputTokens: null, outputTokens: null }
          return { text, reasoning: null, finish: "stop", usage, fingerprint: null }
        }
      }
    }
  })
})
