/** The card that answers an exam: its verdict from the case files, or why there is none. */
import type { CaseFiles, CaseFilesError } from "@model-intake/case-files"
import { decodeVerdict, formatSubject } from "@model-intake/core"
import { readJson } from "@model-intake/host"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Configuration } from "../Configuration.ts"
import { examCard } from "../cards/ExamCard.ts"
import type { Message } from "../cards/Message.ts"
import { verdictCard } from "../cards/VerdictCard.ts"
import { relativeOf } from "../Relatives.ts"
import type { ExamTicket } from "./ExamTicket.ts"

type Files = CaseFiles["Service"]

/** The verdict that a worker wrote, checked as any document from outside. */
export const readVerdict = (file: string) =>
  Effect.flatMap(readJson(file), (document) => decodeVerdict(document, "what the exam ended with"))

/**
 * @param verdict that the exam ended with, as its record in the case files names it
 */
export const answerCard = Effect.fn("ExamAnswer.card")(function* (
  ticket: ExamTicket,
  files: Files,
  gate: Configuration["gate"]
): Effect.fn.Return<Message, CaseFilesError> {
  if (ticket.verdict === null) return examCard({ ticket: { ...ticket, state: "stopped" }, progress: null })
  const recorded = yield* recordOf(ticket, files)
  if (recorded === null) return examCard({ ticket: { ...ticket, state: "stopped", why: gone }, progress: null })
  const subject = formatSubject(recorded.document.subject)
  const { context } = ticket
  const decision =
    context === null
      ? null
      : yield* files.gate({
          subject,
          context,
          maxAge: gate.maxAgeMs,
          ...(gate.requireGrade === null ? {} : { requireGrade: gate.requireGrade })
        })
  return verdictCard({
    verdict: recorded,
    now: yield* Clock.currentTimeMillis,
    gate: context === null || decision === null ? null : { context, decision },
    waivers: yield* files.waivers(subject),
    ...(yield* relativeOf(recorded.document, files)),
    askedBy: ticket.askedBy
  })
})

const gone = "the verdict is not in the case files any more"

const recordOf = Effect.fnUntraced(function* (ticket: ExamTicket, files: Files) {
  const found = (yield* files.verdicts(ticket.subject)).find(({ digest }) => digest === ticket.verdict)
  if (found !== undefined) return found
  // Opened, a subject may have another name: its backend pins the revision.
  for (const subject of yield* files.subjects) {
    if (!subject.startsWith(ticket.subject)) continue
    const pinned = (yield* files.verdicts(subject)).find(({ digest }) => digest === ticket.verdict)
    if (pinned !== undefined) return pinned
  }
  return null
})
