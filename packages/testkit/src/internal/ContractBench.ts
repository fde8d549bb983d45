/** What the clauses of the contract of backends share: a model server with a backend opened at it, and checks. */
import type { BackendError, ChatRequest, Decoding, Examinee } from "@model-intake/core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ModelFault } from "../ModelFaults.ts"
import { type ModelScript, type ModelServer, modelServer } from "../ModelServer.ts"
import type { ModelAnswer } from "../ModelWire.ts"

export interface BackendContractOptions {
  readonly name: string
  /** Whose API it speaks. */
  readonly wire: "openai" | "anthropic" | "huggingface"
  /**
   * Opens a subject at a model server. The URL has no path, such as `http://127.0.0.1:4000`; a call may take
   * `timeoutMs` at most.
   */
  readonly open: (url: string, key: string, timeoutMs: number) => Effect.Effect<Examinee, BackendError, Scope.Scope>
  /** What it has to send on; all unless given. */
  readonly supports?:
    | { readonly topP?: boolean; readonly stop?: boolean; readonly temperature?: boolean; readonly reasoning?: boolean }
    | undefined
  /** Faults that its client can make nothing of, each with the reason why it is left out. */
  readonly skip?: { readonly [Fault in ModelFault]?: string } | undefined
  /** The key that is sent; one with characters that are escaped in URLs unless given. */
  readonly key?: string | undefined
}

/** A request with nothing but a question, and the model's own defaults. */
export const chatRequest = (text: string, changes: Partial<Decoding> = {}): ChatRequest => ({
  messages: [{ role: "user", content: text }],
  decoding: { temperature: null, topP: null, maxTokens: 64, seed: null, stop: [], ...changes }
})

export interface Bench {
  readonly server: ModelServer
  readonly examinee: Examinee
  readonly key: string
}

export const defaultKey = "sk-contract-7f3a+9c2b/5d8e=1f60&4b7d"

export const atServer = (
  { open, key = defaultKey }: BackendContractOptions,
  script: ModelScript,
  use: (bench: Bench) => Effect.Effect<void, BackendError, Scope.Scope>,
  timeoutMs = 20_000
): Promise<void> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* modelServer({ key, ...script })
        yield* use({ server, examinee: yield* open(server.url, key, timeoutMs), key })
      })
    )
  )

export const saying = (answer: ModelAnswer): ModelScript => ({ answer: () => answer })

/** Waits in real time, at most five seconds, for what the server sees. */
export const eventually = (what: string, holds: () => boolean): Effect.Effect<void> =>
  Effect.promise(async () => {
    for (let round = 0; round < 1000; round++) {
      if (holds()) return
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error(`it does not come about that ${what}`)
  })

export const check = (problem: string | null): void => must(problem === null, problem ?? "")

export const must = (holds: boolean, says: string): void => {
  if (!holds) throw new Error(says)
}

export const equal = (actual: unknown, expected: unknown, what: string): void =>
  must(
    JSON.stringify(actual) === JSON.stringify(expected),
    `${what}: ${JSON.stringify(actual)?.slice(0, 500)}, not ${JSON.stringify(expected).slice(0, 500)}`
  )
