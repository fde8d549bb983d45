/**
 * What every backend that talks to a server has to keep: answers arrive as they were given, requests as they were asked
 * for, and no fault of the server is ever taken for an answer. It is held against the model server.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { faultProblem } from "./FaultJudgement.ts"
import type { ContractClause } from "./InstrumentContract.ts"
import { callClauses } from "./internal/CallClauses.ts"
import { atServer, type BackendContractOptions, chatRequest, check, equal } from "./internal/ContractBench.ts"
import { replyClauses } from "./internal/ReplyClauses.ts"
import { requestClauses } from "./internal/RequestClauses.ts"
import { always, type ModelFault, modelFaultNames, modelFaults } from "./ModelFaults.ts"

export { type BackendContractOptions, chatRequest } from "./internal/ContractBench.ts"

/** The contract of a backend, clause by clause: `for (const { name, check } of backendContract(...)) it(name, check)`. */
export const backendContract = (options: BackendContractOptions): ReadonlyArray<ContractClause> => [
  ...requestClauses(options),
  ...replyClauses(options),
  ...callClauses(options),
  ...modelFaultNames
    .filter((fault) => options.skip?.[fault] === undefined)
    .map((fault) => ({ name: `fault ${fault}: ${wanted(fault)}`, check: () => checkFault(options, fault) }))
]

const checkFault = (options: BackendContractOptions, fault: ModelFault): Promise<void> => {
  const outcome = modelFaults[fault] as (typeof modelFaults)[ModelFault]
  const hangs = outcome.kind === "error" && (outcome.reasons as ReadonlyArray<string>).includes("timeout")
  const text = "The answer that was meant."
  return atServer(
    options,
    { answer: () => ({ text }), fault: always(fault) },
    ({ server, examinee, key }) =>
      Effect.gen(function* () {
        const asksLogprobs = fault.startsWith("logprobs-")
        if (asksLogprobs && !examinee.capabilities.logprobs) return
        const result = yield* Effect.result(
          examinee.chat({ ...chatRequest("question"), ...(asksLogprobs ? { logprobs: 1 } : {}) })
        )
        const expected = asksLogprobs
          ? ({ kind: "error", reasons: ["malformed-reply"], retryable: false } as const)
          : outcome
        check(faultProblem(expected, result, text, key))
        if (Result.isFailure(result) && fault === "rate-limit-seconds") {
          equal(result.failure.retryAfterMs, 1000, "retryAfterMs")
        }
        equal(server.counts().requests, 1, "calls")
      }),
    hangs ? 250 : undefined
  )
}

const wanted = (fault: ModelFault): string => {
  const outcome = modelFaults[fault]
  if (outcome.kind !== "error") return outcome.kind
  return `${outcome.reasons.join(" or ")}${outcome.retryable ? ", retryable" : ""}`
}
