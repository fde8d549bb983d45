/** Clauses of the contract of backends on what they make of good replies. */
import * as Effect from "effect/Effect"
import type { ContractClause } from "../InstrumentContract.ts"
import { tokensOf } from "../ModelWire.ts"
import { atServer, type BackendContractOptions, chatRequest, equal, must, saying } from "./ContractBench.ts"

const texts: Readonly<Record<string, string>> = {
  plain: "An answer.",
  "blanks and lines": "  two blanks\n\n\tand a tab \n",
  "beyond ASCII": "naïve – 你好 🜁🧑‍🚀 \u202eright to left",
  "quotes and brackets": '{"json": "\\" \\\\n </script>"} <b>&amp;</b>',
  long: "many words ".repeat(20_000)
}

export const replyClauses = (options: BackendContractOptions): ReadonlyArray<ContractClause> => [
  ...Object.entries(texts).map(([kind, text]) => ({
    name: `the answer arrives as it was given: ${kind}`,
    check: () =>
      atServer(options, saying({ text }), ({ examinee }) =>
        Effect.gen(function* () {
          const reply = yield* examinee.chat(chatRequest("question"))
          equal(reply.text, text, "the text")
          equal(reply.finish, "stop", "the finish")
          equal(reply.reasoning, null, "reasoning")
        })
      )
  })),
  {
    name: "reasoning is kept apart from the answer",
    check: () =>
      options.supports?.reasoning === false
        ? Promise.resolve()
        : atServer(options, saying({ text: "Yes.", reasoning: "Hm, no." }), ({ examinee }) =>
            Effect.gen(function* () {
              const reply = yield* examinee.chat(chatRequest("question"))
              equal([reply.text, reply.reasoning?.trim()], ["Yes.", "Hm, no."], "answer and reasoning")
            })
          )
  },
  {
    name: "an answer that ends early is told from one that is complete",
    check: () =>
      atServer(options, saying({ text: "I would", finish: "length" }), ({ examinee }) =>
        Effect.gen(function* () {
          equal((yield* examinee.chat(chatRequest("question"))).finish, "length", "the finish")
        })
      )
  },
  {
    name: "usage and what the server says it ran are told",
    check: () =>
      atServer(options, saying({ text: "one two three", model: "snapshot-1" }), ({ examinee }) =>
        Effect.gen(function* () {
          const reply = yield* examinee.chat(chatRequest("a question of five words"))
          equal(reply.usage, { inputTokens: 5, outputTokens: 3 }, "usage")
          must(reply.fingerprint?.includes("snapshot-1") === true, `the fingerprint is ${reply.fingerprint}`)
        })
      )
  },
  {
    name: "log-probabilities are those of the answer, where they are declared",
    check: () =>
      atServer(options, saying({ text: "one two three", logprob: -0.25 }), ({ examinee }) =>
        Effect.gen(function* () {
          if (!examinee.capabilities.logprobs) return
          const { logprobs = [] } = yield* examinee.chat({ ...chatRequest("question"), logprobs: 2 })
          equal(
            logprobs.map(({ token }) => token),
            tokensOf("one two three"),
            "tokens"
          )
          must(
            logprobs.every(({ logprob, top }) => logprob === -0.25 && top.length === 2),
            "a log-probability or the likeliest tokens beside it are wrong"
          )
        })
      )
  }
]
