/** Clauses of the contract of backends on what they ask. */
import * as Effect from "effect/Effect"
import type { ContractClause } from "../InstrumentContract.ts"
import { atServer, type BackendContractOptions, chatRequest, equal, must } from "./ContractBench.ts"

export const requestClauses = (options: BackendContractOptions): ReadonlyArray<ContractClause> => {
  const { topP = true, stop = true, temperature = true } = options.supports ?? {}
  const isAnthropic = options.wire === "anthropic"
  return [
    {
      name: "opening makes no call",
      check: () => atServer(options, {}, ({ server }) => Effect.sync(() => equal(server.counts().requests, 0, "calls")))
    },
    {
      name: "the system prompt and the turns arrive in order, word for word",
      check: () =>
        atServer(options, {}, ({ server, examinee }) =>
          Effect.gen(function* () {
            const messages = [
              ...(examinee.capabilities.systemPrompt ? [{ role: "system", content: "Be brief.\n" } as const] : []),
              { role: "user", content: "  First: «ä» 🜁\n" },
              { role: "assistant", content: "an answer" },
              { role: "user", content: "Second?" }
            ] as const
            yield* examinee.chat({ ...chatRequest(""), messages })
            const arrived = server.requests[0]!.messages.map(({ role, content }) => ({
              role: role === "developer" ? "system" : role,
              content
            }))
            equal(arrived, messages, "the messages")
          })
        )
    },
    {
      name: "decoding parameters arrive",
      check: () =>
        atServer(options, {}, ({ server, examinee }) =>
          Effect.gen(function* () {
            yield* examinee.chat(
              chatRequest("question", {
                temperature: temperature ? 0 : null,
                topP: topP ? 0.5 : null,
                maxTokens: 77,
                seed: examinee.capabilities.seed ? 7 : null,
                stop: stop ? ["END"] : []
              })
            )
            const body = server.requests[0]!.body
            equal(body.max_tokens ?? body.max_completion_tokens, 77, "the limit of tokens")
            if (temperature) equal(body.temperature, 0, "temperature")
            if (topP) equal(body.top_p, 0.5, "top_p")
            if (stop) equal([isAnthropic ? body.stop_sequences : body.stop].flat(), ["END"], "stop")
            if (examinee.capabilities.seed) equal(body.seed, 7, "seed")
          })
        )
    },
    {
      name: "parameters that were not asked for are not sent",
      check: () =>
        atServer(options, {}, ({ server, examinee }) =>
          Effect.gen(function* () {
            yield* examinee.chat(chatRequest("question"))
            const body = server.requests[0]!.body
            const names = ["temperature", "top_p", "seed", "stop", "stop_sequences", "logprobs", "top_logprobs"]
            equal(
              names.filter((name) => body[name] !== undefined && body[name] !== null),
              [],
              "uncalled-for parameters"
            )
            must(body.stream !== true, "it streams")
          })
        )
    },
    {
      name: "a JSON Schema is sent where the model can be held to one",
      check: () =>
        atServer(options, {}, ({ server, examinee }) =>
          Effect.gen(function* () {
            const schema = { type: "object", properties: { yes: { type: "boolean" } }, required: ["yes"] }
            yield* examinee.chat({ ...chatRequest("question"), responseSchema: { name: "answer", schema } })
            const sent = JSON.stringify(server.requests[0]!.body)
            equal(sent.includes('"yes"'), examinee.capabilities.structuredOutput === true, "the schema in the request")
          })
        )
    }
  ]
}
