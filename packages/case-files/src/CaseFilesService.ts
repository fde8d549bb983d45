/** What case files can do: the operations of the service, and how they are asked. */
import type { DeploymentContext, Grade, Lineage, Verdict } from "@model-intake/core"
import type * as Effect from "effect/Effect"
import type {
  CaseFile,
  Intervention,
  LineageEdge,
  Recorded,
  RecordedWaiver,
  Waiver,
  WaiverRevocation,
  WatchNote
} from "./CaseFile.ts"
import type { CaseFilesError } from "./CaseFilesError.ts"
import type { GateDecision } from "./Gate.ts"
import type { LogFormatError } from "./LogText.ts"
import type { KeyId } from "./SigningKey.ts"
import type { LogCheck, LogHead, LogRecord } from "./VerdictLog.ts"

export interface CaseFilesOptions {
  /** File of the key that signs; it is made when something is recorded for the first time. */
  readonly signingKey: string
  /** Public keys of others whose records count; what anybody else signed is refused. */
  readonly trustedKeys?: ReadonlyArray<KeyId>
}

/** A waiver as it is given: what it was given on is taken from the latest verdict. */
export interface WaiverRequest extends Pick<Waiver, "subject" | "context" | "who" | "why" | "until"> {
  /** From when on it counts; now unless given. ISO 8601, UTC. */
  readonly from?: string
}

export interface GateRequest {
  readonly subject: string
  readonly context: DeploymentContext
  /** How old the verdict may be, in milliseconds; any age unless given. */
  readonly maxAge?: number
  /** The least grade; any unless given. */
  readonly requireGrade?: Grade
}

/** The decision, and the verdict that it rests on; null where there is none. */
export interface GateAnswer extends GateDecision {
  readonly verdict: Recorded<Verdict> | null
}

type Answer<A> = Effect.Effect<A, CaseFilesError>
type Listed<A> = Answer<ReadonlyArray<Recorded<A>>>

/** Subjects are named `backend:model[@revision]`; every list is oldest first. */
export interface CaseFilesService {
  /** Records an issued verdict with its exam and readings. The same document is recorded once. */
  readonly recordVerdict: (verdict: Verdict) => Answer<Recorded<Verdict>>
  /** The verdict that counts: issued last; null where there is none. */
  readonly latestVerdict: (subject: string) => Answer<Recorded<Verdict> | null>
  readonly verdicts: (subject: string) => Listed<Verdict>

  /** Subjects that have a case file, by name. */
  readonly subjects: Answer<ReadonlyArray<string>>
  /** Subjects whose name holds the text, whatever the case; where there is none, close names for "did you mean". */
  readonly findSubjects: (
    text: string
  ) => Answer<{ readonly found: ReadonlyArray<string>; readonly close: ReadonlyArray<string> }>

  /** Says where a subject comes from. The last word counts. */
  readonly setLineage: (edge: LineageEdge) => Answer<Recorded<LineageEdge>>
  readonly addIntervention: (intervention: Intervention) => Answer<Recorded<Intervention>>
  /** Interventions that made the subject or changed it. */
  readonly interventions: (subject: string) => Listed<Intervention>
  /** The life of a subject with that of its ancestors, as an exam reads it. */
  readonly lineageOf: (subject: string) => Answer<Lineage>

  /** Gives a waiver on the latest verdict. Refused unless that is a quarantine with supervised use of the context. */
  readonly addWaiver: (request: WaiverRequest) => Answer<Recorded<Waiver>>
  readonly revokeWaiver: (revocation: WaiverRevocation) => Answer<Recorded<WaiverRevocation>>
  readonly waivers: (subject: string) => Answer<ReadonlyArray<RecordedWaiver>>
  /** Waivers in force at a time, in milliseconds since 1970. */
  readonly activeWaivers: (subject: string, at: number) => Answer<ReadonlyArray<RecordedWaiver>>

  readonly addWatchNote: (note: WatchNote) => Answer<Recorded<WatchNote>>
  readonly watchNotes: (subject: string) => Listed<WatchNote>

  readonly caseFile: (subject: string) => Answer<CaseFile>
  /**
   * Checks that no record of the subject is missing, every record that no check has seen yet, and the documents that the
   * answer rests on, then asks the gate. Fails where the log cannot be relied on. Without a checkpoint of an earlier check
   * the whole log is checked.
   */
  readonly gate: (request: GateRequest) => Answer<GateAnswer>

  /** Every record in order, unchecked: for export and for `verify`. */
  readonly log: Answer<ReadonlyArray<LogRecord>>
  /**
   * Checks the log from the first record to the last, and that it holds what was checked here earlier; `expected` is a
   * head noted elsewhere.
   */
  readonly verify: (expected?: LogHead | null) => Answer<LogCheck>
  /** The log as JSON lines, with chain and signatures. */
  readonly exportLog: Answer<string>
  /** The same some hundred lines at a time, for logs too large to hold. */
  readonly exportLines: <E>(write: (lines: string) => Effect.Effect<void, E>) => Effect.Effect<void, CaseFilesError | E>
  /**
   * Takes over a log in JSON lines, chain and signatures kept, into an empty store or one that holds its beginning.
   *
   * @param trusted keys to trust for this import beside those of the store; to read the records later the store needs
   * them among its `trustedKeys`
   */
  readonly importLog: (
    content: Uint8Array | string,
    options?: { readonly file?: string; readonly trusted?: ReadonlyArray<KeyId> }
  ) => Effect.Effect<{ readonly imported: number; readonly present: number }, CaseFilesError | LogFormatError>

  /** Public half of the key that signs here, which is made if it does not exist yet. */
  readonly publicKey: Answer<KeyId>
}
