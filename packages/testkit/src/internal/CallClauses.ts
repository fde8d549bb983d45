/** Clauses of the contract of backends on calls: many at once, interrupted, refused, among faults. */
import type { ChatReply } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import { faultProblem } from "../FaultJudgement.ts"
import type { ContractClause } from "../InstrumentContract.ts"
import { always, type ModelFault, mixed, modelFaultNames } from "../ModelFaults.ts"
import { modelServer } from "../ModelServer.ts"
import {
  atServer,
  type BackendContractOptions,
  chatRequest,
  check,
  defaultKey,
  equal,
  eventually,
  must
} from "./ContractBench.ts"

export const callClauses = (options: BackendContractOptions): ReadonlyArray<ContractClause> => [
  {
    name: "answers to calls under way at once are not mixed up",
    check: () =>
      atServer(
        options,
        {
          answer: ({ messages }) => ({ text: `re: ${messages.at(-1)!.content}` }),
          latencyMs: { from: 0, to: 20, seed: "mix" }
        },
        ({ examinee }) =>
          Effect.gen(function* () {
            const questions = Array.from({ length: 40 }, (_, index) => `question ${index}`)
            const replies = yield* Effect.forEach(questions, (text) => examinee.chat(chatRequest(text)), {
              concurrency: "unbounded"
            })
            equal(
              replies.map(({ text }) => text),
              questions.map((text) => `re: ${text}`),
              "the answers"
            )
          })
      )
  },
  {
    name: "interrupting a call closes its connection",
    check: () =>
      atServer(options, { fault: always("silent") }, ({ server, examinee }) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(examinee.chat(chatRequest("question")))
          yield* eventually("the call arrives", () => server.counts().requests === 1)
          yield* Fiber.interrupt(fiber)
          yield* eventually("the connection is closed", () => server.counts().abandoned === 1)
        })
      )
  },
  {
    name: "a server that is not there is a fault of transport",
    check: () =>
      Effect.runPromise(
        Effect.scoped(
          Effect.gen(function* () {
            const gone = yield* Effect.scoped(modelServer())
            const examinee = yield* options.open(gone.url, options.key ?? defaultKey, 5000)
            const error = yield* Effect.flip(examinee.chat(chatRequest("question")))
            equal([error.reason, error.retryable], ["transport", true], "the error")
          })
        )
      )
  },
  {
    name: "a wrong key is refused with a sentence that does not hold it",
    check: () =>
      atServer(options, { key: "another" }, ({ server, examinee, key }) =>
        Effect.gen(function* () {
          const result = yield* Effect.result(examinee.chat(chatRequest("question")))
          check(faultProblem({ kind: "error", reasons: ["authentication"], retryable: false }, result, "", key))
          equal(server.counts().requests, 1, "calls")
        })
      )
  },
  {
    name: "among mixed faults every answer is the right one",
    check: () =>
      atServer(
        options,
        {
          answer: ({ messages }) => ({ text: `re: ${messages.at(-1)!.content}` }),
          fault: mixed("contract", 0.3, fastFaults(options))
        },
        ({ examinee, key }) =>
          Effect.forEach(
            Array.from({ length: 150 }, (_, index) => `question ${index}`),
            (text) =>
              Effect.map(Effect.result(examinee.chat(chatRequest(text))), (result) => {
                if (Result.isSuccess(result) && isAnswer(result.success)) {
                  equal(result.success.text, `re: ${text}`, "the answer")
                }
                must(!JSON.stringify(result).includes(key), "the key is in a result")
              }),
            { concurrency: 10, discard: true }
          )
      )
  }
]

const fastFaults = ({ skip = {} }: BackendContractOptions): ReadonlyArray<ModelFault> =>
  modelFaultNames.filter(
    (name) => !["silent", "endless-body", "huge-body", "deep-json"].includes(name) && skip[name] === undefined
  )

/** Whether a reply would count as a complete answer. */
const isAnswer = (reply: ChatReply): boolean => reply.finish === "stop" && reply.text.trim() !== ""
