/** Answers that are no verdict: nothing known, not clear, not allowed, went wrong, help. */
import { type DeploymentContext, deploymentContexts } from "@model-intake/core"
import { contextName } from "@model-intake/report"
import type { KnownBlock } from "@slack/types"
import { actionsOf, button, context, divider, header, message, present, section } from "./Blocks.ts"
import { actions, command } from "./Ids.ts"
import type { Message } from "./Message.ts"
import { named } from "./Parts.ts"
import { prose } from "./SlackText.ts"

/** Names offered for a choice: more are not read. */
const mostChoices = 8

/** The subject has a case file, and no verdict yet. */
export const noVerdictCard = ({
  mayExamine = false,
  subject
}: {
  readonly subject: string
  readonly mayExamine?: boolean
}): Message =>
  message(`There is no verdict on ${prose(subject, 300)}.`, [
    section([
      `:white_circle:  *No verdict* on ${named(subject)}`,
      "It has not been examined, or no exam of it came to an end. Until there is a verdict it is allowed nowhere."
    ]),
    actionsOf([
      mayExamine ? button(actions.exam, "Examine", { subject }, { style: "primary" }) : null,
      button(actions.history, "History", { subject })
    ])
  ])

export interface Choice {
  readonly asked: string
  /** What was asked for, so that a choice can go on with it. */
  readonly asks?: string
  readonly context?: DeploymentContext | null
}

/** No subject of that name; `close` names are offered. */
export const unknownModelCard = ({
  asked,
  close,
  mayExamine = false,
  ...rest
}: Choice & { readonly close: ReadonlyArray<string>; readonly mayExamine?: boolean }): Message =>
  message(
    `There is no case file of ${prose(asked, 300)}.${close.length === 0 ? "" : ` Did you mean ${prose(close.slice(0, 3).join(", "), 300)}?`}`,
    [
      section([
        `:grey_question:  *Unknown model*: there is no case file of ${named(asked)}.`,
        close.length === 0
          ? "No name comes close. A model is named `backend:model` or `backend:model@revision`, as in its exam."
          : "Did you mean one of these?"
      ]),
      ...choicesOf(close, { asked, ...rest }),
      mayExamine && /^[a-z][a-z0-9-]*:./.test(asked)
        ? actionsOf([button(actions.exam, "Examine it", { subject: asked })])
        : null
    ]
  )

/** Several subjects fit; the person chooses. */
export const ambiguousCard = ({ found, ...rest }: Choice & { readonly found: ReadonlyArray<string> }): Message =>
  message(
    `${prose(rest.asked, 300)} may be any of ${found.length} models: ${prose(found.slice(0, 3).join(", "), 300)}.`,
    [
      section([`:grey_question:  *Which one?* ${found.length} models fit ${named(rest.asked)}.`]),
      ...choicesOf(found, rest)
    ]
  )

/** One row for each name: the name in full, and a button. */
const choicesOf = (names: ReadonlyArray<string>, { asks, context: asked }: Choice): ReadonlyArray<KnownBlock> =>
  present([
    ...names.slice(0, mostChoices).map((subject, index): KnownBlock | null => {
      const choose = button(
        actions.choose,
        "Choose",
        { subject, asks: asks ?? null, context: asked ?? null },
        { index, label: `Choose ${subject}` }
      )
      const row = section([named(subject)])
      return row === null || choose === null ? row : { ...row, accessory: choose }
    }),
    names.length > mostChoices ? context([`… and ${names.length - mostChoices} more; write more of the name.`]) : null
  ])

/** What can be asked, and how. */
export const helpCard = ({ mayExamine }: { readonly mayExamine: boolean }): Message =>
  message("What you can ask of Model Intake: a verdict, the gate, history, watches.", [
    header("Model Intake"),
    section(["What is the verdict on a model, and may we deploy it there? Ask in words, or by command."]),
    section([
      "*Ask*",
      `• \`${command} verdict MODEL\` – level, disposition, contexts, grade and the reasons`,
      `• \`${command} gate MODEL CONTEXT\` – may it be used there?`,
      `• \`${command} history MODEL\` – verdicts, waivers and what was done to it`,
      `• mention me: _can we ship qwen-ft-7 to advisory?_`
    ]),
    section([
      "*Keep an eye on it*",
      `• \`${command} watch MODEL #channel\` – tells the channel when the verdict changes, expires, or a re-exam is due`,
      `• \`${command} unwatch MODEL #channel\``
    ]),
    section([
      "*Act*",
      `• \`${command} exam MODEL\` – examine it; the verdict is posted where you asked`,
      `• \`${command} waive MODEL\` – open one context of a quarantined model for a while; signed into the log`,
      mayExamine ? null : "You may not examine: the configuration of this bot says who may."
    ]),
    divider,
    context([
      `Contexts: ${deploymentContexts.map((each) => `\`${each}\``).join(" ")} – the last (${contextName["coercive-military"]}) is never allowed.`,
      "A model's name is enough without its backend; of a part of it you are asked which one you mean."
    ])
  ])

/** Something failed; one sentence says what. */
export const errorCard = ({ id, says }: { readonly says: string; readonly id?: string }): Message =>
  message(prose(says, 900), [
    section([`:warning:  ${prose(says, 2500)}`]),
    id === undefined ? null : context([`Reference for whoever runs this bot: ${named(id)}`])
  ])

/** The person lacks a right; how to get it. */
export const forbiddenCard = ({ action, how }: { readonly action: string; readonly how: string }): Message =>
  message(`You may not ${prose(action, 200)}.`, [
    section([`:lock:  *You may not ${prose(action, 200)}.*`, prose(how, 600)])
  ])
