/** Hands tasks to worker threads, each with the model loaded; `session.run` blocks the thread that calls it. */
import { Worker } from "node:worker_threads"
import { OnnxProblem, toProblem } from "./OnnxProblem.ts"
import type {
  ChatResult,
  ChatTask,
  Failure,
  FromWorker,
  ModelFacts,
  StatesResult,
  StatesTask,
  Task,
  ToWorker,
  WorkerSetup
} from "./Protocol.ts"

export interface WorkerPool {
  readonly facts: ModelFacts
  /** Give a task to the worker that has least to do. Reject with {@link OnnxProblem}; an aborted task never settles. */
  readonly chat: (task: ChatTask, signal: AbortSignal) => Promise<ChatResult>
  readonly states: (task: StatesTask, signal: AbortSignal) => Promise<StatesResult>
  readonly close: () => Promise<void>
}

export interface WorkerPoolOptions extends WorkerSetup {
  readonly workers: number
  /** File of the worker's entry. */
  readonly entry: URL
}

/** Resolves when all workers have loaded the model; rejects with {@link OnnxProblem} if one cannot. */
export const openWorkerPool = async ({ workers: count, entry, ...setup }: WorkerPoolOptions): Promise<WorkerPool> => {
  const members = Array.from({ length: count }, () => startMember(entry, setup))
  const close = async () => {
    await Promise.all(members.map((member) => member.close()))
  }
  let facts: ReadonlyArray<ModelFacts>
  try {
    facts = await Promise.all(members.map((member) => member.ready))
  } catch (cause) {
    await close()
    throw cause
  }
  const call = (task: Task, signal: AbortSignal) =>
    members.reduce((least, member) => (member.load() < least.load() ? member : least)).call(task, signal)
  return {
    facts: facts[0]!,
    chat: (task, signal) => call(task, signal) as Promise<ChatResult>,
    states: (task, signal) => call(task, signal) as Promise<StatesResult>,
    close
  }
}

interface Member {
  readonly ready: Promise<ModelFacts>
  /** Tasks under way; infinite once the worker has stopped. */
  readonly load: () => number
  readonly call: (task: Task, signal: AbortSignal) => Promise<ChatResult | StatesResult>
  readonly close: () => Promise<void>
}

interface Pending {
  readonly resolve: (result: ChatResult | StatesResult) => void
  readonly reject: (problem: OnnxProblem) => void
}

const startMember = (entry: URL, setup: WorkerSetup): Member => {
  const worker = new Worker(entry, { workerData: setup })
  const pending = new Map<number, Pending>()
  const ready = Promise.withResolvers<ModelFacts>()
  const exited = Promise.withResolvers<void>()
  let stopped: OnnxProblem | null = null
  let last = 0

  const settle = (id: number, how: (pending: Pending) => void) => {
    const task = pending.get(id)
    pending.delete(id)
    if (task !== undefined) how(task)
  }
  const stop = (problem: OnnxProblem) => {
    stopped ??= problem
    ready.reject(stopped)
    for (const id of [...pending.keys()]) settle(id, ({ reject }) => reject(stopped!))
  }
  worker.on("message", (message: FromWorker) => {
    if (message._tag === "ready") ready.resolve(message.facts)
    else if (message._tag === "unusable") stop(problemOf(message.failure))
    else if (message._tag === "done") settle(message.id, ({ resolve }) => resolve(message.result))
    else settle(message.id, ({ reject }) => reject(problemOf(message.failure)))
  })
  worker.on("error", (cause) => stop(toProblem(cause, "the ONNX worker stopped")))
  worker.on("exit", (code) => {
    stop(new OnnxProblem("fault", `the ONNX worker stopped with exit code ${code}`))
    exited.resolve()
  })

  const say = (message: ToWorker) => worker.postMessage(message)
  return {
    ready: ready.promise,
    load: () => (stopped === null ? pending.size : Number.POSITIVE_INFINITY),
    call: (task, signal) =>
      new Promise((resolve, reject) => {
        if (stopped !== null) return reject(stopped)
        const id = ++last
        pending.set(id, { resolve, reject })
        signal.addEventListener("abort", () => {
          pending.delete(id)
          say({ id, task: null })
        })
        say({ id, task })
      }),
    close: async () => {
      pending.clear()
      say({ id: null })
      await exited.promise
    }
  }
}

const problemOf = ({ reason, message }: Failure): OnnxProblem => new OnnxProblem(reason, message)
