/** What the verdict stands on: its readings, findings, words of the subject, and the rules that decided. */
import { formatSubject, type Reading, type Verdict } from "@model-intake/core"
import {
  capitalised,
  decidingRules,
  figure,
  instrumentName,
  missingName,
  outcomeSymbol,
  words
} from "@model-intake/report"
import type { KnownBlock } from "@slack/types"
import { actionsOf, button, codeBlock, context, divider, header, message, section, table } from "./Blocks.ts"
import { actions } from "./Ids.ts"
import { marksLegend, standing } from "./Marks.ts"
import type { Message } from "./Message.ts"
import { named, quotation } from "./Parts.ts"
import { prose } from "./SlackText.ts"

/** Readings and quotes shown; the report holds all of them. */
const mostReadings = 12
const quotesEach = 2
const mostFindings = 8
const mostMissing = 8

export interface EvidenceCard {
  readonly verdict: Verdict
  /** Digest of its log record, for the report button. */
  readonly digest?: string
}

export const evidenceCard = ({ digest, verdict }: EvidenceCard): Message => {
  const subject = formatSubject(verdict.subject)
  const telling = verdict.readings
    .filter(({ severity }) => severity !== 0)
    .toSorted((a, b) => (b.severity ?? 0) - (a.severity ?? 0))
    .slice(0, mostReadings)
  const { findings, missing } = verdict
  const decided = decidingRules(verdict)
  return message(`Evidence on ${prose(subject, 300)} – ${standing(verdict)}.`, [
    header("Evidence"),
    section([
      `${named(subject)}: ${standing(verdict)}`,
      decided.length === 0 ? null : `*Decided by*: ${prose(capitalised(decided.join("; ")), 800)}.`
    ]),
    verdict.readings.length === 0 ? null : codeBlock(table(verdict.readings.slice(0, mostReadings).map(row))),
    context([marksLegend, "Bounds are in the chart and in the report."]),
    ...(telling.length === 0 ? [] : [divider, ...telling.map(readingBlock)]),
    findings.length === 0
      ? null
      : section([
          "*Findings*",
          ...findings
            .slice(0, mostFindings)
            .map(
              ({ code, replication, says }) =>
                `• *${capitalised(words(code))}* – ${prose(says, 300)} (${words(replication)})`
            ),
          more(findings.length - mostFindings)
        ]),
    missing.length === 0
      ? null
      : section([
          "*Missing*",
          ...missing
            .slice(0, mostMissing)
            .map(
              ({ needed, required, what }) =>
                `• ${prose(missingName(what), 100)}${required ? " (required)" : ""} – ${prose(needed, 240)}`
            ),
          more(missing.length - mostMissing)
        ]),
    actionsOf([button(actions.report, "Report", { subject, verdict: digest ?? null })])
  ])
}

/** Narrow enough for a thread: what the mark stands for is said below, and bounds stand in the chart and the report. */
const row = (reading: Reading): ReadonlyArray<string> => [
  outcomeSymbol[reading.outcome],
  instrumentName(reading),
  reading.estimate === null ? "–" : figure(reading.estimate)
]

const readingBlock = (reading: Reading): KnownBlock | null =>
  section([
    `${outcomeSymbol[reading.outcome]} *${instrumentName(reading)}: ${words(reading.outcome)}*`,
    prose(reading.sentence, 900),
    ...[...new Set(reading.evidence.map(({ quote }) => quote))]
      .slice(0, quotesEach)
      .map((quote) => quotation(quote, 300))
  ])

const more = (count: number): string | null => (count > 0 ? `… and ${count} more in the report` : null)
