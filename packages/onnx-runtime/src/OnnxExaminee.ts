/** Opens a model folder as an examinee. The native runtime is loaded by worker threads, and only here. */
import { availableParallelism } from "node:os"
import {
  type ActivationRequest,
  type Activations,
  type BackendError,
  type ChatReply,
  type ChatRequest,
  digestBytes,
  type Examinee,
  formatSubject,
  makeActivations,
  type Subject
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { toBackendError } from "./internal/BackendFailure.ts"
import { OnnxProblem } from "./internal/OnnxProblem.ts"
import { openWorkerPool, type WorkerPool } from "./internal/WorkerPool.ts"
import { readModelFolder } from "./ModelFolder.ts"

const Count = Schema.Int.check(Schema.isGreaterThan(0))

/** How a model is run. None of it changes an answer, but `maxTokens`, which cuts it short. */
export const OnnxOptions = Schema.Struct({
  file: Schema.optionalKey(Schema.NonEmptyString).annotate({
    description: "the ONNX file within the folder; onnx/model.onnx, then model.onnx"
  }),
  batchSize: Schema.optionalKey(Count).annotate({ description: "most sequences in one run of the model (32)" }),
  workers: Schema.optionalKey(Count).annotate({
    description: "worker threads, each with the model in memory (2, or 1 on a single core)"
  }),
  maxTokens: Schema.optionalKey(Count).annotate({
    description: "longest answer in tokens, whatever a request asks for (no limit)"
  }),
  worker: Schema.optionalKey(Schema.NonEmptyString).annotate({
    description: "URL of the worker's entry, for bundles; the file OnnxWorker beside this module"
  })
}).annotate({ identifier: "OnnxOptions" })
export type OnnxOptions = typeof OnnxOptions.Type

/**
 * Opens the folder for the life of the scope.
 * @param subject who is examined, by the name that reports will use
 * @param path the local folder
 */
export const openOnnxExaminee = Effect.fn("OnnxExaminee.open")(function* (
  subject: Subject,
  path: string,
  options: OnnxOptions = {}
): Effect.fn.Return<Examinee, BackendError, Scope.Scope> {
  const folder = yield* readModelFolder(path, options.file ?? null, subject.backend)
  const batchSize = options.batchSize ?? 32
  const workers = options.workers ?? Math.min(2, availableParallelism())
  const run = <A>(task: (signal: AbortSignal) => Promise<A>) =>
    Effect.tryPromise({ try: task, catch: (cause) => toBackendError(cause, subject.backend) })
  const pool = yield* Effect.acquireRelease(
    run(() => openWorkerPool({ folder, batchSize, workers, entry: workerEntry(options.worker) })),
    (pool) => Effect.promise(pool.close)
  )
  const hiddenStates = pool.facts.layers.length > 0
  return {
    subject,
    capabilities: { systemPrompt: pool.facts.systemPrompt, seed: true, logprobs: true, hiddenStates },
    concurrency: workers * batchSize,
    chat: (request) => run((signal) => chat(pool, request, options.maxTokens, folder.fingerprint, signal)),
    activations: (request) => run((signal) => activations(pool, request, subject, path, workers, signal))
  }
})

/** Beside this module: TypeScript in the workspace, JavaScript where it was built or bundled. */
const workerEntry = (override: string | undefined): URL =>
  new URL(override ?? (import.meta.url.endsWith(".ts") ? "./OnnxWorker.ts" : "./OnnxWorker.js"), import.meta.url)

const chat = async (
  pool: WorkerPool,
  { messages, decoding, logprobs }: ChatRequest,
  limit: number | undefined,
  fingerprint: string,
  signal: AbortSignal
): Promise<ChatReply> => {
  const maxTokens = Math.min(decoding.maxTokens, limit ?? decoding.maxTokens)
  const found = await pool.chat(
    { kind: "chat", messages, decoding: { ...decoding, maxTokens }, logprobs: logprobs ?? null },
    signal
  )
  return {
    text: found.text,
    reasoning: null,
    finish: found.finish,
    usage: { inputTokens: found.inputTokens, outputTokens: found.outputTokens },
    fingerprint,
    ...(found.logprobs === null ? {} : { logprobs: found.logprobs })
  }
}

const activations = async (
  pool: WorkerPool,
  { conversations, layers: wanted, position }: ActivationRequest,
  subject: Subject,
  path: string,
  workers: number,
  signal: AbortSignal
): Promise<Activations> => {
  const { layers: known } = pool.facts
  if (known.length === 0) {
    throw new OnnxProblem(
      "unsupported",
      `${path} puts out no hidden states; export it with the outputs hidden_states.0 to hidden_states.L`
    )
  }
  const layers = wanted === "all" ? known : wanted
  const unknown = layers.find((layer) => !known.includes(layer))
  if (unknown !== undefined || layers.length === 0) {
    throw new OnnxProblem(
      "refused-request",
      `${path} has no layer ${unknown ?? "for an empty list"}; it puts out ${known.join(", ")}`
    )
  }
  if (conversations.length === 0)
    throw new OnnxProblem("refused-request", "hidden states of no conversation were asked for")
  const size = Math.ceil(conversations.length / workers)
  const shares = Array.from({ length: Math.ceil(conversations.length / size) }, (_, share) =>
    conversations.slice(share * size, (share + 1) * size)
  )
  const found = await Promise.all(
    shares.map((share) => pool.states({ kind: "states", conversations: share, layers, position }, signal))
  )
  return makeActivations({
    source: "onnx",
    subject: formatSubject(subject),
    layers,
    position,
    data: concat(found.map(({ data }) => data)),
    promptDigests: found.flatMap(({ texts }) => texts.map(digestBytes))
  })
}

const concat = (parts: ReadonlyArray<Float32Array>): Float32Array => {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
