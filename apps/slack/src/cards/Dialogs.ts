/** Dialogs: ask for an exam, give a waiver, ask for a verdict. */
import { type DeploymentContext, deploymentContexts } from "@model-intake/core"
import { contextName } from "@model-intake/report"
import type {
  Checkboxes,
  InputBlock,
  InputBlockElement,
  KnownBlock,
  ModalView,
  PlainTextOption,
  RadioButtons
} from "@slack/types"
import { context, limits, optionOf, present, section } from "./Blocks.ts"
import { choices, fields, views } from "./Ids.ts"
import { named } from "./Parts.ts"
import { plain } from "./SlackText.ts"
import { isoDay } from "./Times.ts"

/** Longest name of a subject that can be typed or prefilled. */
const longestSubject = 300
const dayMs = 86_400_000

/** A form that may be chosen. */
export interface FormChoice {
  /** What the exam is asked for with, at most 150 characters; a longer one is not offered. */
  readonly value: string
  readonly label: string
}

export interface ExamView {
  /** Null asks for it. */
  readonly subject: string | null
  /** The first is chosen; with none a form is typed. */
  readonly forms: ReadonlyArray<FormChoice>
  /** Contexts that may be asked about. */
  readonly contexts: ReadonlyArray<DeploymentContext>
  /** Context that the question was about. */
  readonly context?: DeploymentContext | null
  /** Most requests that the configuration allows; null for any number. */
  readonly maxRequests?: number | null
  /** Comes back with the answers, at most 3,000 characters; a longer one is left out. */
  readonly privateMetadata: string
}

export const examView = (view: ExamView): ModalView =>
  modal(views.exam, "Exam", "Examine", view.privateMetadata, [
    subjectBlock(view.subject),
    view.forms.length === 0
      ? input(
          fields.form,
          "Form",
          { type: "plain_text_input", action_id: fields.form.action, max_length: limits.optionValue },
          {
            hint: "S for specimens, A or B for other models, or a name from the configuration."
          }
        )
      : input(
          fields.form,
          "Form",
          menu(
            fields.form.action,
            view.forms.map(({ label, value }) => optionOf(value, label)),
            view.forms[0]?.value
          )
        ),
    input(
      fields.reference,
      "Reference",
      {
        type: "plain_text_input",
        action_id: fields.reference.action,
        max_length: longestSubject,
        placeholder: plain("backend:model", 150)
      },
      {
        optional: true,
        hint: "The trusted model to compare with. Empty: the one its lineage names. “none”: no reference."
      }
    ),
    input(
      fields.context,
      "For use in",
      menu(
        fields.context.action,
        [optionOf(choices.noContext, "No particular context"), ...contextOptions(view.contexts)],
        view.context ?? choices.noContext
      ),
      { hint: "The answer says whether this use is allowed. It changes nothing in the exam." }
    ),
    input(fields.size, "Size", sizeChoice),
    input(fields.replicate, "Replication", replicateChoice, { optional: true }),
    input(
      fields.budget,
      "Budget in requests",
      {
        type: "number_input",
        action_id: fields.budget.action,
        is_decimal_allowed: false,
        min_value: "1",
        ...(view.maxRequests == null ? {} : { max_value: String(view.maxRequests) })
      },
      {
        optional: true,
        hint:
          view.maxRequests == null
            ? "The exam stops before it is overrun."
            : `At most ${view.maxRequests.toLocaleString("en")}. The exam stops before it is overrun.`
      }
    )
  ])

export interface WaiverView {
  /** Null asks for it. */
  readonly subject: string | null
  readonly context: DeploymentContext | null
  readonly privateMetadata: string
  /** Milliseconds since 1970; the expiry is then set to thirty days from it. */
  readonly now?: number
}

export const waiverView = ({ context: asked, now, privateMetadata, subject }: WaiverView): ModalView => {
  const waivable: ReadonlyArray<DeploymentContext> = deploymentContexts.filter((each) => each !== "coercive-military")
  return modal(views.waiver, "Waiver", "Sign and give", privateMetadata, [
    subjectBlock(subject),
    input(
      fields.context,
      "Context to open",
      menu(
        fields.context.action,
        contextOptions(waivable),
        asked !== null && waivable.includes(asked) ? asked : undefined
      )
    ),
    input(
      fields.until,
      "Ends on",
      {
        type: "datepicker",
        action_id: fields.until.action,
        ...(now === undefined ? {} : { initial_date: isoDay(now + 30 * dayMs) })
      },
      { hint: "It ends at the beginning of this day, UTC." }
    ),
    input(
      fields.why,
      "Reason",
      { type: "plain_text_input", action_id: fields.why.action, multiline: true, min_length: 10, max_length: 3000 },
      { hint: "Who asked for it, on what grounds, and who watches." }
    ),
    context([
      "Your name and this text go into the signed log and cannot be taken out of it. A waiver opens supervised use of a quarantined model only; flatten, discard and coercive use stay closed."
    ])
  ])
}

