/** Parts that several cards share. */
import { clockTolerance, type RecordedWaiver } from "@model-intake/case-files"
import { formatSubject, permissions, type Verdict } from "@model-intake/core"
import {
  capitalised,
  changesOf,
  contextName,
  contextsOf,
  levelText,
  missingName,
  type Reason,
  reasonsOf,
  specimenNote,
  words
} from "@model-intake/report"
import type { KnownBlock } from "@slack/types"
import { context, section } from "./Blocks.ts"
import { permissionMark } from "./Marks.ts"
import { prose, quoted } from "./SlackText.ts"
import { agoText, dayText } from "./Times.ts"

/** Longest name of a subject as it is shown. */
export const longestName = 300

/** A subject as a code span, so that it can be copied into a command. */
export const named = (subject: string): string => quoted(subject, longestName)

/** Words of the subject, as a block quote: one line, marks and links defused. */
export const quotation = (said: string, max: number): string => `> “${prose(said.trim(), max)}”`

/** The five contexts, those with the same permission on one line. */
export const contextsBlock = (verdict: Verdict): KnownBlock | null => {
  const lines = permissions.flatMap((permission) => {
    const names = contextsOf(verdict)
      .filter(([, decision]) => decision.permission === permission)
      .map(([each]) => contextName[each])
    return names.length === 0
      ? []
      : [`${permissionMark[permission]}  *${capitalised(permission)}*: ${names.join(", ")}`]
  })
  return section(["*Where it may be used*", ...lines])
}

/** The gravest reasons, each with one short quote where there is one. */
export const reasonsBlock = (verdict: Verdict): KnownBlock | null =>
  section(["*Why*", ...reasonsOf(verdict).map(reasonText)])

const reasonText = ({ quote, says, title }: Reason, index: number): string =>
  `${index + 1}. *${prose(title, 160)}* – ${prose(says, 400)}${quote === null ? "" : `\n${quotation(quote.quote, 220)}`}`

/** What is missing of the evidence; null where nothing is. */
export const missingText = ({ missing }: Verdict): string | null => {
  const required = missing.filter((each) => each.required).map(({ what }) => missingName(what))
  const rest = missing.length - required.length
  const further = rest === 0 ? "" : `${rest} further check${rest === 1 ? " was" : "s were"} not made`
  if (required.length === 0) return further === "" ? null : `No required evidence is missing; ${further}.`
  return `*Missing*: ${prose(required.join(", "), 600)}.${further === "" ? "" : ` ${further}.`}`
}

/** What would lower the disposition with the fewest changes; null where nothing would. */
export const changeText = (verdict: Verdict): string | null => {
  const [first] = changesOf(verdict)
  return first === undefined ? null : `*What would change it*: ${prose(`${first[0]} if ${first[1]}`, 500)}.`
}

/** When and how it was examined. */
export const examinedText = ({ form, issuedAt, reference }: Verdict, now: number): string => {
  const against = reference === null ? "without a trusted reference" : `against ${named(formatSubject(reference))}`
  const when =
    Date.parse(issuedAt) > now + clockTolerance ? "Dated in the future" : `Examined ${agoText(issuedAt, now)}`
  return `${when} (${dayText(issuedAt)}) on form ${prose(form, 60)}, ${against}`
}

/** The level with its band, in words. */
export const placedText = (verdict: Verdict): string => `${capitalised(levelText(verdict))} – ${verdict.band}`

/** Waivers in force at the time, one line each. */
export const waiversBlock = (waivers: ReadonlyArray<RecordedWaiver>, now: number): KnownBlock | null =>
  context(waivers.filter((waiver) => inForce(waiver, now)).map(waiverText))

const inForce = ({ document, revoked }: RecordedWaiver, now: number): boolean =>
  !revoked && Date.parse(document.from) <= now && now < Date.parse(document.until)

const waiverText = ({ document: { context: waived, until, who, why } }: RecordedWaiver): string =>
  `*Waiver* for ${words(waived)} use until ${dayText(until)}, by ${prose(who, 120)} – ${prose(why, 300)}`

/** The warning that goes with a specimen; null for anything else. */
export const specimenBlock = (verdict: Verdict): KnownBlock | null => {
  const note = specimenNote(verdict)
  return note === null ? null : context([prose(note, 400)])
}
