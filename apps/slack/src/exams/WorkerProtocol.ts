/** What the bot and the process that examines say to each other. */
import type { InstrumentKey, Lineage } from "@model-intake/core"
import type { ExamProgress, ExamTicket } from "./ExamTicket.ts"

/** One exam, as the worker is to hold it. The verdict goes into a file, so that it outlives both processes. */
export interface WorkerOrder extends Pick<ExamTicket, "subject" | "brief" | "replicate"> {
  /** Null for none; absent for the one that the lineage names. */
  readonly reference?: string | null | undefined
  /** What the case files tell of the subject's life; null for nothing. */
  readonly recordedLineage: Lineage | null
  /** Id of a form, or the path of one. */
  readonly form: string
  /** Codes or ids of the instruments; null for all installed ones. */
  readonly instruments: ReadonlyArray<InstrumentKey> | null
  readonly maxRequests: number | null
  readonly deadlineMs: number | null
  /** Folder of the data of Model Intake. */
  readonly home: string
  /** The journal's SQLite file. */
  readonly journal: string
  /** Id of the exam to go on with; null to begin one. */
  readonly resume: string | null
  /** The file of plugins and their settings; null for the one in the working directory. */
  readonly plugins: string | null
  readonly verdictFile: string
}

/** From the bot. */
export type ToWorker = { readonly _tag: "Order"; readonly order: WorkerOrder } | { readonly _tag: "Stop" }

/** From the worker. It ends with exit code 0 once the verdict is in its file. */
export type FromWorker =
  | { readonly _tag: "Journalled"; readonly exam: string }
  | { readonly _tag: "Progress"; readonly progress: ExamProgress }
  | { readonly _tag: "Failed"; readonly failure: WorkerFailure }

export interface WorkerFailure {
  /**
   * - `held`: another process is at this exam; it can be tried again once that one ended
   * - `stopped`: it was told to stop
   * - `crashed`: its process ended without a word
   * - `failed`: anything else
   */
  readonly kind: "held" | "stopped" | "crashed" | "failed"
  /** One sentence for people. */
  readonly says: string
  /** One line for the log, where that says more. */
  readonly fault?: string
}
