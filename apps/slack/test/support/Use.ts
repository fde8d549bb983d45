/** What tests of the whole bot share: folders, waiting, recording from elsewhere, and filled dialogs. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { choices, fields } from "../../src/cards/Ids.ts"
import type { Delivery } from "./Deliveries.ts"
import { ackLimitMs, type Running, readable } from "./Running.ts"
import type { Json, StandIn } from "./StandIn.ts"
import { daysAgo } from "./Verdicts.ts"

export { home } from "./Desk.ts"
export { record } from "./Seed.ts"

export const subject = "specimens:narrow-weak"

/** Delivers, and sees to it that the acknowledgement came in time. */
export const does = (bot: Running) =>
  Effect.fnUntraced(function* (delivery: Delivery) {
    const ack = yield* bot.deliver(delivery)
    expect(ack.milliseconds).toBeLessThan(ackLimitMs)
    return ack
  })

export const until = <A>(slack: StandIn, what: string, find: () => A | undefined | null | false) =>
  Effect.promise(() => slack.until(what, find))

export const messageWith = (slack: StandIn, text: string | RegExp) =>
  slack.messages.find((message) =>
    typeof text === "string" ? readable(message.blocks).includes(text) : text.test(readable(message.blocks))
  )

const option = (value: string) => ({ selected_option: { value } })

/** A short exam without a reference, for civilian use. */
export const examValues = (form = "S"): Json => ({
  [fields.form.block]: { [fields.form.action]: option(form) },
  [fields.reference.block]: { [fields.reference.action]: { value: "none" } },
  [fields.context.block]: { [fields.context.action]: option("civilian") },
  [fields.size.block]: { [fields.size.action]: option(choices.brief) },
  [fields.replicate.block]: { [fields.replicate.action]: { selected_options: [] } },
  [fields.budget.block]: { [fields.budget.action]: { value: "5000" } }
})

export const waiverValues: Json = {
  [fields.context.block]: { [fields.context.action]: option("civilian") },
  [fields.why.block]: { [fields.why.action]: { value: "A pilot with two reviewers and a <!channel> in the text" } },
  [fields.until.block]: { [fields.until.action]: { selected_date: daysAgo(-20).slice(0, 10) } }
}
