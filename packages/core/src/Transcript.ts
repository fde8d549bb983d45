/**
 * Transcripts: conversations that exist already, one JSON object a line. The same shape serves our own exports, plain
 * OpenAI-style `{"messages": [...]}` records and labelled corpora; members that are not named here are kept, and
 * reports can be grouped by them.
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { type Message, Role, roles } from "./Conversation.ts"

const TextPart = Schema.Struct({ type: Schema.Literal("text"), text: Schema.String })
const OtherPart = Schema.Struct({ type: Schema.String.check(Schema.isPattern(/^(?!text$)/)) })
const Content = Schema.Union([Schema.String, Schema.Array(Schema.Union([TextPart, OtherPart]))])

/** Only an assistant message that calls tools may come without content. */
const ToolCallMessage = Schema.Struct({
  role: Schema.Literal("assistant"),
  content: Schema.optionalKey(Schema.Null),
  tool_calls: Schema.Array(Schema.Unknown).check(Schema.isMinLength(1))
})

/** One line of a transcript file. */
export const Transcript = Schema.Struct({
  id: Schema.optionalKey(Schema.NullOr(Schema.Union([Schema.String, Schema.Finite]))),
  model: Schema.optionalKey(Schema.NullOr(Schema.String)),
  messages: Schema.Array(Schema.Union([Schema.Struct({ role: Role, content: Content }), ToolCallMessage])).check(
    Schema.isMinLength(1)
  )
}).annotate({ identifier: "Transcript", title: "A recorded conversation" })
export type Transcript = typeof Transcript.Type

/**
 * What keeps a JSON value from being a {@link Transcript}, as the end of a sentence that starts with the place, or
 * null where nothing does. Accepts exactly what the schema accepts and is some thirty times faster, since it runs on
 * every line of files of any size.
 */
export const transcriptProblem = (value: unknown): string | null => {
  if (!Predicate.isObject(value)) return `is ${kind(value)}, not a JSON object with "messages"`
  const { id, model, messages } = value as Record<string, unknown>
  if (!Array.isArray(messages)) {
    return messages === undefined ? 'has no "messages"' : `has "messages" that are ${kind(messages)}, not an array`
  }
  if (messages.length === 0) return 'has an empty array of "messages"'
  for (let index = 0; index < messages.length; index++) {
    const problem = messageProblem(messages[index])
    if (problem !== null) return `has a problem in messages[${index}]: ${problem}`
  }
  if (id !== undefined && id !== null && typeof id !== "string" && !Number.isFinite(id)) {
    return `has an "id" that is ${kind(id)}, not a string or number`
  }
  if (model !== undefined && model !== null && typeof model !== "string") {
    return `has a "model" that is ${kind(model)}, not a string`
  }
  return null
}

/** Text of a message: its content, or its text parts joined by line breaks; empty for a bare tool call. */
export const messageText = (message: Transcript["messages"][number]): string => {
  const content = message.content
  if (typeof content === "string") return content
  if (content === undefined || content === null) return ""
  return content.flatMap((part) => ("text" in part ? [part.text] : [])).join("\n")
}

/** The messages up to, not including, `index`, as plain text. */
export const contextBefore = (transcript: Transcript, index: number): ReadonlyArray<Message> =>
  transcript.messages.slice(0, index).map((message) => ({ role: message.role, content: messageText(message) }))

const roleSet: ReadonlySet<unknown> = new Set(roles)

const messageProblem = (message: unknown): string | null => {
  if (!Predicate.isObject(message)) return `it is ${kind(message)}, not an object`
  const { role, content, tool_calls } = message as Record<string, unknown>
  if (!roleSet.has(role)) {
    return role === undefined ? "it has no role" : `the role ${quote(role)} is unknown; use ${roles.join(", ")}`
  }
  if (typeof content === "string") return null
  if (content === undefined || content === null) {
    const callsTools = role === "assistant" && Array.isArray(tool_calls) && tool_calls.length > 0
    return callsTools ? null : "it has no content"
  }
  if (!Array.isArray(content)) return `its content is ${kind(content)}, not text`
  for (const part of content) {
    if (!Predicate.isObject(part) || typeof (part as Record<string, unknown>).type !== "string") {
      return "its content has a part without a type"
    }
    const { type, text } = part as Record<string, unknown>
    if (type === "text" && typeof text !== "string") return "its content has a text part without text"
  }
  return null
}

const kind = (value: unknown): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "an array"
      : typeof value === "object"
        ? "an object"
        : `a ${typeof value}`

const quote = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

/** Why a file, or a line of it, cannot be read. */
export const TranscriptReason = Schema.Literals([
  "not-found",
  "unreadable",
  "directory",
  "empty",
  "format",
  "truncated",
  "corrupt",
  "encoding",
  "line-too-long",
  "json",
  "shape"
])
export type TranscriptReason = typeof TranscriptReason.Type
