/** Faults of the model server that change what a reply says and leave it JSON. */
import type { ModelFault } from "./ModelFaults.ts"
import { keyOf, type ModelCall } from "./ModelWire.ts"

const said = (fault: ModelFault): string => `scripted fault: ${fault}`

type Reply = Record<string, unknown>
interface Choice {
  message: Record<string, unknown>
  logprobs: { content: Array<Record<string, unknown>> } | null
  finish_reason: unknown
}

/** A change for each format. */
const both =
  (
    openai: (choice: Choice, reply: Reply, call: ModelCall) => void,
    anthropic: (reply: Reply, call: ModelCall) => void
  ) =>
  (reply: Reply, call: ModelCall): void =>
    call.wire === "openai" ? openai((reply.choices as Array<Choice>)[0]!, reply, call) : anthropic(reply, call)

const become = (reply: Reply, other: Reply): void => {
  for (const name of Object.keys(reply)) delete reply[name]
  Object.assign(reply, other)
}

const setText = (text: unknown) =>
  both(
    ({ message }) => {
      message.content = text
    },
    (reply) => {
      reply.content = [{ type: "text", text }]
    }
  )

const inParts = (text: string) => [
  { type: "text", text: text.slice(0, 9) },
  { type: "text", text: text.slice(9) }
]

const setFinish = (openai: unknown, anthropic: unknown) =>
  both(
    (choice) => {
      choice.finish_reason = openai
    },
    (reply) => {
      reply.stop_reason = anthropic
    }
  )

const setUsage = (usage: unknown) => (reply: Reply) => {
  reply.usage = usage
}

/** How each fault changes a reply, in place. */
export const replyFaults: { readonly [Fault in ModelFault]?: (reply: Reply, call: ModelCall) => void } = {
  "rate-limit-in-200": (reply) =>
    become(reply, {
      type: "error",
      error: { type: "rate_limit_error", code: 429, message: said("rate-limit-in-200") }
    }),
  "server-error-in-200": (reply) =>
    become(reply, { error: { type: "server_error", message: said("server-error-in-200") } }),
  "error-in-200": (reply) => become(reply, { error: { message: said("error-in-200") } }),
  "key-in-answer": (reply, call) => setText(`Your key is ${keyOf(call)}.`)(reply, call),
  "missing-choices": both(
    (_choice, reply) => delete reply.choices,
    (reply) => delete reply.content
  ),
  "empty-choices": both(
    (_choice, reply) => {
      reply.choices = []
    },
    (reply) => {
      reply.content = []
    }
  ),
  "null-content": both(
    ({ message }) => {
      message.content = null
    },
    (reply) => {
      reply.content = null
    }
  ),
  "content-parts": both(
    ({ message }) => {
      message.content = inParts(String(message.content))
    },
    (reply) => {
      reply.content = inParts((reply.content as ReadonlyArray<{ readonly text: string }>).at(-1)!.text)
    }
  ),
  "number-content": setText(42),
  "wrong-role": both(
    ({ message }) => {
      message.role = "user"
    },
    (reply) => {
      reply.role = "user"
    }
  ),
  "two-choices": both(
    (choice, reply) => {
      reply.choices = [
        { ...choice, message: { role: "assistant", content: "one" } },
        { ...choice, index: 1, message: { role: "assistant", content: "two" } }
      ]
    },
    (reply) => {
      reply.content = [{ type: "image" }]
    }
  ),
  "tool-call": both(
    (choice) => {
      const call = { id: "call_1", type: "function", function: { name: "shell", arguments: "{}" } }
      choice.message = { role: "assistant", content: null, tool_calls: [call] }
      choice.finish_reason = "tool_calls"
    },
    (reply) => {
      reply.content = [{ type: "tool_use", id: "toolu_1", name: "shell", input: {} }]
      reply.stop_reason = "tool_use"
    }
  ),
  "missing-finish": setFinish(null, null),
  "unknown-finish": setFinish("because", "because"),
  "content-filter": setFinish("content_filter", "refusal"),
  refusal: both(
    ({ message }) => {
      message.content = null
      message.refusal = "I cannot help with that."
    },
    (reply) => {
      reply.content = []
      reply.stop_reason = "refusal"
    }
  ),
  "empty-text": setText(""),
  "changing-fingerprint": (reply, call) => {
    reply.system_fingerprint = `fp_${call.index}`
    if (call.wire === "anthropic") reply.model = `${call.model}-${call.index}`
  },
  "other-model": (reply) => {
    reply.model = "somebody-else-7b"
  },
  "missing-usage": (reply) => delete reply.usage,
  "negative-usage": setUsage({ prompt_tokens: -5, completion_tokens: -7, input_tokens: -5, output_tokens: -7 }),
  "logprobs-missing": both(
    (choice) => {
      choice.logprobs = null
    },
    () => undefined
  ),
  "logprobs-short": both(
    ({ logprobs }) => void logprobs?.content.pop(),
    () => undefined
  ),
  "logprobs-nan": both(
    ({ logprobs }) => {
      for (const entry of logprobs?.content ?? []) entry.logprob = "NaN"
    },
    () => undefined
  )
}
