import { CaseFiles, type WaiverRequest } from "@model-intake/case-files"
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewOutput, ViewSubmitAction } from "@slack/bolt"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Answers, fullName } from "../../Answers.ts"
import { whoMay } from "../../Asking.ts"
import { fields, waiverCard } from "../../cards/index.ts"
import { decodeOrigin, type Origin } from "../../Origin.ts"
import { openly } from "../../Replies.ts"
import { type Listening, placeOfView } from "../Listening.ts"
import { contextOf } from "./examAsked.ts"
import { choiceIn, textIn } from "./Values.ts"

/** The dialog of a waiver was sent: it goes into the signed log under the name of the person. */
export const waiverGiven =
  ({ handle }: Listening) =>
  async ({ ack, body, view }: SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs): Promise<void> => {
    const origin = decodeOrigin(view.private_metadata)
    const now = Effect.runSync(Clock.currentTimeMillis)
    const { errors, entered } = readWaiver(view, origin, now)
    if (entered === null) return ack({ response_action: "errors", errors })
    await ack()
    const place = placeOfView(body, origin)
    const request = { ...entered, who: authorOf(body.user.name, place.user, place.team) }
    await handle(
      { id: view.id, what: "waiver", place },
      whoMay(
        "waive",
        place,
        Effect.gen(function* () {
          const waiver = yield* (yield* CaseFiles).addWaiver(request)
          yield* (yield* Answers).refresh
          yield* openly(place, waiverCard({ waiver: { ...waiver, revoked: false } }))
        })
      )
    )
  }

type Entered = Omit<WaiverRequest, "who">

/** What was entered, or what is wrong with it by the field it stands in. @param now milliseconds since 1970 */
export const readWaiver = (
  view: ViewOutput,
  origin: Origin | null,
  now: number
): { readonly errors: Record<string, string>; readonly entered: Entered | null } => {
  const errors: Record<string, string> = {}
  const given = origin?.subject ?? textIn(view, fields.subject)
  const subject = given === null ? null : Effect.runSync(fullName(given))
  if (origin === null) errors[fields.why.block] = "This dialog is of an older version; close it and ask again"
  else if (subject === null) {
    errors[origin.subject === null ? fields.subject.block : fields.why.block] =
      "Write backend:model in full, as its verdict does"
  }
  const context = contextOf(choiceIn(view, fields.context))
  if (context === null) errors[fields.context.block] = "Choose a context"
  const day = textIn(view, fields.until)
  const until = day !== null && /^\d{4}-\d\d-\d\d$/.test(day) ? `${day}T00:00:00Z` : null
  if (until === null || !(Date.parse(until) > now)) errors[fields.until.block] = "Choose a day after today (UTC)"
  const why = textIn(view, fields.why)
  if (why === null || why.length < 10) errors[fields.why.block] ??= "Give the grounds, in ten characters at least"
  if (Object.keys(errors).length > 0 || subject === null || context === null || until === null || why === null) {
    return { errors, entered: null }
  }
  return { errors, entered: { subject, context, until, why } }
}

/** One line that names the person for people and, by Slack's ids, beyond doubt. */
export const authorOf = (name: string | undefined, user: string, team: string): string =>
  `${
    (name ?? "")
      .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "")
      .trim()
      .slice(0, 80) || "unnamed"
  } (Slack user ${user} of ${team})`
