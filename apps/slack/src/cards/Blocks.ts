/** Blocks within Slack's published limits, whatever stands in them. */
import type {
  ActionsBlock,
  Button,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  KnownBlock,
  PlainTextOption,
  SectionBlock
} from "@slack/types"
import { type Action, encodeTarget, numbered, type Target } from "./Ids.ts"
import type { Message } from "./Message.ts"
import { mrkdwn, plain } from "./SlackText.ts"

/** Slack's limits in characters and elements: https://docs.slack.dev/reference/block-kit */
export const limits = {
  header: 150,
  section: 3000,
  field: 2000,
  fields: 10,
  contextElements: 10,
  actionElements: 25,
  buttonText: 75,
  optionText: 75,
  optionValue: 150,
  options: 100,
  messageBlocks: 50,
  viewBlocks: 100,
  viewTitle: 24,
  privateMetadata: 3000,
  altText: 2000,
  /** Of the text beside the blocks: Slack recommends 4,000; it is read aloud and shown on lock screens. */
  fallback: 1000
} as const

/** A message of at most 50 blocks. The fallback is cut where it is too long for a notification. */
export const message = (text: string, blocks: ReadonlyArray<KnownBlock | null>): Message => ({
  text:
    text.length <= limits.fallback
      ? text
      : `${text
          .slice(0, limits.fallback - 1)
          .replace(/&[a-z]*$/, "")
          .toWellFormed()}…`,
  blocks: present(blocks).slice(0, limits.messageBlocks)
})

/** What there is. */
export const present = <A>(parts: ReadonlyArray<A | null>): Array<A> => parts.filter((part) => part !== null)

export const header = (text: string): HeaderBlock => ({ type: "header", text: plain(text, limits.header) })

export const divider: DividerBlock = { type: "divider" }

/** Lines of mrkdwn; whole lines are left out, and counted, where they do not fit. Null where there is none. */
export const section = (lines: ReadonlyArray<string | null>): SectionBlock | null => {
  const text = joined(present(lines), limits.section)
  return text === "" ? null : { type: "section", text: mrkdwn(text) }
}

/** Pairs of a title and a value in two columns, at most ten. */
export const fieldsOf = (pairs: ReadonlyArray<readonly [title: string, value: string]>): SectionBlock => ({
  type: "section",
  fields: pairs.slice(0, limits.fields).map(([title, value]) => mrkdwn(`*${title}*\n${value}`))
})

/** Small grey text: one element for each part, at most ten. */
export const context = (parts: ReadonlyArray<string | null>): ContextBlock | null => {
  const shown = present(parts).filter((part) => part !== "" && part.length <= limits.section)
  return shown.length === 0
    ? null
    : { type: "context", elements: shown.slice(0, limits.contextElements).map((part) => mrkdwn(part)) }
}

export interface ButtonOptions {
  readonly style?: "primary" | "danger"
  /** Number of a button that stands several times in a message. */
  readonly index?: number
  /** What a screen reader says instead of the text. */
  readonly label?: string
}

/** A button that carries what it is about; null where that is too long to be carried. */
export const button = (
  action: Action,
  text: string,
  target: Pick<Target, "subject"> & Partial<Target>,
  { index, label, style }: ButtonOptions = {}
): Button | null => {
  const value = encodeTarget(target)
  return value === null
    ? null
    : {
        type: "button",
        action_id: index === undefined ? action : numbered(action, index),
        text: plain(text, limits.buttonText),
        value,
        ...(style === undefined ? {} : { style }),
        ...(label === undefined ? {} : { accessibility_label: plain(label, limits.buttonText).text })
      }
}

export const actionsOf = (buttons: ReadonlyArray<Button | null>): ActionsBlock | null => {
  const elements = present(buttons).slice(0, limits.actionElements)
  return elements.length === 0 ? null : { type: "actions", elements }
}

/** An option of a menu; its value comes back as it is, so one that is too long is no option. */
export const optionOf = (value: string, label: string, description?: string): PlainTextOption | null =>
  value === "" || value.length > limits.optionValue
    ? null
    : {
        text: plain(label, limits.optionText),
        value,
        ...(description === undefined ? {} : { description: plain(description, limits.optionText) })
      }

/** Columns of equal width in a code block: `rows` hold text of our own, without back-ticks. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd()
  )
}

/** A code block, in which nothing works; whole lines are left out where they do not fit. */
export const codeBlock = (lines: ReadonlyArray<string>): SectionBlock => ({
  type: "section",
  text: mrkdwn(`\`\`\`\n${joined(lines, limits.section - 8)}\n\`\`\``)
})

const joined = (lines: ReadonlyArray<string>, max: number): string => {
  const room = max - 24
  const taken: Array<string> = []
  let length = 0
  for (const line of lines) {
    if (length + line.length + 1 > room) break
    taken.push(line)
    length += line.length + 1
  }
  const left = lines.length - taken.length
  return (left === 0 ? taken : [...taken, `… and ${left} more`]).join("\n")
}
