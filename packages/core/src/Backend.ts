/** Where subjects live: the contract by which a backend opens a model as an examinee. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Message } from "./Conversation.ts"
import type { Subject } from "./Subject.ts"

/** How answers are drawn. `null` leaves the choice to the model's own default. */
export const Decoding = Schema.Struct({
  temperature: Schema.NullOr(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  topP: Schema.NullOr(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  maxTokens: Schema.Int.check(Schema.isGreaterThan(0)),
  seed: Schema.NullOr(Schema.Int),
  stop: Schema.Array(Schema.String)
}).annotate({ identifier: "Decoding" })
export type Decoding = typeof Decoding.Type

/** One call: the conversation so far and how to go on. */
export interface ChatRequest {
  readonly messages: ReadonlyArray<Message>
  readonly decoding: Decoding
}

/** Why the model stopped. Anything but `stop` leaves the answer incomplete. */
export const FinishReason = Schema.Literals(["stop", "length", "content-filter", "other"])
export type FinishReason = typeof FinishReason.Type

export const Usage = Schema.Struct({
  inputTokens: Schema.NullOr(Schema.Int),
  outputTokens: Schema.NullOr(Schema.Int)
}).annotate({ identifier: "Usage" })
export type Usage = typeof Usage.Type

export interface ChatReply {
  /** The answer, verbatim, without the model's reasoning. */
  readonly text: string
  readonly reasoning: string | null
  readonly finish: FinishReason
  readonly usage: Usage
  /** What the provider says it ran: a revision, a digest or a system fingerprint. */
  readonly fingerprint: string | null
}

export const BackendReason = Schema.Literals([
  "authentication",
  "rate-limit",
  "timeout",
  "transport",
  "refused-request",
  "malformed-reply",
  "unsupported",
  "not-found",
  "fault"
])
export type BackendReason = typeof BackendReason.Type

/** A call failed, or a subject could not be opened. Never an answer. */
export class BackendError extends Schema.TaggedError<BackendError>()("BackendError", {
  backend: Schema.String,
  reason: BackendReason,
  message: Schema.String,
  /** Whether the same call may succeed later: true for faults of transport alone. */
  retryable: Schema.Boolean,
  retryAfterMs: Schema.NullOr(Schema.Finite)
}) {}

/** What a subject can do beyond chat; checked before a run, not in the middle of it. */
export interface Capabilities {
  readonly systemPrompt: boolean
  readonly seed: boolean
  readonly logprobs: boolean
  readonly hiddenStates: boolean
}

/** A subject opened for examination. */
export interface Examinee {
  readonly subject: Subject
  readonly capabilities: Capabilities
  readonly chat: (request: ChatRequest) => Effect.Effect<ChatReply, BackendError>
}

export interface Backend {
  readonly id: string
  readonly open: (subject: Subject) => Effect.Effect<Examinee, BackendError, Scope.Scope>
}