export interface VerdictView {
  /** Prefilled name. */
  readonly subject: string | null
  readonly privateMetadata: string
}

/** For the shortcut: which model, and for what use? */
export const verdictView = ({ privateMetadata, subject }: VerdictView): ModalView =>
  modal(views.verdict, "Verdict", "Ask", privateMetadata, [
    input(fields.subject, "Model", {
      type: "plain_text_input",
      action_id: fields.subject.action,
      max_length: longestSubject,
      placeholder: plain("A name or a part of it", 150),
      ...(subject === null || subject === "" ? {} : { initial_value: plain(subject, longestSubject).text })
    }),
    input(
      fields.context,
      "For use in",
      menu(
        fields.context.action,
        [optionOf(choices.noContext, "No particular context"), ...contextOptions(deploymentContexts)],
        choices.noContext
      )
    )
  ])

const modal = (
  callback: string,
  title: string,
  submit: string,
  privateMetadata: string,
  blocks: ReadonlyArray<KnownBlock | null>
): ModalView => ({
  type: "modal",
  callback_id: callback,
  title: plain(title, limits.viewTitle),
  submit: plain(submit, limits.viewTitle),
  close: plain("Cancel", limits.viewTitle),
  private_metadata: privateMetadata.length <= limits.privateMetadata ? privateMetadata : "",
  blocks: present(blocks).slice(0, limits.viewBlocks)
})

interface InputOptions {
  readonly optional?: boolean
  readonly hint?: string
}

const input = (
  field: { readonly block: string },
  label: string,
  element: InputBlockElement | null,
  { hint, optional = false }: InputOptions = {}
): InputBlock | null =>
  element === null
    ? null
    : {
        type: "input",
        block_id: field.block,
        label: plain(label, limits.field),
        element,
        optional,
        ...(hint === undefined ? {} : { hint: plain(hint, limits.field) })
      }

/** A subject that is known is shown; it comes back in the private metadata. */
const subjectBlock = (subject: string | null): KnownBlock | null =>
  subject === null
    ? input(fields.subject, "Model", {
        type: "plain_text_input",
        action_id: fields.subject.action,
        max_length: longestSubject,
        placeholder: plain("backend:model or backend:model@revision", 150)
      })
    : section([`*Model*  ${named(subject)}`])

const contextOptions = (contexts: ReadonlyArray<DeploymentContext>): ReadonlyArray<PlainTextOption | null> =>
  contexts.map((each) => optionOf(each, contextName[each]))

/** A menu, or null where no option is left. */
const menu = (
  action: string,
  given: ReadonlyArray<PlainTextOption | null>,
  chosen?: string
): InputBlockElement | null => {
  const options = present(given).slice(0, limits.options)
  const initial = chosen === undefined ? undefined : options.find(({ value }) => value === chosen)
  return options.length === 0
    ? null
    : {
        type: "static_select",
        action_id: action,
        options,
        ...(initial === undefined ? {} : { initial_option: initial })
      }
}

const full = {
  text: plain("Full", limits.optionText),
  value: choices.full,
  description: plain("Every item", limits.optionText)
}
const sizeChoice: RadioButtons = {
  type: "radio_buttons",
  action_id: fields.size.action,
  initial_option: full,
  options: [
    full,
    {
      text: plain("Brief", limits.optionText),
      value: choices.brief,
      description: plain("Fewer items: quicker, and smaller effects go unseen", limits.optionText)
    }
  ]
}

const replicateChoice: Checkboxes = {
  type: "checkboxes",
  action_id: fields.replicate.action,
  options: [
    {
      text: plain("Repeat what fails on the twin form", limits.optionText),
      value: choices.replicate,
      description: plain("Flatten and discard stand only on replicated failures", limits.optionText)
    }
  ]
}
