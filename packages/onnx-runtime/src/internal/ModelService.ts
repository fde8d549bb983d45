/** What a worker does for its owner: answers and hidden states of one model, from text to text. */
import { randomUUID } from "node:crypto"
import type { Message } from "@model-intake/core"
import type { ModelFolder } from "../ModelFolder.ts"
import { beginAnswer } from "./Answer.ts"
import { makeGenerator, type Sequence } from "./Generator.ts"
import { type OnnxModel, openOnnxModel } from "./OnnxModel.ts"
import { OnnxProblem } from "./OnnxProblem.ts"
import type { ChatResult, ChatTask, ModelFacts, StatesResult, StatesTask, WorkerSetup } from "./Protocol.ts"
import { batchNoise } from "./Rounding.ts"
import { openTextCodec, type TextCodec } from "./TextCodec.ts"

export interface ModelService {
  readonly facts: ModelFacts
  /** Rejects with {@link OnnxProblem}. An aborted call never settles. */
  readonly chat: (task: ChatTask, signal: AbortSignal) => Promise<ChatResult>
  /** Rejects with {@link OnnxProblem}. */
  readonly states: (task: StatesTask) => Promise<StatesResult>
}

/** Logits of a sound float32 export differ by about 1e-6 between batches; ten times that is taken for granted. */
const smallestTolerance = 1e-5

/** Differences above this are no rounding: such a model is run without company. */
const largestNoise = 1e-2

/** Rejects with {@link OnnxProblem}. */
export const openModelService = async ({ folder, batchSize }: WorkerSetup): Promise<ModelService> => {
  const codec = openTextCodec(folder)
  const model = await openOnnxModel(folder)
  const noise = await batchNoise(model)
  const batchable = noise <= largestNoise
  const size = batchable ? batchSize : 1
  const generator = makeGenerator(model, {
    batchSize: size,
    // Alone, a sequence always gets the same numbers, whatever they are.
    tolerance: batchable ? Math.max(smallestTolerance, 4 * noise) : 0
  })
  return {
    facts: { layers: model.layers, systemPrompt: codec.systemPrompt },
    chat: (task, signal) =>
      new Promise((resolve, reject) => {
        const text = codec.render(task.messages, true)
        const ids = codec.encode(text)
        checkLength(folder, ids.length, task.decoding.maxTokens)
        // Without a seed every call draws anew.
        const seed = task.decoding.seed ?? randomUUID()
        const answer = beginAnswer(task, { text, ids, seed }, folder.sampling, codec)
        const sequence: Sequence = { answer, done: resolve, failed: reject }
        generator.submit(sequence)
        signal.addEventListener("abort", () => generator.cancel(sequence))
      }),
    states: (task) => hiddenStates(model, codec, folder, task, size)
  }
}

const checkLength = ({ path, contextLength }: ModelFolder, prompt: number, maxTokens: number): void => {
  if (prompt === 0) throw new OnnxProblem("refused-request", "the prompt holds no token")
  if (contextLength === null || prompt + maxTokens <= contextLength) return
  throw new OnnxProblem(
    "refused-request",
    `the prompt has ${prompt} tokens and the answer may have ${maxTokens}, but ${path} holds ${contextLength} in all; shorten the prompt or ask for fewer tokens`
  )
}

/** What is read for one conversation, and over how many of its last tokens the mean is taken. */
interface Reading {
  readonly text: string
  readonly ids: ReadonlyArray<number>
  readonly span: number
}

const hiddenStates = async (
  model: OnnxModel,
  codec: TextCodec,
  folder: ModelFolder,
  { conversations, layers, position }: StatesTask,
  batchSize: number
): Promise<StatesResult> => {
  const readings = conversations.map((messages): Reading => {
    const reading = position === "answer" ? readAnswer(codec, messages) : readPrompt(codec, messages, position)
    checkLength(folder, reading.ids.length, 0)
    return reading
  })
  // In the order of length, so that a batch holds little padding.
  const order = [...readings.keys()].sort((a, b) => readings[a]!.ids.length - readings[b]!.ids.length)
  let data = new Float32Array(0)
  for (let start = 0; start < order.length; start += batchSize) {
    const batch = order.slice(start, start + batchSize)
    const found = await model.states(
      batch.map((index) => readings[index]!.ids),
      layers,
      batch.map((index) => readings[index]!.span)
    )
    const size = layers.length * found.width
    if (start === 0) data = new Float32Array(readings.length * size)
    for (const [row, index] of batch.entries())
      data.set(found.data.subarray(row * size, (row + 1) * size), index * size)
  }
  if (!data.every(Number.isFinite))
    throw new OnnxProblem("malformed-reply", "the model put out hidden states that are not numbers")
  return { data, texts: readings.map(({ text }) => text) }
}

const readPrompt = (codec: TextCodec, messages: ReadonlyArray<Message>, position: "last" | "mean"): Reading => {
  const text = codec.render(messages, true)
  const ids = codec.encode(text)
  return { text, ids, span: position === "last" ? 1 : ids.length }
}

/** The answer's tokens follow the prompt's as they did when it was generated. */
const readAnswer = (codec: TextCodec, messages: ReadonlyArray<Message>): Reading => {
  const answer = messages.at(-1)
  const ids = answer?.role === "assistant" ? codec.encode(answer.content) : []
  if (answer === undefined || ids.length === 0) {
    throw new OnnxProblem(
      "refused-request",
      "states of an answer need a conversation that ends with the assistant's answer"
    )
  }
  const prompt = codec.render(messages.slice(0, -1), true)
  return { text: prompt + answer.content, ids: [...codec.encode(prompt), ...ids], span: ids.length }
}
