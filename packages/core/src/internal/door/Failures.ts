/** What a plugin threw, rejected with or died of, as an error of this copy that names the plugin. */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { BackendError } from "../../Backend.ts"
import { FormError } from "../../Item.ts"
import { PluginError } from "../../PluginContract.ts"
import { RaterError } from "../../Rater.ts"
import { cleanMessage } from "../../Text.ts"

/** A function of a plugin was interrupted because it took too long; the message says which. */
export class DeadlineError extends Error {}

/** What a plugin and a part of it failed with, as one sentence: `plugin my-marker: its read failed: ...`. */
export const failedSentence = (plugin: string, part: string, reason: unknown): string => {
  if (reason instanceof DeadlineError) return reason.message
  const sentence = `plugin ${plugin}: its ${part} failed: ${messageOf(reason)}`
  // A sentence is enough for its users, not for its author.
  if (process.env.INTAKE_DEBUG === "1" && reason instanceof Error)
    process.stderr.write(`${sentence}\n${reason.stack}\n`)
  return sentence
}

/** One line of an error, or of whatever else was thrown. */
export const messageOf = (reason: unknown): string => {
  const message: unknown = Predicate.isObject(reason) ? Reflect.get(reason, "message") : reason
  const text = cleanMessage(typeof message === "string" ? message : describe(reason))
  return text === "" ? "it says nothing more" : text
}

/** A thrown value may be anything, even one that throws when it is read. */
const describe = (reason: unknown): string => {
  try {
    return String(reason)
  } catch {
    return typeof reason
  }
}

const isOf =
  <E>(error: new (fields: never) => E) =>
  (reason: unknown): reason is E =>
    reason instanceof error

/** An error of another copy has the same fields and another class. */
const sameFields =
  <E, Fields extends object>(
    error: Schema.Codec<E, unknown> & (new (fields: never) => E) & { readonly fields: Fields }
  ) =>
  (reason: unknown): Option.Option<E> => {
    if (isOf(error)(reason)) return Option.some(reason)
    if (!Predicate.isObject(reason)) return Option.none()
    const fields = Object.keys(error.fields).map((name) => [name, Reflect.get(reason, name)])
    return Schema.decodeUnknownOption(error)(Object.fromEntries(fields))
  }

/** Makes an error of whatever a plugin's function failed with. */
export type FailureOf<E> = (reason: unknown) => E

const raterError = sameFields(RaterError)
const backendError = sameFields(BackendError)
const formError = sameFields(FormError)
const pluginError = sameFields(PluginError)

export const raterFailure =
  (plugin: string, part: string): FailureOf<RaterError> =>
  (reason) =>
    Option.getOrElse(
      raterError(reason),
      () => new RaterError({ rater: plugin, message: failedSentence(plugin, part, reason) })
    )

export const backendFailure =
  (plugin: string, part: string): FailureOf<BackendError> =>
  (reason) =>
    Option.getOrElse(backendError(reason), () =>
      brokenBackend(plugin, failedSentence(plugin, part, reason), reason instanceof DeadlineError ? "timeout" : "fault")
    )

/** A backend that broke: asking it again would do no good. */
export const brokenBackend = (
  backend: string,
  message: string,
  reason: BackendError["reason"] = "fault"
): BackendError => new BackendError({ backend, reason, message, retryable: false, retryAfterMs: null })

export const formFailure =
  (plugin: string, form: string): FailureOf<FormError> =>
  (reason) =>
    Option.getOrElse(
      formError(reason),
      () => new FormError({ instrument: plugin, form, message: failedSentence(plugin, "load", reason) })
    )

/** A plugin that cannot be made fails with the error of its kind, if that is what it failed with. */
export const makeFailure =
  (plugin: string): FailureOf<RaterError | BackendError | PluginError> =>
  (reason) =>
    Option.getOrElse(
      Option.firstSomeOf<RaterError | BackendError | PluginError>([
        raterError(reason),
        backendError(reason),
        pluginError(reason)
      ]),
      () => new PluginError({ plugin, message: failedSentence(plugin, "make", reason) })
    )
