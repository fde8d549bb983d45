/** An exam under way: one message that is edited as it goes on. */
import { contextName, words } from "@model-intake/report"
import type { ExamProgress, ExamTicket } from "../exams/ExamTicket.ts"
import { actionsOf, button, context, message, section } from "./Blocks.ts"
import { actions } from "./Ids.ts"
import type { Message } from "./Message.ts"
import { named } from "./Parts.ts"
import { prose } from "./SlackText.ts"
import { agoText, spanText } from "./Times.ts"
import { isUser } from "./VerdictCard.ts"

export interface ExamCard {
  readonly ticket: ExamTicket
  /** Null before the first trial. */
  readonly progress: ExamProgress | null
  /** Exams that are before it in the queue, where that is known. */
  readonly ahead?: number
  /** Milliseconds since 1970; ages are left out without it. */
  readonly now?: number
}

export const examCard = ({ ahead, now, progress, ticket }: ExamCard): Message => {
  const { state, subject } = ticket
  const { says, lines } = stateOf(ticket, progress, ahead)
  return message(`Exam of ${prose(subject, 300)} – ${says}.`, [
    section([`${marks[state]}  *Exam of* ${named(subject)}`, ...lines]),
    state === "queued" || state === "running"
      ? actionsOf([
          button(actions.stopExam, "Stop", { subject, other: ticket.id }, { label: `Stop the exam of ${subject}` })
        ])
      : null,
    context([orderText(ticket, now)])
  ])
}

const marks: Readonly<Record<ExamTicket["state"], string>> = {
  queued: ":hourglass_flowing_sand:",
  running: ":microscope:",
  posting: ":microscope:",
  done: ":white_check_mark:",
  stopped: ":octagonal_sign:"
}

const stateOf = (
  { state, why }: ExamTicket,
  progress: ExamProgress | null,
  ahead: number | undefined
): { readonly says: string; readonly lines: ReadonlyArray<string> } => {
  switch (state) {
    case "queued": {
      const place = ahead === undefined || ahead === 0 ? "" : `, after ${ahead} other${ahead === 1 ? "" : "s"}`
      return { says: `queued${place}`, lines: [`Queued${place}.`] }
    }
    case "running":
      return progress === null
        ? { says: "starting", lines: ["Starting: the model is opened and the plan is made."] }
        : { says: progressText(progress), lines: [bar(progress), detail(progress)] }
    case "posting":
      return { says: "finished, the verdict follows", lines: ["Finished; the verdict follows."] }
    case "done":
      return { says: "finished", lines: ["Finished; the verdict is in this thread."] }
    case "stopped": {
      const reason = why === null ? "it was stopped" : prose(why, 500)
      return { says: `no verdict, ${reason}`, lines: [`*No verdict*: ${reason}`] }
    }
  }
}

const cells = 20

/** Never past its end: more trials may come than were planned. */
const shareOf = ({ done, total }: ExamProgress): number => (total > 0 ? Math.min(1, Math.max(0, done / total)) : 0)

const bar = (progress: ExamProgress): string => {
  const share = shareOf(progress)
  const full = Math.floor(share * cells)
  return `${"▰".repeat(full)}${"▱".repeat(cells - full)}  ${Math.floor(share * 100)} %`
}

const progressText = (progress: ExamProgress): string =>
  `${prose(words(progress.stage), 60)}, ${count(progress.done)} of ${count(progress.total)} trials`

const detail = (progress: ExamProgress): string =>
  [
    progressText(progress),
    `${count(progress.requests)} request${progress.requests === 1 ? "" : "s"}`,
    ...(progress.resumed > 0 ? [`${count(progress.resumed)} answered before a restart`] : []),
    ...(progress.remainingMs === null ? [] : [`about ${spanText(progress.remainingMs)} left`])
  ].join(" · ")

/** What was asked for, by whom. */
const orderText = (ticket: ExamTicket, now: number | undefined): string => {
  const { askedAt, askedBy, brief, budgetRequests, context: asked, form, reference, replicate } = ticket
  return [
    `${brief ? "Brief" : "Full"} exam on form ${prose(form, 60)}`,
    ...(reference === undefined ? [] : [reference === null ? "no reference" : `against ${named(reference)}`]),
    ...(replicate ? ["with replication"] : []),
    ...(budgetRequests === null ? [] : [`at most ${count(budgetRequests)} requests`]),
    ...(asked === null ? [] : [`for ${contextName[asked]} use`]),
    ...(isUser(askedBy) ? [`asked for by <@${askedBy}>`] : []),
    ...(now === undefined ? [] : [agoText(askedAt, now)])
  ].join(" · ")
}

const count = (value: number): string => value.toLocaleString("en")
