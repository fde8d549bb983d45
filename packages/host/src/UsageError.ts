/** Errors that mean "what was given is wrong": an application says their sentence and does not call itself broken. */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

/** What a person gave is wrong; the message says what, where, and what to do. */
export class UsageError extends Schema.TaggedError<UsageError>()("UsageError", { message: Schema.String }) {}

/** Whether an error of any part blames what was given; every other one is a fault of disk, network or program. */
export const isUsageError = (error: unknown): boolean =>
  Predicate.hasProperty(error, "_tag") &&
  (usageErrors.has(error._tag) ||
    (error._tag === "BackendError" && Predicate.hasProperty(error, "reason") && isUsageReason(error.reason)))

/** Whether the reason of a backend's error is that it cannot be asked this way, rather than that it broke. */
export const isUsageReason = (reason: unknown): boolean => usageReasons.has(reason)

const usageErrors: ReadonlySet<unknown> = new Set([
  "AccreditationError",
  "AccreditingError",
  "ConfigurationError",
  "ExaminationError",
  "FormError",
  "LineageError",
  "PluginError",
  "PolicyError",
  "ReferenceBundleError",
  "ResumeError",
  "ScreeningError",
  "SubjectError",
  "TranscriptError",
  "UsageError",
  "VerdictError",
  "WrapperError"
])

const usageReasons: ReadonlySet<unknown> = new Set([
  "authentication",
  "malformed-reply",
  "not-found",
  "refused-request",
  "unsupported"
])
