/** Watches: that one was set or ended, and what it has to tell. */
import type { RecordedWaiver } from "@model-intake/case-files"
import { deploymentContexts, type Verdict } from "@model-intake/core"
import { contextName } from "@model-intake/report"
import { actionsOf, button, context, message, section } from "./Blocks.ts"
import { actions } from "./Ids.ts"
import { dispositionMark, dispositionText, scale } from "./Marks.ts"
import type { Message } from "./Message.ts"
import { named } from "./Parts.ts"
import { prose } from "./SlackText.ts"
import { agoText, dayText, isoDay } from "./Times.ts"

export interface WatchCard {
  readonly subject: string
  /** Slack channel that is told. */
  readonly channel: string
  /** False where a watch was ended. */
  readonly watched: boolean
  /** False where nothing changed: it was so before. */
  readonly changed?: boolean
}

export const watchCard = ({ changed = true, channel, subject, watched }: WatchCard): Message => {
  const where = /^[CGD][A-Z0-9]{1,30}$/.test(channel) ? `<#${channel}>` : "the channel"
  const says = watched
    ? `${changed ? "From now on" : "Already so:"} ${where} is told about ${named(subject)}`
    : changed
      ? `${where} is no longer told about ${named(subject)}`
      : `${where} was not told about ${named(subject)}; nothing changed`
  return message(`${watched ? "Watching" : "No longer watching"} ${prose(subject, 300)}.`, [
    section([
      `${watched ? ":eyes:" : ":no_bell:"}  ${says}${watched ? ": when its verdict changes or expires, when a waiver ends, and when a re-exam is due." : "."}`
    ])
  ])
}

export interface WatchAlertCard {
  readonly subject: string
  readonly kind: "changed" | "expires" | "due"
  /** The verdict told before; null where there was none. */
  readonly before: Verdict | null
  readonly after: Verdict
  /** Milliseconds since 1970. */
  readonly now: number
  /** It is this waiver that ends, not the verdict. */
  readonly waiver?: RecordedWaiver
  /** When it ends or fell due, in milliseconds since 1970. */
  readonly at?: number
}

export const watchAlertCard = (alert: WatchAlertCard): Message => {
  const { after, subject } = alert
  const { lines, says, title } = alertOf(alert)
  return message(`${title}: ${prose(subject, 300)} ${says}.`, [
    section([`:bell:  *${title}*: ${named(subject)}`, ...lines]),
    alert.kind === "changed" ? null : section([standingLine(after)]),
    actionsOf([
      button(actions.evidence, "Evidence", { subject }),
      button(actions.history, "History", { subject }),
      alert.kind === "changed" ? null : button(actions.exam, "Examine again", { subject })
    ]),
    context([
      `Verdict of ${dayText(after.issuedAt)} (${agoText(after.issuedAt, alert.now)}). This channel watches the model.`
    ])
  ])
}

interface Told {
  readonly title: string
  /** After the subject's name, in the fallback. */
  readonly says: string
  readonly lines: ReadonlyArray<string>
}

const alertOf = ({ after, at, before, kind, now, waiver }: WatchAlertCard): Told => {
  switch (kind) {
    case "changed":
      return {
        title: before === null ? "First verdict" : "Verdict changed",
        says:
          before === null
            ? `is at level ${after.level}, ${after.disposition}`
            : `went from ${before.disposition} to ${after.disposition}, level ${before.level} to ${after.level}`,
        lines: [
          ...(before === null ? [] : [`Before: ${standingLine(before)}`]),
          `${before === null ? "" : "Now: "}${standingLine(after)}`,
          ...(before === null ? [] : movedContexts(before, after))
        ]
      }
    case "expires": {
      const what = waiver === undefined ? "The verdict" : `The waiver for ${contextName[waiver.document.context]} use`
      const when = at === undefined ? "soon" : `${agoText(at, now)} (${dayText(at)})`
      const ended = at !== undefined && at <= now
      return {
        title: waiver === undefined ? "Verdict expires" : "Waiver ends",
        says: `${at === undefined ? "soon" : `on ${isoDay(at)}`}`,
        lines: [
          `${what} ${ended ? "ended" : waiver === undefined ? "expires" : "ends"} ${when}.${waiver === undefined ? " After that the gate answers that there is no verdict." : ` It was given by ${prose(waiver.document.who, 120)}; after that only supervised use is left.`}`
        ]
      }
    }
    case "due":
      return {
        title: "Re-exam due",
        says: "is in quarantine and is to be examined again",
        lines: [
          `It is in quarantine, and its next exam ${at === undefined ? "is due now" : at <= now ? `fell due ${agoText(at, now)} (${dayText(at)})` : `falls due ${agoText(at, now)} (${dayText(at)})`}.`
        ]
      }
  }
}

const standingLine = (verdict: Verdict): string =>
  `${dispositionMark[verdict.disposition]} ${dispositionText(verdict)}   ${scale(verdict)}`

const movedContexts = (before: Verdict, after: Verdict): ReadonlyArray<string> =>
  deploymentContexts
    .filter((each) => before.contexts[each].permission !== after.contexts[each].permission)
    .map((each) => `• ${contextName[each]}: ${before.contexts[each].permission} → *${after.contexts[each].permission}*`)
