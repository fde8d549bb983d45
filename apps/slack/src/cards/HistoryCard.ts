/** The case file of a model, newest first: where it comes from, what was done, verdicts, waivers, notes. */
import type { CaseFile } from "@model-intake/case-files"
import { words } from "@model-intake/report"
import { actionsOf, button, context, header, message, section } from "./Blocks.ts"
import { actions } from "./Ids.ts"
import { dispositionMark, standing } from "./Marks.ts"
import type { Message } from "./Message.ts"
import { named } from "./Parts.ts"
import { prose } from "./SlackText.ts"
import { agoText, dayText } from "./Times.ts"

/** Entries shown; the command line lists all of them. */
const mostEntries = 20
/** Entries of one block, so that it stays within the limit of a section. */
const together = 4

export interface HistoryCard {
  readonly caseFile: CaseFile
  /** Milliseconds since 1970. */
  readonly now: number
}

export const historyCard = ({ caseFile, now }: HistoryCard): Message => {
  const { subject, verdicts } = caseFile
  const entries = entriesOf(caseFile)
  const shown = entries.slice(0, mostEntries)
  const latest = entries[0]
  const blocks = Array.from({ length: Math.ceil(shown.length / together) }, (_, index) =>
    section(shown.slice(index * together, (index + 1) * together).map(({ at, says }) => `${dayText(at)}  ${says}`))
  )
  const count = `${entries.length} entr${entries.length === 1 ? "y" : "ies"}`
  return message(
    `History of ${prose(subject, 300)} – ${count}${latest === undefined ? "" : `, the last ${agoText(latest.at, now)}`}.`,
    [
      header("History"),
      section([`${named(subject)}: ${count}, newest first`]),
      ...(blocks.length === 0 ? [section(["Nothing is recorded of it."])] : blocks),
      entries.length > shown.length
        ? context([`${entries.length - shown.length} older entries: \`intake history\` lists them.`])
        : null,
      actionsOf([verdicts.length === 0 ? null : button(actions.evidence, "Evidence", { subject })])
    ]
  )
}

interface Entry {
  readonly sequence: number
  readonly at: string
  readonly says: string
}

const entriesOf = (file: CaseFile): ReadonlyArray<Entry> =>
  [
    ...file.edges.map(({ document, recordedAt, sequence }) => ({
      sequence,
      at: recordedAt,
      says: `*Lineage*: from ${document.parent === null ? "no known parent" : named(document.parent)}, reference ${document.reference === null ? "none" : named(document.reference)} (${prose(document.who, 80)})`
    })),
    ...file.interventions.map(({ document, sequence }) => ({
      sequence,
      at: document.date,
      says: `*${words(document.type)}*${document.regime === null ? "" : ` ${prose(document.regime, 80)}`} – ${prose(document.says, 200)} ${document.type === "correction" ? `– ${document.result} ` : ""}(${prose(document.who, 80)})`
    })),
    ...file.verdicts.map(({ document, sequence }) => {
      const fails = document.readings.filter(({ outcome }) => outcome === "fail").map(({ instrument }) => instrument)
      return {
        sequence,
        at: document.issuedAt,
        says: `${dispositionMark[document.disposition]} *Verdict*: ${standing(document)}${fails.length === 0 ? "" : `; ${fails.join(", ")} fail`}`
      }
    }),
    ...file.waivers.map(({ document, recordedAt, revoked, sequence }) => ({
      sequence,
      at: recordedAt,
      says: `*Waiver* for ${words(document.context)} use until ${dayText(document.until)}${revoked ? ", revoked" : ""}: ${prose(document.why, 200)} (${prose(document.who, 80)})`
    })),
    ...file.watchNotes.map(({ document, recordedAt, sequence }) => ({
      sequence,
      at: recordedAt,
      says: `*Note*${document.instruments.length === 0 ? "" : ` on ${document.instruments.join(", ")}`}: ${prose(document.says, 200)} (${prose(document.who, 80)})`
    }))
  ].toSorted((a, b) => b.sequence - a.sequence)
