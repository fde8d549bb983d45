/** Who said what: the roles and messages every backend, rater and transcript speaks in. */
import * as Schema from "effect/Schema"

/** Roles that a message may have. `developer` counts as `system`, `function` as `tool`. */
export const roles = ["system", "developer", "user", "assistant", "tool", "function"] as const

export const Role = Schema.Literals(roles)
export type Role = typeof Role.Type

/** One message of plain text. */
export const Message = Schema.Struct({ role: Role, content: Schema.String }).annotate({ identifier: "Message" })
export type Message = typeof Message.Type

/** Messages in the order in which they were said. */
export const Conversation = Schema.Array(Message)
export type Conversation = typeof Conversation.Type
