/** App Home: the fleet at a glance, what is due, and a search. */
import type { Disposition } from "@model-intake/core"
import { words } from "@model-intake/report"
import type { HomeView, KnownBlock } from "@slack/types"
import type { FleetEntry, FleetSummary } from "../Fleet.ts"
import { actionsOf, button, context, divider, header, limits, present, section } from "./Blocks.ts"
import { actions, command, fields } from "./Ids.ts"
import { dispositionMark, dispositionText, scale } from "./Marks.ts"
import { named } from "./Parts.ts"
import { mrkdwn, plain, prose } from "./SlackText.ts"
import { agoText } from "./Times.ts"

/** Rows shown of each list; the search narrows the rest. */
const mostDue = 8
const mostFound = 40

export interface Home {
  readonly fleet: FleetSummary
  /** What was searched for; empty for everything. */
  readonly query: string
  readonly mayExamine: boolean
}

export const homeView = ({ fleet, mayExamine, query }: Home): HomeView => {
  const { due, found, now, total } = fleet
  const index = { next: 0 }
  return {
    type: "home",
    blocks: present<KnownBlock>([
      header("The fleet"),
      total === 0
        ? section([
            `No model has a case file yet. ${mayExamine ? `\`${command} exam MODEL\` makes one.` : `\`${command} help\` says what can be asked.`}`
          ])
        : { type: "section", fields: countsOf(fleet).map(mrkdwn) },
      mayExamine ? actionsOf([examButton]) : null,
      ...(due.length === 0
        ? []
        : [
            divider,
            header("To be examined again"),
            ...due.slice(0, mostDue).map((entry) => row(entry, now, index)),
            leftOut(due.length - mostDue)
          ]),
      divider,
      header(query === "" ? "Models, worst first" : "Found"),
      searchBlock(query),
      ...(found.length === 0
        ? [section([query === "" ? "Nothing to show yet." : `No model fits “${prose(query, 200)}”.`])]
        : found.slice(0, mostFound).map((entry) => row(entry, now, index))),
      leftOut(found.length - mostFound),
      context([
        `${total.toLocaleString("en")} model${total === 1 ? "" : "s"} in the case files. No verdict authorises coercive or military use.`
      ])
    ]).slice(0, limits.viewBlocks)
  }
}

const dispositionOrder: ReadonlyArray<Disposition> = ["treat", "quarantine", "flatten", "discard"]

/** Six fields, in two columns. */
const countsOf = ({ counts, due }: FleetSummary): ReadonlyArray<string> => [
  ...dispositionOrder.map((each) => `${dispositionMark[each]}  *${counts[each].toLocaleString("en")}* ${words(each)}`),
  `:white_circle:  *${counts["no verdict"].toLocaleString("en")}* no verdict`,
  `:bell:  *${due.length.toLocaleString("en")}* to be examined again`
]

const examButton = {
  type: "button",
  action_id: actions.homeExam,
  text: plain("Examine a model", limits.buttonText),
  style: "primary"
} as const

const searchBlock = (query: string): KnownBlock => ({
  type: "input",
  block_id: fields.search.block,
  dispatch_action: true,
  optional: true,
  label: plain("Search", limits.field),
  element: {
    type: "plain_text_input",
    action_id: actions.homeSearch,
    placeholder: plain("A part of a model's name, then Enter", 150),
    dispatch_action_config: { trigger_actions_on: ["on_enter_pressed"] },
    ...(query === "" ? {} : { initial_value: plain(query, 300).text })
  }
})

/** One model: where it stands, how old that is, and a button. */
const row = (entry: FleetEntry, now: number, index: { next: number }): KnownBlock | null => {
  const { dueAt, expired, subject, verdict } = entry
  const notes = [
    ...(verdict === null ? [] : [`examined ${agoText(verdict.document.issuedAt, now)}`]),
    ...(expired ? ["*expired*"] : []),
    ...(dueAt === null
      ? []
      : [dueAt <= now ? `re-exam *due ${agoText(dueAt, now)}*` : `re-exam ${agoText(dueAt, now)}`])
  ]
  const text = section([
    verdict === null
      ? `:white_circle:  ${named(subject)} – no verdict`
      : `${dispositionMark[verdict.document.disposition]}  ${named(subject)}  ${dispositionText(verdict.document)}`,
    verdict === null ? null : `${scale(verdict.document)} – ${[words(verdict.document.grade), ...notes].join(" · ")}`
  ])
  const open = button(
    actions.homeVerdict,
    "Verdict",
    { subject },
    { index: index.next++, label: `Verdict on ${subject}` }
  )
  return text === null || open === null ? text : { ...text, accessory: open }
}

const leftOut = (count: number): KnownBlock | null =>
  count > 0 ? context([`… and ${count.toLocaleString("en")} more; search for them.`]) : null
