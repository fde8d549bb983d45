/** What a dialog remembers of the question that opened it, in its private metadata. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

export const Origin = Schema.Struct({
  /** Null where the dialog asks for it. */
  subject: Schema.NullOr(Schema.NonEmptyString),
  channel: Schema.NullOr(Schema.NonEmptyString),
  thread: Schema.NullOr(Schema.NonEmptyString)
})
export type Origin = typeof Origin.Type

export const encodeOrigin = ({ channel, subject, thread }: Origin): string =>
  JSON.stringify({ subject, channel, thread })

/** Null for anything else: the dialog is of an older version. */
export const decodeOrigin = (metadata: string): Origin | null => Option.getOrNull(decode(metadata))

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Origin))
