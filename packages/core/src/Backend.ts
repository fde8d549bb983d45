/** Where subjects live: the contract by which a backend opens a model as an examinee. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Activations, Position } from "./Activations.ts"
import type { Message } from "./Conversation.ts"
import type { Decoding } from "./Decoding.ts"
import type { Lineage } from "./Lineage.ts"
import type { ReferenceBundle } from "./ReferenceBundle.ts"
import type { Subject } from "./Subject.ts"
import type { Trial } from "./Trial.ts"

/** One call: the conversation so far and how to go on. */
export interface ChatRequest {
  readonly messages: ReadonlyArray<Message>
  readonly decoding: Decoding
  /** Asks for the log-probability of each token of the answer, with so many of the likeliest beside it (0 or more). */
  readonly logprobs?: number | undefined
  /**
   * JSON Schema that the answer should keep to, where the model can be held to one (`capabilities.structuredOutput`);
   * others ignore it, so what comes back has to be checked in any case.
   */
  readonly responseSchema?: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> } | undefined
  /**
   * The trial that this call is a turn of, where it is one. It changes nothing for a model; a replay of recorded answers
   * tells by it which recording is meant.
   */
  readonly trial?: Trial | undefined
}

/** A token and the natural logarithm of its probability, by the model's own distribution at temperature 1. */
export interface TokenLogprob {
  readonly token: string
  readonly logprob: number
}

/** A token of an answer. */
export interface AnswerToken extends TokenLogprob {
  /** The likeliest tokens in its place, likeliest first. */
  readonly top: ReadonlyArray<TokenLogprob>
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
  /**
   * What the provider says it ran: the model's name or digest, then after a space a build or a provider where it tells
   * one. An answer whose name differs from the others' is missing evidence; another build is noted in the verdict.
   */
  readonly fingerprint: string | null
  /** Present where they were asked for; one per token of the answer, end and stop tokens included. */
  readonly logprobs?: ReadonlyArray<AnswerToken> | undefined
}

/** Which hidden states are wanted. */
export interface ActivationRequest {
  /** For position `answer` each ends with the assistant's message; otherwise with what the assistant is to answer. */
  readonly conversations: ReadonlyArray<ReadonlyArray<Message>>
  /** Indices of layers: 0 is the embedding output, L is after the last block. `all` for every one. */
  readonly layers: ReadonlyArray<number> | "all"
  readonly position: Position
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
  /** Whether the model can be held to the JSON Schema of a request; no unless given. */
  readonly structuredOutput?: boolean | undefined
}

/** A subject opened for examination. */
export interface Examinee {
  readonly subject: Subject
  readonly capabilities: Capabilities
  readonly chat: (request: ChatRequest) => Effect.Effect<ChatReply, BackendError>
  /** Hidden states; present only where `capabilities.hiddenStates` is true. */
  readonly activations?: ((request: ActivationRequest) => Effect.Effect<Activations, BackendError>) | undefined
  /** Whose rate limit its calls count against, such as a provider and an endpoint; its own unless given. */
  readonly account?: string | undefined
  /** Calls under way at once that serve it best, where it knows. */
  readonly concurrency?: number | undefined
  /** What every verdict on it has to say about its own limits, as whole sentences. */
  readonly limits?: ReadonlyArray<string> | undefined
  /** What the backend knows of the subject's life; a lineage that the examiner gives takes its place. */
  readonly lineage?: Lineage | undefined
  /** Reference bundles made with this model as the trusted reference; those that the examiner gives come first. */
  readonly referenceBundles?: ReadonlyArray<ReferenceBundle> | undefined
}

/** A backend is fetching a file of a model. */
export interface Download {
  readonly subject: Subject
  readonly file: string
  readonly bytesDone: number
  readonly bytesTotal: number
}

/** Where backends tell of downloads; by default nowhere. Provide a value to listen. */
export const Downloads: Context.Reference<(download: Download) => Effect.Effect<void>> = Context.Reference(
  "@model-intake/core/Downloads",
  { defaultValue: () => (_download: Download) => Effect.void }
)

export interface Backend {
  readonly id: string
  readonly open: (subject: Subject) => Effect.Effect<Examinee, BackendError, Scope.Scope>
}

/** Opens models by name for plugins that talk to models themselves, as a panel of judges does. */
export class Backends extends Context.Service<
  Backends,
  {
    /** Calls of the examinee are administered like those of a subject: retried, throttled and counted against the budget. */
    readonly open: (subject: Subject) => Effect.Effect<Examinee, BackendError, Scope.Scope>
  }
>()("@model-intake/core/Backends") {}
