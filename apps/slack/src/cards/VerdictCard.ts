/** The verdict on a model: the answer first, then the grounds, then what can be done next. */
import type { GateDecision, Recorded, RecordedWaiver } from "@model-intake/case-files"
import { type DeploymentContext, formatSubject, type Verdict } from "@model-intake/core"
import { capitalised, contextName, dispositionSays, gradeSays, words } from "@model-intake/report"
import type { Button, KnownBlock } from "@slack/types"
import { actionsOf, button, context, fieldsOf, header, message, section } from "./Blocks.ts"
import { decisionSays, decisionText } from "./GateCard.ts"
import { actions } from "./Ids.ts"
import { dispositionMark, dispositionText, scale, standing } from "./Marks.ts"
import type { Message } from "./Message.ts"
import {
  changeText,
  contextsBlock,
  examinedText,
  missingText,
  placedText,
  reasonsBlock,
  specimenBlock,
  waiversBlock
} from "./Parts.ts"
import { prose } from "./SlackText.ts"
import { agoText } from "./Times.ts"

export interface VerdictCard {
  readonly verdict: Recorded<Verdict>
  /** Milliseconds since 1970. */
  readonly now: number
  /** What the gate says to the context that was asked about; null where none was. */
  readonly gate: { readonly context: DeploymentContext; readonly decision: GateDecision } | null
  readonly waivers: ReadonlyArray<RecordedWaiver>
  /** The checkpoint it was made from, where that has a verdict too; null for no comparison. */
  readonly parent: string | null
  /** What `parent` is to it: where no parent is known, the trusted reference is offered instead. */
  readonly relation?: "parent" | "reference"
  /** Address of the full report, where it is published: https only. */
  readonly reportUrl?: string
  /** Slack user who asked for the exam: is told by a mention. */
  readonly askedBy?: string
}

export const verdictCard = ({
  askedBy,
  gate,
  now,
  parent,
  relation = "parent",
  reportUrl,
  verdict,
  waivers
}: VerdictCard): Message => {
  const { document } = verdict
  const subject = formatSubject(document.subject)
  const asked =
    gate === null ? "" : ` ${capitalised(decisionSays(gate.decision.decision))} for ${contextName[gate.context]} use.`
  return message(
    `${prose(subject, 300)} – ${standing(document)}.${asked} Examined ${agoText(document.issuedAt, now)}.`,
    [
      header(subject),
      gate === null ? null : section(decisionText(gate.context, gate.decision)),
      section([
        `${dispositionMark[document.disposition]}  ${dispositionText(document)}`,
        dispositionSays[document.disposition]
      ]),
      fieldsOf([
        ["Level", `${scale(document)}\n${placedText(document)}`],
        ["Grade", `${capitalised(words(document.grade))}: ${gradeSays[document.grade]}`]
      ]),
      contextsBlock(document),
      reasonsBlock(document),
      pendingBlock(document),
      context([missingText(document), changeText(document)]),
      waiversBlock(
        waivers.filter(({ digest }) => digest !== gate?.decision.waiver?.digest),
        now
      ),
      actionsOf([
        button(actions.evidence, "Evidence", { subject, verdict: verdict.digest }),
        button(actions.history, "History", { subject }),
        reportButton(reportUrl) ?? button(actions.report, "Report", { subject, verdict: verdict.digest }),
        parent === null
          ? null
          : button(actions.compare, `Compare with ${relation}`, { subject, verdict: verdict.digest, other: parent })
      ]),
      context([
        `${examinedText(document, now)}${askedBy !== undefined && isUser(askedBy) ? ` · asked for by <@${askedBy}>` : ""}`
      ]),
      specimenBlock(document)
    ]
  )
}

/** Slack's ids of people are upper case letters and digits; anything else is no mention of ours. */
export const isUser = (id: string): boolean => /^[UW][A-Z0-9]{1,30}$/.test(id)

/** Suspended until it is replicated: what for. */
const pendingBlock = ({ pending }: Verdict): KnownBlock | null =>
  pending === null || pending.replicate.length === 0
    ? null
    : section([`*To replicate on the other form*: ${prose(pending.replicate.join(", "), 300)}`])

const reportButton = (url: string | undefined): Button | null =>
  url === undefined || !/^https:\/\/[^\s|<>]+$/.test(url) || url.length > 3000
    ? null
    : { type: "button", action_id: actions.openReport, text: { type: "plain_text", text: "Report" }, url }
