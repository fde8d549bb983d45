/** Who is examined: the reference `backend:model[@revision]` by which a subject is named everywhere. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** A model under examination, or the trusted model it is compared with. */
export const Subject = Schema.Struct({
  backend: Schema.NonEmptyString.annotate({ description: "id of the backend plugin that opens the model" }),
  model: Schema.NonEmptyString.annotate({ description: "name of the model as the backend knows it" }),
  revision: Schema.NullOr(Schema.NonEmptyString).annotate({ description: "pinned revision, or null for the default" })
}).annotate({ identifier: "Subject" })
export type Subject = typeof Subject.Type

/** The text is not of the form `backend:model[@revision]`. */
export class SubjectError extends Schema.TaggedError<SubjectError>()("SubjectError", {
  text: Schema.String,
  message: Schema.String
}) {}

/**
 * Reads `backend:model[@revision]`. The backend ends at the first colon, the revision starts at the last `@`, so
 * model names may hold slashes, colons and a leading `@scope/`.
 */
export const parseSubject = Effect.fnUntraced(function* (text: string): Effect.fn.Return<Subject, SubjectError> {
  const match = /^([a-z][a-z0-9-]*):(.+?)(?:@([^@/]+))?$/s.exec(text)
  if (match === null || hasControl.test(text)) {
    return yield* new SubjectError({
      text,
      message: `${JSON.stringify(text)} is not a subject; write backend:model or backend:model@revision, for example openai:gpt-4.1`
    })
  }
  return { backend: match[1]!, model: match[2]!, revision: match[3] ?? null }
})

/** The inverse of {@link parseSubject}. */
export const formatSubject = (subject: Subject): string =>
  `${subject.backend}:${subject.model}${subject.revision === null ? "" : `@${subject.revision}`}`

const hasControl = /\p{Cc}/u
