/** A waiver that was given: what it opens, until when, on whose word. */
import type { RecordedWaiver } from "@model-intake/case-files"
import { contextName } from "@model-intake/report"
import { actionsOf, button, context, message, section } from "./Blocks.ts"
import { actions } from "./Ids.ts"
import type { Message } from "./Message.ts"
import { named } from "./Parts.ts"
import { prose, quoted } from "./SlackText.ts"
import { isoDay, timeText } from "./Times.ts"

export const waiverCard = ({ waiver }: { readonly waiver: RecordedWaiver }): Message => {
  const { digest, document, revoked } = waiver
  const { context: waived, level, subject, until, who, why } = document
  return message(
    `${prose(who, 200)} gave a waiver: ${prose(subject, 300)} may be used in ${contextName[waived]} contexts until ${isoDay(until)}.`,
    [
      section([
        `:unlock:  *Waiver${revoked ? " (revoked)" : ""}*: ${contextName[waived]} use of ${named(subject)} until ${timeText(until)}`,
        `> ${prose(why, 2000)}`
      ]),
      actionsOf([button(actions.history, "History", { subject })]),
      context([
        `By ${prose(who, 200)}, signed into the log as ${quoted(digest.slice(0, 19), 40)}`,
        `It holds up to level ${level} and for quarantine only; a graver verdict closes the context again.`
      ])
    ]
  )
}
