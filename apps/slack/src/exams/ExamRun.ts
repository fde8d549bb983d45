/** One exam from the queue to its verdict in the case files, over as many worker processes as that takes. */
import { join } from "node:path"
import type { CaseFiles } from "@model-intake/case-files"
import { recordedLineage } from "@model-intake/host"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Configuration } from "../Configuration.ts"
import type { StateError } from "../State.ts"
import { readVerdict } from "./ExamAnswer.ts"
import type { ExamPost } from "./ExamPost.ts"
import { type ExamOutcome, runExamProcess } from "./ExamProcess.ts"
import type { ExamProgress, ExamTicket } from "./ExamTicket.ts"
import type { WorkerFailure } from "./WorkerProtocol.ts"

/** An exam that this process is busy with. */
export interface Work {
  /** Somebody asked for its end. */
  stopped: boolean
  /** Ends the worker under way; what was answered stays in the journal. */
  end: () => void
}

export interface ExamRunParts {
  readonly settings: Configuration
  readonly files: CaseFiles["Service"]
  readonly post: ExamPost
  readonly find: (id: string) => Effect.Effect<ExamTicket, StateError>
  readonly change: (id: string, fields: Partial<ExamTicket>) => Effect.Effect<ExamTicket, StateError>
  /** Where the worker leaves the verdict. */
  readonly fileOf: (id: string) => string
}

/** Why an exam that was stopped has no verdict. */
export const onRequest = "it was stopped on request"

/** Between two edits of a progress message, in milliseconds: Slack takes fifty a minute for all exams together. */
const editEveryMs = 3000
/** A worker that died is replaced so often. */
const mostCrashes = 2
/** The worker of a bot that was killed holds its exam until its calls have ended, in milliseconds. */
const heldPatienceMs = 60_000
const heldPauseMs = 500

/** Runs an exam to its end: its ticket, which is given back, then has a verdict or says why not, and owes the answer. */
export const makeExamRun = Effect.fnUntraced(function* ({ change, fileOf, files, find, post, settings }: ExamRunParts) {
  const run = Effect.runForkWith(yield* Effect.context<never>())

  const examine = Effect.fnUntraced(function* (begun: ExamTicket, work: Work) {
    const { id } = begun
    const verdictFile = fileOf(id)
    const now = yield* Clock.currentTimeMillis
    let ticket = yield* change(id, { state: "running", startedAt: begun.startedAt ?? now })
    let failure: string | null = null
    let [crashes, examined] = [0, false]
    let heldSince: number | null = null
    for (;;) {
      const recorded = yield* record(verdictFile)
      if (recorded._tag === "Recorded") {
        return yield* change(id, { state: "posting", verdict: recorded.digest })
      }
      if (recorded._tag === "Unrecorded") failure = recorded.says
      else if (examined) failure = "the verdict that the exam ended with cannot be read"
      if (work.stopped) failure = onRequest
      const limits: Limits | string = failure ?? leftOf(ticket, yield* Clock.currentTimeMillis)
      if (typeof limits === "string") return yield* change(id, { state: "posting", why: limits })
      const ended: ExamOutcome = yield* oneRun(ticket, work, { ...limits, verdictFile })
      ticket = yield* find(id)
      if (ended._tag === "Examined") {
        examined = true
        continue
      }
      const { fault = "none", kind, says }: WorkerFailure = ended.failure
      yield* Effect.logInfo("an exam's process ended without a verdict", { kind, says, fault })
      const at: number = yield* Clock.currentTimeMillis
      heldSince = kind === "held" ? (heldSince ?? at) : null
      if (heldSince !== null && at - heldSince <= heldPatienceMs) yield* Effect.sleep(heldPauseMs)
      else if (kind !== "crashed" || ++crashes > mostCrashes) failure = says
    }
  })

  /** One worker process, with the progress message edited meanwhile. */
  const oneRun = Effect.fnUntraced(function* (
    ticket: ExamTicket,
    work: Work,
    rest: Limits & { readonly verdictFile: string }
  ) {
    const { brief, exam, form, id, reference, replicate, subject } = ticket
    let progress: ExamProgress | null = null
    let shown = ""
    const spent = ticket.spent ?? 0
    const edits = Effect.gen(function* () {
      for (;;) {
        const says = JSON.stringify(progress)
        if (says !== shown) {
          const current = yield* change(
            id,
            progress === null ? {} : { spent: spent + (progress as ExamProgress).requests }
          )
          yield* post.edit(current, progress)
          shown = says
        }
        yield* Effect.sleep(editEveryMs)
      }
    }).pipe(Effect.catch(({ message }: StateError) => Effect.andThen(Effect.logError(message), Effect.never)))
    const known = yield* Effect.result(recordedLineage(files, subject))
    if (Result.isFailure(known))
      return { _tag: "NotExamined", failure: { kind: "failed", says: known.failure.message } } as const
    const worker = runExamProcess(
      {
        subject,
        recordedLineage: known.success,
        reference,
        form,
        brief,
        replicate,
        ...rest,
        instruments: settings.exams.instruments,
        home: settings.home,
        journal: join(settings.home, "journal.sqlite"),
        resume: exam,
        plugins: settings.plugins
      },
      {
        onJournalled: (known) => void run(change(id, { exam: known })),
        onProgress: (now) => {
          progress = now
        },
        onStarted: (stop) => {
          work.end = stop
          if (work.stopped) stop()
        }
      }
    )
    return yield* Effect.raceFirst(worker, edits)
  })

  /** Puts the verdict that a worker left into the case files. The same document is recorded once. */
  const record = Effect.fnUntraced(function* (verdictFile: string) {
    const verdict = yield* Effect.option(readVerdict(verdictFile))
    if (verdict._tag === "None") return { _tag: "Nothing" } as const
    return yield* files.recordVerdict(verdict.value).pipe(
      Effect.retry({ times: 3, while: ({ reason }) => reason === "store" }),
      Effect.map(({ digest }) => ({ _tag: "Recorded", digest }) as const),
      Effect.catch(({ message }) =>
        Effect.succeed({
          _tag: "Unrecorded",
          says: `the exam ended, and its verdict could not be recorded: ${message}`
        } as const)
      )
    )
  })

  return examine
})

interface Limits {
  readonly maxRequests: number | null
  readonly deadlineMs: number | null
}

/** What is left of budget and time; or, as a clause, which of them is used up. */
const leftOf = (
  { budgetRequests, deadlineMinutes, spent = 0, startedAt }: ExamTicket,
  now: number
): Limits | string => {
  const requests = budgetRequests === null ? null : budgetRequests - spent
  const time = deadlineMinutes == null ? null : deadlineMinutes * 60_000 - (now - (startedAt ?? now))
  if (requests !== null && requests <= 0) return `the budget of ${budgetRequests} requests is spent`
  if (time !== null && time <= 0) return `the time of ${deadlineMinutes} minutes is over`
  return { maxRequests: requests, deadlineMs: time }
}
