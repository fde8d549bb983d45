/** The worker's entry: loads one model and serves tasks until it is terminated. Bundles ship it as a file of its own. */
import { parentPort, workerData } from "node:worker_threads"
import { openModelService } from "./internal/ModelService.ts"
import { toProblem } from "./internal/OnnxProblem.ts"
import type { Failure, FromWorker, Task, ToWorker, WorkerSetup } from "./internal/Protocol.ts"

const say = (message: FromWorker): void => parentPort!.postMessage(message)

const toFailure = (cause: unknown): Failure => {
  const { reason, message } = toProblem(cause, "the ONNX worker failed")
  return { reason, message }
}

// From the start: a thread that is still loading the model ends as soon as the loading does.
parentPort!.on("message", ({ id }: ToWorker) => {
  if (id === null) process.exit()
})

try {
  const service = await openModelService(workerData as WorkerSetup)
  const underWay = new Map<number, AbortController>()
  const serve = async (id: number, task: Task): Promise<void> => {
    const controller = new AbortController()
    underWay.set(id, controller)
    try {
      const result = await (task.kind === "chat" ? service.chat(task, controller.signal) : service.states(task))
      say({ _tag: "done", id, result })
    } catch (cause) {
      say({ _tag: "failed", id, failure: toFailure(cause) })
    }
    underWay.delete(id)
  }
  parentPort!.on("message", (message: ToWorker) => {
    if (message.id === null) return
    const { id, task } = message
    if (task !== null) return void serve(id, task)
    underWay.get(id)?.abort()
    underWay.delete(id)
  })
  say({ _tag: "ready", facts: service.facts })
} catch (cause) {
  say({ _tag: "unusable", failure: toFailure(cause) })
}
