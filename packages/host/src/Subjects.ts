/** Subjects in the case files, and what to say where nothing is known of one. */
import type { Recorded } from "@model-intake/case-files"
import { formatSubject, type Lineage, type Verdict } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Files } from "./CaseStore.ts"

/** There is no verdict to answer with. */
export class NoVerdictError extends Schema.TaggedError<NoVerdictError>()("NoVerdictError", {
  message: Schema.String
}) {}

/** The latest verdict on a subject. Where there is none, the message names subjects that may have been meant. */
export const verdictOn = Effect.fn("Subjects.verdictOn")(function* (files: Files, subject: string) {
  const latest = yield* files.latestVerdict(subject)
  return latest ?? (yield* new NoVerdictError({ message: yield* nothingOn(files, subject) }))
})

/** Why nothing can be said of a subject, with close names. */
export const nothingOn = Effect.fn("Subjects.nothingOn")(function* (files: Files, subject: string) {
  const names = yield* files.subjects
  if (names.includes(subject)) return `There is no verdict on ${subject} yet; examine it with intake exam ${subject}`
  const { close, found } = yield* files.findSubjects(subject)
  const meant = [...found, ...close].slice(0, 3)
  if (meant.length > 0) return `There is no case file of ${subject}; did you mean ${meant.join(" or ")}?`
  return `There is no case file of ${subject}${names.length === 0 ? ", nor of any other subject" : "; intake history lists those there are"}`
})

/** Fails unless the subject has a case file. */
export const requireSubject = Effect.fn("Subjects.require")(function* (files: Files, subject: string) {
  if (!(yield* files.subjects).includes(subject)) {
    return yield* new NoVerdictError({ message: yield* nothingOn(files, subject) })
  }
})

/** The life of a subject for its exam: what was recorded of its making; null where nothing was, exams alone being no life. */
export const recordedLineage = Effect.fn("Subjects.recordedLineage")(function* (files: Files, subject: string) {
  if (!(yield* files.subjects).includes(subject)) return null
  const lineage: Lineage = yield* files.lineageOf(subject)
  const told = lineage.reference !== null || lineage.events.some(({ type }) => type !== "exam")
  return told ? lineage : null
})

/** Where a verdict stands in one short line: level with its range, disposition, grade. */
export const standing = ({ disposition, dispositionLabel, grade, level, levels: { lower, upper } }: Verdict): string =>
  `level ${level}${lower === upper ? "" : ` (${lower} to ${upper})`}, ${dispositionLabel === "" ? disposition : dispositionLabel}, ${grade}`

/** What identifies a recorded verdict in JSON. */
export const verdictReference = ({ digest, document, sequence }: Recorded<Verdict>) => ({
  subject: formatSubject(document.subject),
  record: sequence,
  digest,
  issuedAt: document.issuedAt,
  level: document.level,
  disposition: document.disposition,
  grade: document.grade
})
