/**
 * What every backend has to keep that runs its model itself, or replays one, and talks to no server: it opens what was
 * asked for, answers with valid replies, keeps the limits of a request, and fails by name. Backends that talk to a server
 * have a larger contract, `backendContract`.
 */
import { type Backend, type BackendError, type ChatReply, type Examinee, FinishReason, Usage } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { ContractClause } from "./InstrumentContract.ts"
import { chatRequest } from "./internal/ContractBench.ts"

export interface ExamineeContractOptions {
  /** Name of a model that it has. */
  readonly model: string
  /** A question that its model answers; an ordinary one by default. */
  readonly question?: string
  /** Name of a model that it cannot have; `no-such-model-of-anybody` by default. */
  readonly missing?: string
  /** Longest that a call may take, in milliseconds; 20,000 by default. */
  readonly timeoutMs?: number
}

/**
 * The contract, clause by clause: `for (const { name, check } of examineeContract(backend, { model })) it(name, check)`.
 */
export const examineeContract = (
  backend: Backend,
  {
    missing = "no-such-model-of-anybody",
    model,
    question = "What should I do on a free afternoon?",
    timeoutMs = 20_000
  }: ExamineeContractOptions
): ReadonlyArray<ContractClause> => {
  const subject = (name: string) => ({ backend: backend.id, model: name, revision: null })
  const opened = (use: (examinee: Examinee) => Effect.Effect<void, BackendError, Scope.Scope>) => () =>
    Effect.runPromise(
      Effect.scoped(Effect.flatMap(backend.open(subject(model)), use)).pipe(
        Effect.timeoutOrElse({
          duration: timeoutMs,
          orElse: () => Effect.die(new Error(`it took longer than ${timeoutMs} ms`))
        })
      )
    )

  return [
    {
      name: "it opens the model that was asked for, and says what it can do",
      check: opened((examinee) =>
        Effect.sync(() => {
          must(examinee.subject.backend === backend.id, `the subject it opened is of ${examinee.subject.backend}`)
          must(examinee.subject.model.includes(model), `it opened ${examinee.subject.model} for ${model}`)
          must(
            examinee.capabilities.hiddenStates === (examinee.activations !== undefined),
            "it says otherwise of hidden states than it does"
          )
        })
      )
    },
    {
      name: "a model that it does not have is refused by name, and never opened",
      check: async () => {
        const exit = await Effect.runPromiseExit(Effect.scoped(Effect.flip(backend.open(subject(missing)))))
        if (Exit.isFailure(exit)) throw new Error("it opened a model that does not exist, or died of it")
        must(exit.value.message.trim() !== "", "the failure does not say why")
        must(!exit.value.retryable, "the failure is called retryable")
      }
    },
    {
      name: "a question gets a valid reply",
      check: opened((examinee) =>
        Effect.map(examinee.chat(chatRequest(question)), (reply) =>
          must(replyProblem(reply) === null, replyProblem(reply) ?? "")
        )
      )
    },
    {
      name: "a conversation goes on, with a system prompt where it takes one",
      check: opened((examinee) =>
        Effect.map(
          examinee.chat({
            ...chatRequest(question),
            messages: [
              ...(examinee.capabilities.systemPrompt ? [{ role: "system" as const, content: "Be brief." }] : []),
              { role: "user", content: question },
              { role: "assistant", content: "Let me think." },
              { role: "user", content: question }
            ]
          }),
          (reply) => must(replyProblem(reply) === null, replyProblem(reply) ?? "")
        )
      )
    },
    {
      name: "an answer is no longer than was asked for, and says so where it was cut off",
      check: opened((examinee) =>
        Effect.map(examinee.chat(chatRequest(question, { maxTokens: 1 })), ({ finish, usage }) => {
          must((usage.outputTokens ?? 0) <= 1, `${usage.outputTokens} tokens were written, and 1 was allowed`)
          must(finish !== "stop" || (usage.outputTokens ?? 1) <= 1, "a cut-off answer calls itself whole")
        })
      )
    },
    {
      name: "where it takes a seed, the same seed gives the same answer, also beside other calls",
      check: opened((examinee) =>
        Effect.gen(function* () {
          if (!examinee.capabilities.seed) return
          const request = chatRequest(question, { seed: 7, temperature: 1 })
          const alone = yield* examinee.chat(request)
          const others = [1, 2, 3].map((seed) => chatRequest(`${question} (${seed})`, { seed, temperature: 1 }))
          const among = yield* Effect.forEach([...others, request], (one) => examinee.chat(one), { concurrency: 4 })
          must(among.at(-1)!.text === alone.text, "the same seed gave another answer beside other calls")
        })
      )
    },
    {
      name: "where it hands out hidden states, there is one of each conversation, and all are finite",
      check: opened((examinee) =>
        Effect.gen(function* () {
          if (examinee.activations === undefined) return
          const conversations = [question, "And why?"].map((content) => [{ role: "user" as const, content }])
          const states = yield* examinee.activations({ conversations, layers: "all", position: "last" })
          must(
            states.count === conversations.length,
            `${states.count} states for ${conversations.length} conversations`
          )
          must(states.layers.length > 0 && states.width > 0, "there are no layers")
        })
      )
    },
    {
      name: "a call that is interrupted ends",
      check: opened((examinee) =>
        Effect.asVoid(Effect.timeoutOption(examinee.chat(chatRequest(question, { maxTokens: 64 })), "1 millis"))
      )
    }
  ]
}

const isFinish = Schema.is(FinishReason)
const isUsage = Schema.is(Usage)

const replyProblem = (reply: ChatReply): string | null => {
  if (typeof reply.text !== "string") return "its text is not a string"
  if (reply.reasoning !== null && typeof reply.reasoning !== "string") return "its reasoning is neither a text nor null"
  if (!isFinish(reply.finish)) return `it finished with ${JSON.stringify(reply.finish)}`
  if (!isUsage(reply.usage)) return `its usage is ${JSON.stringify(reply.usage)}`
  if (reply.finish === "stop" && reply.text.trim() === "" && reply.reasoning === null)
    return "a whole answer without a word"
  return null
}

const must = (holds: boolean, says: string): void => {
  if (!holds) throw new Error(says)
}
