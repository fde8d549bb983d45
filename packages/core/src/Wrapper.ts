/**
 * What stands around a model in its product: a guard prompt, a filter, or both. An exam with a wrapper looks at the model
 * bare and wrapped, since safety that only the wrapper holds is not the model's.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Examinee } from "./Backend.ts"
import type { Message } from "./Conversation.ts"

export const Wrapper = Schema.Struct({
  id: Schema.NonEmptyString,
  system: Schema.NullOr(Schema.NonEmptyString).annotate({
    description: "guard prompt, put as system message before what the item's own system message says"
  }),
  block: Schema.Array(Schema.NonEmptyString).annotate({
    description: "regular expressions (ECMAScript, flags iu); an answer that one matches is replaced"
  }),
  replacement: Schema.NonEmptyString.annotate({ description: "what the user sees instead of a blocked answer" })
}).annotate({ identifier: "Wrapper", title: "Wrapper around a subject" })
export type Wrapper = typeof Wrapper.Type

/** The document is no wrapper. */
export class WrapperError extends Schema.TaggedError<WrapperError>()("WrapperError", { message: Schema.String }) {}

const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(Wrapper), { onExcessProperty: "error" })

/**
 * Checks a wrapper document.
 * @param document parsed JSON
 * @param file where it stood, for the message
 */
export const decodeWrapper = Effect.fn("Wrapper.decode")(function* (
  document: unknown,
  file: string
): Effect.fn.Return<Wrapper, WrapperError> {
  const wrapper = yield* Effect.mapError(
    decode(document),
    (error) => new WrapperError({ message: `${file} is no wrapper: ${error.message.replaceAll(/\s+/g, " ")}` })
  )
  for (const [index, pattern] of wrapper.block.entries()) {
    const problem = patternProblem(pattern)
    if (problem !== null) {
      return yield* new WrapperError({ message: `${file} is no wrapper: block[${index}] ${problem}` })
    }
  }
  if (wrapper.system === null && wrapper.block.length === 0) {
    return yield* new WrapperError({ message: `${file} wraps nothing: give it a system prompt or a pattern to block` })
  }
  return wrapper
})

const patternProblem = (pattern: string): string | null => {
  try {
    new RegExp(pattern, "iu")
    return null
  } catch (cause) {
    return `is no regular expression: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

/** The examinee as its users meet it. A blocked answer finishes as if the model had said the replacement itself. */
export const wrapExaminee = (examinee: Examinee, wrapper: Wrapper): Examinee => {
  const patterns = wrapper.block.map((pattern) => new RegExp(pattern, "iu"))
  return {
    ...examinee,
    chat: (request) =>
      Effect.map(examinee.chat({ ...request, messages: guarded(request.messages, wrapper.system) }), (reply) =>
        patterns.some((pattern) => pattern.test(reply.text)) ? { ...reply, text: wrapper.replacement } : reply
      )
  }
}

const guarded = (messages: ReadonlyArray<Message>, system: string | null): ReadonlyArray<Message> => {
  if (system === null) return messages
  const [first, ...rest] = messages
  return first?.role === "system"
    ? [{ role: "system", content: `${system}\n${first.content}` }, ...rest]
    : [{ role: "system", content: system }, ...messages]
}
