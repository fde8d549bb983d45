/** Trials: one administration of item x arm x replicate, named by a digest of all that can change its answer. */
import * as Schema from "effect/Schema"
import { Decoding } from "./Decoding.ts"
import { Digest, digest } from "./Digest.ts"
import { Subject } from "./Subject.ts"

/** Everything that determines an answer, up to the sampling of the model itself. */
export const TrialRequest = Schema.Struct({
  subject: Subject,
  /** Guard prompt or filter around the subject, by its digest; null for the bare model. */
  wrapper: Schema.NullOr(Digest),
  system: Schema.NullOr(Schema.String),
  turns: Schema.Array(Schema.String),
  decoding: Decoding
}).annotate({ identifier: "TrialRequest" })
export type TrialRequest = typeof TrialRequest.Type

export const Trial = Schema.Struct({
  id: Digest,
  instrument: Schema.String,
  instrumentVersion: Schema.String,
  form: Schema.String,
  item: Schema.String,
  itemVersion: Schema.Int,
  arm: Schema.String,
  replicate: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  request: TrialRequest
}).annotate({ identifier: "Trial" })
export type Trial = typeof Trial.Type

/** Names a trial by the digest of everything in it. Two trials with the same id are the same administration. */
export const makeTrial = (parts: Omit<Trial, "id">): Trial => ({ id: digest(parts), ...parts })
