/** What the main thread and its workers say to each other. */
import type { AnswerToken, BackendReason, Decoding, FinishReason, Message, Position } from "@model-intake/core"
import type { ModelFolder } from "../ModelFolder.ts"

export interface WorkerSetup {
  readonly folder: ModelFolder
  /** Most sequences in one run of the model. */
  readonly batchSize: number
}

export interface ChatTask {
  readonly kind: "chat"
  readonly messages: ReadonlyArray<Message>
  readonly decoding: Decoding
  readonly logprobs: number | null
}

export interface ChatResult {
  readonly text: string
  readonly finish: FinishReason
  readonly inputTokens: number
  readonly outputTokens: number
  readonly logprobs: ReadonlyArray<AnswerToken> | null
}

export interface StatesTask {
  readonly kind: "states"
  readonly conversations: ReadonlyArray<ReadonlyArray<Message>>
  readonly layers: ReadonlyArray<number>
  readonly position: Position
}

export interface StatesResult {
  /** [conversations, layers, width] */
  readonly data: Float32Array
  /** The text that the model read, for each conversation. */
  readonly texts: ReadonlyArray<string>
}

export type Task = ChatTask | StatesTask

/** A task, its withdrawal (`null`), or the request to end: a thread is never killed inside the native runtime. */
export type ToWorker =
  | { readonly id: number; readonly task: Task }
  | { readonly id: number; readonly task: null }
  | { readonly id: null }

/** What a worker knows once it has loaded the model. */
export interface ModelFacts {
  readonly layers: ReadonlyArray<number>
  readonly systemPrompt: boolean
}

export interface Failure {
  readonly reason: BackendReason
  readonly message: string
}

export type FromWorker =
  | { readonly _tag: "ready"; readonly facts: ModelFacts }
  | { readonly _tag: "unusable"; readonly failure: Failure }
  | { readonly _tag: "done"; readonly id: number; readonly result: ChatResult | StatesResult }
  | { readonly _tag: "failed"; readonly id: number; readonly failure: Failure }
