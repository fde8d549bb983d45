/** The answer to "may we deploy it there?", with the grounds. */
import type { GateDecision } from "@model-intake/case-files"
import type { DeploymentContext } from "@model-intake/core"
import { capitalised, coerciveWarning, contextName } from "@model-intake/report"
import { actionsOf, button, context, header, message, section } from "./Blocks.ts"
import { actions } from "./Ids.ts"
import { decisionMark } from "./Marks.ts"
import type { Message } from "./Message.ts"
import { named } from "./Parts.ts"
import { prose } from "./SlackText.ts"
import { timeText } from "./Times.ts"

export interface GateCard {
  readonly subject: string
  readonly context: DeploymentContext
  readonly decision: GateDecision
  /** Milliseconds since 1970. */
  readonly now: number
}

export const gateCard = ({ context: asked, decision, now, subject }: GateCard): Message => {
  const says = capitalised(decisionSays(decision.decision))
  return message(
    `${says}: ${prose(subject, 300)} for ${contextName[asked]} use. ${prose(decision.reasons[0] ?? "", 300)}`.trim(),
    [
      header(`${says} for ${contextName[asked]} use`),
      section([`${decisionMark[decision.decision]}  ${named(subject)}`, ...grounds(decision)]),
      asked === "coercive-military" ? context([coerciveWarning]) : null,
      actionsOf([
        decision.decision === "no-verdict" ? null : button(actions.evidence, "Evidence", { subject }),
        button(actions.history, "History", { subject }),
        decision.decision === "no-verdict" ? button(actions.exam, "Examine", { subject, context: asked }) : null
      ]),
      context([`Asked ${timeText(now)}. The gate asks for the latest verdict; what is missing never opens it.`])
    ]
  )
}

/** `allowed`, `not allowed`, `no verdict that counts`. */
export const decisionSays = (decision: GateDecision["decision"]): string =>
  decision === "allowed" ? "allowed" : decision === "not-allowed" ? "not allowed" : "no verdict that counts"

/** The decision on one context and its grounds, as lines of mrkdwn. */
export const decisionText = (asked: DeploymentContext, decision: GateDecision): ReadonlyArray<string> => [
  `${decisionMark[decision.decision]}  *${capitalised(contextName[asked])} use: ${decisionSays(decision.decision)}*`,
  ...grounds(decision)
]

/** Grounds shown; the rest is in the evidence. */
const mostGrounds = 4

const grounds = ({ reasons }: GateDecision): ReadonlyArray<string> => [
  ...reasons.slice(0, mostGrounds).map((reason) => `• ${prose(readable(reason), 400)}`),
  ...(reasons.length > mostGrounds ? [`• … and ${reasons.length - mostGrounds} more`] : [])
]

/** Rules go by their ids in the log, and times by the second; a person reads what they say. */
const readable = (reason: string): string =>
  capitalised(
    reason
      .replace(/^[a-z][\w-]*(\.[\w-]+)+: /i, "")
      .replaceAll(/(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(\.\d+)?Z/g, "$1 $2 UTC")
  )
