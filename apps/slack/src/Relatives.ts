/** What a model is compared with. */
import type { CaseFiles } from "@model-intake/case-files"
import { formatSubject, type LineageEvent, type Verdict } from "@model-intake/core"
import * as Effect from "effect/Effect"

/** The other subject of a comparison, and what it is to the model. */
export type Relative =
  | { readonly parent: string; readonly relation: "parent" | "reference" }
  | { readonly parent: null }

type Files = Pick<CaseFiles["Service"], "latestVerdict" | "lineageOf">

/** The nearest ancestor that was examined; where none is known, the trusted reference, if that was. */
export const relativeOf = Effect.fn("Relatives.of")(function* (verdict: Verdict, files: Files) {
  const subject = formatSubject(verdict.subject)
  const { events } = yield* files.lineageOf(subject)
  const reference = verdict.reference === null ? null : formatSubject(verdict.reference)
  const candidates = [
    { parent: nearestAncestor(subject, events), relation: "parent" },
    { parent: reference === subject ? null : reference, relation: "reference" }
  ] as const
  for (const { parent, relation } of candidates) {
    if (parent !== null && (yield* files.latestVerdict(parent)) !== null) return { parent, relation } satisfies Relative
  }
  return { parent: null } satisfies Relative
})

/** The checkpoint that the subject was made from, or the last one before it that was examined; null where none is known. */
const nearestAncestor = (subject: string, events: ReadonlyArray<LineageEvent>): string | null => {
  for (const event of events.toReversed()) {
    const before = event.type === "exam" ? event.subject : event.before
    if (before !== null && before !== subject) return before
  }
  return null
}
