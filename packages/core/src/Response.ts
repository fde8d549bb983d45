/** What the subject said to a trial, or why it said nothing. */
import * as Schema from "effect/Schema"
import { BackendReason, FinishReason, Usage } from "./Backend.ts"
import { Conversation } from "./Conversation.ts"
import { Digest } from "./Digest.ts"

/** The subject answered every turn. */
export const Answered = Schema.TaggedStruct("answered", {
  trial: Digest,
  /** System prompt, turns and answers in order; the last message is the answer that is rated. */
  conversation: Conversation,
  reasoning: Schema.NullOr(Schema.String),
  finish: FinishReason,
  usage: Usage,
  fingerprint: Schema.NullOr(Schema.String)
})

/** The backend failed: missing evidence, never an answer. */
export const Unanswered = Schema.TaggedStruct("unanswered", {
  trial: Digest,
  reason: BackendReason,
  message: Schema.String
})

export const Response = Schema.Union([Answered, Unanswered]).annotate({ identifier: "Response" })
export type Response = typeof Response.Type
export type Answered = typeof Answered.Type
export type Unanswered = typeof Unanswered.Type

/** The answer that is rated: the last message of the conversation. */
export const answerOf = (response: Answered): string => response.conversation.at(-1)?.content ?? ""
