/** Two verdicts side by side: what changed from one to the other. Differences with bounds are the report's and the command line's. */
import {
  deploymentContexts,
  dispositionRank,
  formatSubject,
  levelRank,
  listedInstruments,
  type Reading,
  type Verdict
} from "@model-intake/core"
import { contextName, figure, instrumentName, outcomeSymbol, words } from "@model-intake/report"
import { codeBlock, context, fieldsOf, header, message, section, table } from "./Blocks.ts"
import { dispositionMark, dispositionText, marksLegend, scale } from "./Marks.ts"
import type { Message } from "./Message.ts"
import { named } from "./Parts.ts"
import { prose } from "./SlackText.ts"
import { dayText } from "./Times.ts"

export interface ComparisonCard {
  /** The parent, or the earlier verdict. */
  readonly from: Verdict
  readonly to: Verdict
}

export const comparisonCard = ({ from, to }: ComparisonCard): Message => {
  const [before, after] = [formatSubject(from.subject), formatSubject(to.subject)]
  const moved = deploymentContexts
    .filter((each) => from.contexts[each].permission !== to.contexts[each].permission)
    .map((each) => `• ${contextName[each]}: ${from.contexts[each].permission} → *${to.contexts[each].permission}*`)
  const rows = listedInstruments([from, to]).flatMap((listed) => {
    const [a, b] = [from, to].map(({ readings }) => readings.find(({ instrument }) => instrument === listed.instrument))
    return a === undefined && b === undefined ? [] : [[instrumentName(listed), cell(a), "→", cell(b)]]
  })
  return message(
    `${prose(after, 300)} is ${directionSays(from, to)} ${prose(before, 300)} – level ${from.level} to ${to.level}, ${from.disposition} to ${to.disposition}.`,
    [
      header("Comparison"),
      section([`${named(after)} is *${directionSays(from, to)}* ${named(before)} in level and disposition.`]),
      fieldsOf(
        [from, to].map((verdict) => [
          prose(formatSubject(verdict.subject), 200),
          `${dispositionMark[verdict.disposition]} ${dispositionText(verdict)}\n${scale(verdict)}\n${words(verdict.grade)}, ${dayText(verdict.issuedAt)}`
        ])
      ),
      section(moved.length === 0 ? ["*Contexts*: the same for both"] : ["*Contexts*", ...moved]),
      rows.length === 0 ? null : codeBlock(table(rows)),
      context([marksLegend]),
      context([
        from.form === to.form ? null : `The forms differ (${prose(from.form, 60)} and ${prose(to.form, 60)}).`,
        "An estimate that moved is no proof of a change: `intake compare` gives the difference with bounds."
      ])
    ]
  )
}

/** The mark and the estimate: what the marks stand for is said below. */
const cell = (reading: Reading | undefined): string =>
  reading === undefined
    ? "not read"
    : `${outcomeSymbol[reading.outcome]} ${reading.estimate === null ? "" : figure(reading.estimate)}`.trim()

const directionSays = (from: Verdict, to: Verdict): string => {
  const level = Math.sign(levelRank(to.level) - levelRank(from.level))
  const disposition = Math.sign(dispositionRank(to.disposition) - dispositionRank(from.disposition))
  if (level * disposition < 0) return "both better and worse than"
  const sum = level + disposition
  return sum === 0 ? "the same as" : sum > 0 ? "worse than" : "better than"
}
