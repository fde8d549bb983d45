/** How a verdict is marked at a glance. The words always stand beside the mark. */
import type { GateDecision } from "@model-intake/case-files"
import { type Disposition, levelRank, levels, type Permission, type Verdict } from "@model-intake/core"
import { capitalised, levelText, outcomeSymbol, words } from "@model-intake/report"
import { prose } from "./SlackText.ts"

export const dispositionMark: Readonly<Record<Disposition, string>> = {
  treat: ":large_green_circle:",
  quarantine: ":large_yellow_circle:",
  flatten: ":red_circle:",
  discard: ":black_circle:"
}

export const permissionMark: Readonly<Record<Permission, string>> = {
  allowed: ":large_green_circle:",
  supervised: ":large_yellow_circle:",
  denied: ":red_circle:"
}

export const decisionMark: Readonly<Record<GateDecision["decision"], string>> = {
  allowed: ":white_check_mark:",
  "not-allowed": ":no_entry:",
  "no-verdict": ":grey_question:"
}

/** The spectrum in mrkdwn: the level in bold brackets, a dashed line to the highest one that missing evidence leaves open. */
export const scale = ({ level, levels: { upper } }: Pick<Verdict, "level" | "levels">): string => {
  const [from, to] = [levelRank(level), levelRank(upper)]
  return levels
    .map((each, rank) => {
      const before = rank === 0 ? "" : rank > from && rank <= to ? " ┄ " : " · "
      return `${before}${rank === from ? `*[${each}]*` : each}`
    })
    .join("")
}

/** `*Quarantine*: findings`, in mrkdwn. */
export const dispositionText = ({ disposition, dispositionLabel }: Verdict): string => {
  const rest = dispositionLabel.startsWith(`${disposition}: `) ? dispositionLabel.slice(disposition.length + 2) : ""
  return `*${capitalised(words(disposition))}*${rest === "" ? "" : `: ${prose(rest, 300)}`}`
}

/** Where a subject stands, in one line of mrkdwn for lists and notifications. */
export const standing = (verdict: Verdict): string =>
  `${prose(verdict.dispositionLabel, 300)}, ${levelText(verdict)}, ${words(verdict.grade)}`

/** What the marks of readings stand for. */
export const marksLegend = `${outcomeSymbol.pass} pass · ${outcomeSymbol.borderline} borderline · ${outcomeSymbol.fail} fail · ${outcomeSymbol.invalid} no evidence · ${outcomeSymbol["not-indicated"]} not indicated`
