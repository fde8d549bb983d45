/** When a quarantined model is to be examined again. */
import type { Verdict } from "@model-intake/core"

/** From a verdict to the next exam. A convention of the bot: neither table of the exam names an interval. */
export const defaultReExamAfterMs = 30 * 86_400_000

/**
 * When the re-exam falls due, in milliseconds since 1970, or null where none does: only a quarantine ends by another
 * exam, while flattening and discarding have to be done first. A date that cannot be read is due at once.
 */
export const reExamDueAt = (verdict: Verdict, afterMs: number = defaultReExamAfterMs): number | null => {
  if (verdict.disposition !== "quarantine" || verdict.pending !== null) return null
  const issued = Date.parse(verdict.issuedAt)
  return Number.isNaN(issued) ? 0 : issued + afterMs
}
