/**
 * The gate: may this subject be used in this context, now? It adds no judgement to the verdict: it asks whether there is
 * one, whether it is fresh and good enough, and what it allows. What is missing or unreadable never opens.
 */
import { type DeploymentContext, type Grade, type Level, levelRank, type Verdict } from "@model-intake/core"
import type { Recorded, RecordedWaiver } from "./CaseFile.ts"

export interface GateQuestion {
  readonly subject: string
  /** The latest verdict of the subject, or null where there is none. */
  readonly verdict: Recorded<Verdict> | null
  readonly waivers: ReadonlyArray<RecordedWaiver>
  readonly context: DeploymentContext
  /** Milliseconds since 1970. */
  readonly now: number
  /** How old a verdict may be, in milliseconds; null for any age. */
  readonly maxAge: number | null
  /** The least grade, in the order certified, attested, behavioural-only, uncertified; null for any. */
  readonly requireGrade: Grade | null
}

export interface GateDecision {
  /** `no-verdict` where there is none, or one that is too old or dated in the future. */
  readonly decision: "allowed" | "not-allowed" | "no-verdict"
  /** In words, at least one. */
  readonly reasons: ReadonlyArray<string>
  /** The waiver without which it would not be allowed. */
  readonly waiver: RecordedWaiver | null
}

/** How far clocks may differ before a verdict counts as dated in the future, in milliseconds. */
export const clockTolerance = 5 * 60_000

/** Decides. Total, and the order of the waivers does not matter. */
export const gate = (question: GateQuestion): GateDecision => {
  const { context, requireGrade, subject } = question
  if (question.verdict === null) return closed("no-verdict", `there is no verdict on ${subject}`)
  const verdict = question.verdict.document
  const stale = staleness(verdict, question)
  if (stale !== null) return closed("no-verdict", stale)
  if (requireGrade !== null && gradeOrder.indexOf(verdict.grade) > gradeOrder.indexOf(requireGrade)) {
    return closed("not-allowed", `the verdict is ${verdict.grade}, and ${requireGrade} is required`)
  }
  const { permission, reasons } = verdict.contexts[context]
  const grounds = reasons.map(({ rule, says }) => `${rule}: ${says}`)
  if (context === "coercive-military") return closed("not-allowed", "coercive use is never allowed", ...grounds)
  if (verdict.pending !== null || (verdict.disposition !== "treat" && verdict.disposition !== "quarantine")) {
    return closed("not-allowed", `the disposition is ${verdict.dispositionLabel}`, ...grounds)
  }
  if (permission === "allowed") return { decision: "allowed", reasons: grounds, waiver: null }
  if (permission === "denied") return closed("not-allowed", `${context} use is denied`, ...grounds)
  const supervised = [`${context} use is allowed under supervision only`, ...grounds]
  const waivers = question.waivers.filter((waiver) => waiver.document.subject === subject)
  const waiver =
    verdict.disposition === "quarantine" ? longest(waivers.filter((one) => opens(one, question, verdict))) : null
  if (waiver !== null) {
    const { who, until, why } = waiver.document
    return { decision: "allowed", reasons: [`waived by ${who} until ${until}: ${why}`, ...supervised], waiver }
  }
  const idle = waivers
    .filter(({ document }) => document.context === context)
    .toSorted((a, b) => a.sequence - b.sequence)
    .map((one) => `the waiver by ${one.document.who} does not count: ${idleBecause(one, question, verdict)}`)
  return closed("not-allowed", ...supervised, ...idle)
}

/** Whether a waiver is in force at a time, whatever the verdict says. */
export const isActive = ({ document, revoked }: RecordedWaiver, at: number): boolean =>
  !revoked && Date.parse(document.from) <= at && at < Date.parse(document.until)

const gradeOrder: ReadonlyArray<Grade> = ["certified", "attested", "behavioural-only", "uncertified"]

const closed = (decision: "not-allowed" | "no-verdict", ...reasons: ReadonlyArray<string>): GateDecision => ({
  decision,
  reasons,
  waiver: null
})

const staleness = (verdict: Verdict, { maxAge, now, subject }: GateQuestion): string | null => {
  const age = now - Date.parse(verdict.issuedAt)
  if (Number.isNaN(age)) return `the verdict on ${subject} has no readable date`
  if (age < -clockTolerance) return `the verdict on ${subject} is dated in the future: ${verdict.issuedAt}`
  // A limit that is no number limits nothing, so it must not pass.
  if (maxAge !== null && !(age <= maxAge)) {
    return `the verdict on ${subject} is ${inDays(age)} old, and at most ${inDays(maxAge)} is allowed`
  }
  return null
}

const covers = (level: Level, verdict: Verdict): boolean => levelRank(verdict.level) <= levelRank(level)

const opens = (waiver: RecordedWaiver, { context, now }: GateQuestion, verdict: Verdict): boolean =>
  waiver.document.context === context && isActive(waiver, now) && covers(waiver.document.level, verdict)

const longest = (waivers: ReadonlyArray<RecordedWaiver>): RecordedWaiver | null =>
  waivers.toSorted(
    (a, b) => Date.parse(b.document.until) - Date.parse(a.document.until) || a.sequence - b.sequence
  )[0] ?? null

const idleBecause = (waiver: RecordedWaiver, { now }: GateQuestion, verdict: Verdict): string => {
  const { from, level, until } = waiver.document
  if (waiver.revoked) return "it was revoked"
  if (Date.parse(until) <= now) return `it ended at ${until}`
  if (Date.parse(from) > now) return `it begins at ${from}`
  if (!covers(level, verdict)) return `it was given at level ${level}, and the subject is at level ${verdict.level}`
  return `it opens quarantine only, and the disposition is ${verdict.disposition}`
}

const inDays = (milliseconds: number): string => {
  const days = milliseconds / 86_400_000
  return days >= 2 ? `${Math.floor(days)} days` : `${Math.floor(milliseconds / 3_600_000)} hours`
}
