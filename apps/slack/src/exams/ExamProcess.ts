/** Runs an exam in a process of its own, so that the bot's event loop stays free. */
import { type ChildProcess, fork } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type { ExamProgress } from "./ExamTicket.ts"
import type { FromWorker, ToWorker, WorkerFailure, WorkerOrder } from "./WorkerProtocol.ts"

export interface ExamHooks {
  readonly onJournalled: (exam: string) => void
  readonly onProgress: (progress: ExamProgress) => void
  /** Gives the caller a way to stop the exam; what was answered stays in the journal. */
  readonly onStarted: (stop: () => void) => void
}

export type ExamOutcome =
  /** The verdict is in the order's file. */
  { readonly _tag: "Examined" } | { readonly _tag: "NotExamined"; readonly failure: WorkerFailure }

const crashed: WorkerFailure = {
  kind: "crashed",
  says: "the process that examined ended before the exam did, several times"
}

/** How long a worker that was told to stop may take, in milliseconds. */
const patienceMs = 10_000

/** Examines. Interrupting leaves the exam where it is: the worker ends its calls and exits, to be resumed later. */
export const runExamProcess = (order: WorkerOrder, hooks: ExamHooks): Effect.Effect<ExamOutcome> =>
  Effect.callback((resume) => {
    const child = fork(workerFile(), {
      execArgv: [],
      env: { ...withoutSecrets(process.env), INTAKE_HOME: order.home },
      stdio: ["ignore", "ignore", "ignore", "ipc"]
    })
    let failure: WorkerFailure | null = null
    const listen = (message: FromWorker): void => {
      if (message._tag === "Journalled") hooks.onJournalled(message.exam)
      if (message._tag === "Progress") hooks.onProgress(message.progress)
      if (message._tag === "Failed") failure = message.failure
    }
    child.on("message", listen)
    child.once("error", () => resume(Effect.succeed({ _tag: "NotExamined", failure: crashed })))
    child.once("exit", (code) =>
      resume(Effect.succeed(code === 0 ? { _tag: "Examined" } : { _tag: "NotExamined", failure: failure ?? crashed }))
    )
    say(child, { _tag: "Order", order })
    hooks.onStarted(() => {
      say(child, { _tag: "Stop" })
      killLater(child)
    })
    return Effect.callback<void>((done) => {
      if (hasEnded(child)) return done(Effect.void)
      child.once("exit", () => done(Effect.void))
      if (child.connected) child.disconnect()
      killLater(child)
    })
  })

const say = (child: ChildProcess, message: ToWorker): void => {
  if (child.connected) child.send(message, () => {})
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined

const killLater = (child: ChildProcess): void => {
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs)
  timer.unref()
  child.once("exit", () => clearTimeout(timer))
}

/** Beside this module, or where a bundle has put it. */
const workerFile = (): string => {
  const places = ["./ExamWorker.ts", "./ExamWorker.js", "./chunks/ExamWorker.js"]
  const files = places.map((place) => fileURLToPath(new URL(place, import.meta.url)))
  return files.find((file) => existsSync(file)) ?? files[1]!
}

/** The worker needs the keys of models, and nothing of Slack's or of the databases. */
const withoutSecrets = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(SLACK_|INTAKE_STORE$|INTAKE_SLACK_|PG)/.test(name))
  )
