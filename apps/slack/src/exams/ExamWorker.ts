/**
 * The process that examines. It takes one order from the bot, reports by messages, writes the verdict into a file and
 * ends. It ends too when the bot is gone: what was answered is in the journal, and the next bot goes on from there.
 */
import { open, rename } from "node:fs/promises"
import { constants, setPriority } from "node:os"
import { type Event, Events, encodeVerdict, parseSubject, Spectrum, Triage, type Verdict } from "@model-intake/core"
import { type ExamineFailure, examine, makeGovernor, RunStopped } from "@model-intake/examination"
import { type ConfigurationError, formsFrom, pluginsLayer, type UsageError } from "@model-intake/host"
import { journalLayer } from "@model-intake/journal"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { makeProgressMeter } from "./ExamProgress.ts"
import type { FromWorker, ToWorker, WorkerFailure, WorkerOrder } from "./WorkerProtocol.ts"

/** Least time between two reports, in milliseconds. */
const reportMs = 500
/** How long calls under way may take once the bot is gone, in milliseconds. */
const graceMs = 5000

const tell = (message: FromWorker): void => {
  if (process.connected) process.send!(message, () => {})
}

/** Ends once the last message is on its way. */
const end = (code: number, last?: FromWorker): void => {
  if (last === undefined || !process.connected) process.exit(code)
  process.send!(last, () => process.exit(code))
}

const hold = (order: WorkerOrder): void => {
  const governor = makeGovernor({
    maxRequests: order.maxRequests ?? undefined,
    deadlineMs: order.deadlineMs ?? undefined
  })
  const meter = makeProgressMeter()
  let reported = 0
  const listen = (event: Event): void => {
    const now = performance.now()
    meter.take(event, now)
    if (event._tag === "Journalled") tell({ _tag: "Journalled", exam: event.exam })
    if (now - reported < reportMs && event._tag !== "StageStarted") return
    reported = now
    tell({ _tag: "Progress", progress: meter.read(now, governor.status().requests) })
  }
  process.on("message", (message: ToWorker) => {
    if (message._tag === "Stop") governor.stop(interrupted)
  })
  process.on("disconnect", () => {
    governor.stop(interrupted)
    setTimeout(() => process.exit(1), graceMs).unref()
  })
  void Effect.runPromiseExit(examination(order, governor, listen)).then((exit) => {
    if (Exit.isSuccess(exit)) return end(0)
    const error = Exit.findErrorOption(exit)
    end(1, {
      _tag: "Failed",
      failure: error._tag === "Some" ? failureOf(error.value) : { ...defect, fault: faultOf(exit.cause) }
    })
  })
}

const interrupted = new RunStopped({ reason: "interrupted", cause: null, message: "it was stopped on request" })

const examination = Effect.fnUntraced(function* (
  order: WorkerOrder,
  governor: ReturnType<typeof makeGovernor>,
  listen: (event: Event) => void
) {
  const { form, forms } = yield* formsFrom(order.form)
  const verdict = yield* examine({
    subject: yield* parseSubject(order.subject),
    recordedLineage: order.recordedLineage,
    reference: typeof order.reference === "string" ? yield* parseSubject(order.reference) : order.reference,
    form,
    forms,
    size: order.brief ? "brief" : "full",
    instruments: order.instruments ?? undefined,
    replicate: order.replicate,
    governor
  }).pipe(
    Effect.provide(
      Layer.mergeAll(
        pluginsLayer(order.plugins),
        journalLayer({ file: order.journal, resume: order.resume ?? undefined }),
        Layer.succeed(Events, (event: Event) => Effect.sync(() => listen(event))),
        Spectrum.layer,
        Triage.layer
      )
    )
  )
  yield* writeVerdict(order.verdictFile, verdict)
})

/** Whole or not at all, and safe from a loss of power. */
const writeVerdict = (file: string, verdict: Verdict): Effect.Effect<void, WriteFailure> =>
  Effect.tryPromise({
    try: async () => {
      const draft = `${file}.draft`
      const handle = await open(draft, "w", 0o600)
      await handle.writeFile(JSON.stringify(encodeVerdict(verdict)))
      await handle.sync()
      await handle.close()
      await rename(draft, file)
    },
    catch: (cause) => ({
      _tag: "WriteFailure" as const,
      message: `the verdict could not be kept on the bot's disk (${(cause as { code?: string }).code ?? "unknown fault"})`
    })
  })

interface WriteFailure {
  readonly _tag: "WriteFailure"
  readonly message: string
}

const failureOf = (error: ConfigurationError | ExamineFailure | UsageError | WriteFailure): WorkerFailure => {
  const held = error._tag === "ResumeError" && error.message.includes("is under way in another process")
  if (error._tag === "ResumeError" && !held) {
    const [differences = ""] = error.message.split(". Give the same options")
    return { kind: "failed", says: `it was interrupted and cannot go on, since ${differences}; ask for it again` }
  }
  const stopped = error._tag === "RunStopped" && error.reason === "interrupted"
  return { kind: held ? "held" : stopped ? "stopped" : "failed", says: error.message }
}

const faultOf = (cause: Cause.Cause<unknown>): string =>
  String(Cause.squash(cause)).replaceAll(/\s+/g, " ").slice(0, 300)

const defect: WorkerFailure = { kind: "failed", says: "the exam met a fault of this program" }

// The bot has to answer Slack within three seconds, and an exam takes every processor it can get.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

process.once("message", (message: ToWorker) => {
  if (message._tag === "Order") hold(message.order)
})
