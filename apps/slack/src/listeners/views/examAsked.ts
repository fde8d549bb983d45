import { type DeploymentContext, deploymentContexts } from "@model-intake/core"
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewOutput, ViewSubmitAction } from "@slack/bolt"
import * as Effect from "effect/Effect"
import { fullName } from "../../Answers.ts"
import { whoMay } from "../../Asking.ts"
import type { Configuration } from "../../Configuration.ts"
import { choices, fields } from "../../cards/index.ts"
import { ExamDesk } from "../../exams/ExamDesk.ts"
import type { ExamRequest } from "../../exams/ExamTicket.ts"
import { decodeOrigin, type Origin } from "../../Origin.ts"
import { type Listening, placeOfView } from "../Listening.ts"
import { choiceIn, isTicked, textIn } from "./Values.ts"

/** The dialog of an exam was sent: mistakes are shown in it, and else the exam is asked for. */
export const examAsked =
  ({ handle, settings }: Listening) =>
  async ({ ack, body, view }: SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs): Promise<void> => {
    const origin = decodeOrigin(view.private_metadata)
    const { errors, entered } = readExam(view, origin, settings.exams)
    if (entered === null) return ack({ response_action: "errors", errors })
    await ack()
    const place = placeOfView(body, origin)
    const { team, thread, user } = place
    const request = { ...entered, askedBy: user, team, channel: place.channel ?? user, thread }
    await handle(
      { id: view.id, what: "exam", place },
      whoMay(
        "examine",
        place,
        Effect.flatMap(ExamDesk, (desk) => desk.ask(request))
      )
    )
  }

type Entered = Omit<ExamRequest, "askedBy" | "team" | "channel" | "thread">

/** What was entered, or what is wrong with it by the field it stands in. */
export const readExam = (
  view: ViewOutput,
  origin: Origin | null,
  { maxRequests, budgetRequests: usual }: Pick<Configuration["exams"], "maxRequests" | "budgetRequests">
): { readonly errors: Record<string, string>; readonly entered: Entered | null } => {
  const errors: Record<string, string> = {}
  const named = (text: string): string | null => Effect.runSync(fullName(text))
  const given = origin?.subject ?? textIn(view, fields.subject)
  const subject = given === null ? null : named(given)
  const subjectBlock = origin === null || origin.subject !== null ? fields.form.block : fields.subject.block
  if (origin === null) errors[subjectBlock] = "This dialog is of an older version; close it and ask again"
  else if (subject === null)
    errors[subjectBlock] = "Write backend:model or backend:model@revision, such as openai:gpt-4.1"
  const form = choiceIn(view, fields.form) ?? textIn(view, fields.form)
  if (form === null) errors[fields.form.block] = "Choose a form"
  const says = textIn(view, fields.reference)
  const reference = says === null ? undefined : says.toLowerCase() === "none" ? null : named(says)
  if (says !== null && says.toLowerCase() !== "none" && reference === null) {
    errors[fields.reference.block] = "Write backend:model, or none, or leave it empty"
  }
  const number = textIn(view, fields.budget)
  const budget = number === null ? usual : Number(number)
  if (budget !== null && !(Number.isSafeInteger(budget) && budget > 0)) {
    errors[fields.budget.block] = "Write a whole number above 0"
  } else if (budget !== null && maxRequests !== null && budget > maxRequests) {
    errors[fields.budget.block] = `At most ${maxRequests} requests are allowed here`
  }
  if (Object.keys(errors).length > 0 || subject === null || form === null) return { errors, entered: null }
  return {
    errors,
    entered: {
      subject,
      ...(reference === undefined ? {} : { reference }),
      form,
      brief: choiceIn(view, fields.size) === choices.brief,
      replicate: isTicked(view, fields.replicate, choices.replicate),
      budgetRequests: budget,
      context: contextOf(choiceIn(view, fields.context))
    }
  }
}

/** Null for none, and for anything that is no context. */
export const contextOf = (text: string | null): DeploymentContext | null =>
  deploymentContexts.find((context) => context === text) ?? null
