/** All models of the case files at a glance: where they stand, which are to be examined again, and a search. */
import type { Recorded } from "@model-intake/case-files"
import { type Disposition, dispositionRank, levelRank, type Verdict } from "@model-intake/core"
import type { Configuration } from "./Configuration.ts"
import { reExamDueAt } from "./exams/ReExam.ts"

export interface FleetEntry {
  readonly subject: string
  readonly verdict: Recorded<Verdict> | null
  /** The verdict is older than the gate takes. */
  readonly expired: boolean
  /** When the next exam falls due, in milliseconds since 1970: after a quarantine, or when the verdict expires. */
  readonly dueAt: number | null
  readonly overdue: boolean
}

export interface FleetSummary {
  readonly counts: Readonly<Record<Disposition | "no verdict", number>>
  readonly total: number
  /** What the search found, worst first. */
  readonly found: ReadonlyArray<FleetEntry>
  /** Those whose next exam is due or soon will be, soonest first. */
  readonly due: ReadonlyArray<FleetEntry>
  /** Milliseconds since 1970. */
  readonly now: number
}

/** The latest verdict of every subject; null where there is none. */
export type Standings = ReadonlyArray<{ readonly subject: string; readonly verdict: Recorded<Verdict> | null }>

/** How far ahead an exam counts among those due, in milliseconds. */
const ahead = 7 * 86_400_000

export const fleetOf = (
  standings: Standings,
  {
    now,
    query,
    settings: { gate, reExamAfterMs }
  }: {
    readonly now: number
    /** Words that a name has to hold, in any order and case; empty for all. */
    readonly query: string
    readonly settings: Pick<Configuration, "gate" | "reExamAfterMs">
  }
): FleetSummary => {
  const entries = standings.map(({ subject, verdict }): FleetEntry => {
    if (verdict === null) return { subject, verdict, expired: false, dueAt: null, overdue: false }
    const expiresAt = issuedAt(verdict.document) + gate.maxAgeMs
    const reExamAt = reExamDueAt(verdict.document, reExamAfterMs)
    const dueAt = reExamAt === null ? expiresAt : Math.min(reExamAt, expiresAt)
    return { subject, verdict, expired: expiresAt <= now, dueAt, overdue: dueAt <= now }
  })
  const counts = { treat: 0, quarantine: 0, flatten: 0, discard: 0, "no verdict": 0 }
  for (const { verdict } of entries) counts[verdict === null ? "no verdict" : verdict.document.disposition]++
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
  return {
    counts,
    total: entries.length,
    found: entries
      .filter(({ subject }) => words.every((word) => subject.toLowerCase().includes(word)))
      .sort((a, b) => badness(b) - badness(a) || (a.subject < b.subject ? -1 : 1)),
    due: entries
      .filter(({ dueAt }) => dueAt !== null && dueAt <= now + ahead)
      .sort((a, b) => a.dueAt! - b.dueAt! || (a.subject < b.subject ? -1 : 1)),
    now
  }
}

/** A date that cannot be read is long past. */
const issuedAt = (verdict: Verdict): number => {
  const at = Date.parse(verdict.issuedAt)
  return Number.isNaN(at) ? 0 : at
}

/** By disposition, then by level; no verdict stands before treat, because nothing is known. */
const badness = ({ verdict }: FleetEntry): number =>
  verdict === null ? 50 : 100 * dispositionRank(verdict.document.disposition) + levelRank(verdict.document.level)
