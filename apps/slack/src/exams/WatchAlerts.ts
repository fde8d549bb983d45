/** What a watching channel is to be told, as a pure function of the case files and the time. */
import { isActive, latestOf, type Recorded, type RecordedWaiver } from "@model-intake/case-files"
import { deploymentContexts, type Verdict } from "@model-intake/core"
import type { WatchAlertCard } from "../cards/WatchCards.ts"
import { reExamDueAt } from "./ReExam.ts"

export interface WatchAlert extends Omit<WatchAlertCard, "now"> {
  /** Names what is told: the same key is told once. */
  readonly key: string
}

export interface WatchQuestion {
  readonly subject: string
  /** All verdicts of the subject, oldest first. */
  readonly verdicts: ReadonlyArray<Recorded<Verdict>>
  readonly waivers: ReadonlyArray<RecordedWaiver>
  /** Since when the channel watches, in milliseconds since 1970: what was recorded before is known. */
  readonly since: number
  readonly now: number
  /** How long a verdict counts, and how long before its end that is told, in milliseconds. */
  readonly maxAgeMs: number
  readonly expiryNoticeMs: number
  readonly reExamAfterMs: number
}

/** Oldest first. What was told already is among them: the keys say which. */
export const watchAlerts = (question: WatchQuestion): ReadonlyArray<WatchAlert> => {
  const latest = latestOf(question.verdicts)
  return latest === null ? [] : [...changes(question), ...ends(question, latest), ...due(question, latest)]
}

/** Each verdict recorded since that says something else than the one before it. */
const changes = ({ since, subject, verdicts }: WatchQuestion): ReadonlyArray<WatchAlert> =>
  verdicts.flatMap((recorded, index) => {
    const before = verdicts[index - 1]?.document ?? null
    const after = recorded.document
    if (Date.parse(recorded.recordedAt) < since || (before !== null && standingOf(before) === standingOf(after)))
      return []
    return [{ key: `changed ${recorded.digest}`, kind: "changed" as const, subject, before, after }]
  })

/** What a verdict comes to for whoever uses the model. */
const standingOf = ({ contexts, disposition, grade, level, pending }: Verdict): string =>
  JSON.stringify([
    level,
    disposition,
    pending !== null,
    grade,
    deploymentContexts.map((each) => contexts[each].permission)
  ])

/** The verdict and the waivers in force that end soon, and once more when they have ended. */
const ends = (question: WatchQuestion, latest: Recorded<Verdict>): ReadonlyArray<WatchAlert> => {
  const { expiryNoticeMs, maxAgeMs, now, since, subject, waivers } = question
  const after = latest.document
  const alert = (name: string, at: number, waiver?: RecordedWaiver): ReadonlyArray<WatchAlert> => {
    // What ended before anybody watched is no news.
    if (now < at - expiryNoticeMs || at < since) return []
    const key = `${at <= now ? "ended" : "ends"} ${name}`
    return [{ key, kind: "expires", subject, before: after, after, at, ...(waiver === undefined ? {} : { waiver }) }]
  }
  return [
    ...alert(latest.digest, dateOf(after.issuedAt) + maxAgeMs),
    ...waivers
      .filter((waiver) => !waiver.revoked && (isActive(waiver, now) || Date.parse(waiver.document.until) <= now))
      .flatMap((waiver) => alert(waiver.digest, dateOf(waiver.document.until), waiver))
  ]
}

const due = ({ now, reExamAfterMs, subject }: WatchQuestion, latest: Recorded<Verdict>): ReadonlyArray<WatchAlert> => {
  const after = latest.document
  const at = reExamDueAt(after, reExamAfterMs)
  return at === null || now < at
    ? []
    : [{ key: `due ${latest.digest}`, kind: "due", subject, before: after, after, at }]
}

/** A date that cannot be read is long past. */
const dateOf = (text: string): number => {
  const at = Date.parse(text)
  return Number.isNaN(at) ? 0 : at
}
