/** A question and where it was asked: finds the answer, or the dialog that it needs. */
import { deploymentContexts } from "@model-intake/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Access, refusalOf } from "./Access.ts"
import { Answers, fullName } from "./Answers.ts"
import { type Right, Settings } from "./Configuration.ts"
import {
  ambiguousCard,
  examView,
  forbiddenCard,
  helpCard,
  type Message,
  unknownModelCard,
  waiverView,
  watchCard
} from "./cards/index.ts"
import { Installations } from "./Installations.ts"
import { encodeOrigin } from "./Origin.ts"
import type { Question, Unclear } from "./Questions.ts"
import { call, inviteAdvice, isOutside, openly, type Place, post, privately } from "./Replies.ts"
import { State } from "./State.ts"
import { UsageError } from "./UsageError.ts"

/** @param trigger Slack's id with which a dialog can be opened for three seconds; null where there is none */
export const ask = Effect.fn("Asking.ask")(function* (
  question: Question | Unclear,
  place: Place,
  trigger: string | null
) {
  const access = yield* Access
  switch (question.asks) {
    case "unclear":
      return yield* new UsageError({ message: question.says })
    case "help":
      return yield* privately(place, helpCard({ mayExamine: yield* access.may(place, "examine") }))
    case "verdict":
    case "gate":
    case "history": {
      const { answer } = yield* Answers
      const { asks, context, model } = question
      const mayExamine = yield* access.may(place, "examine")
      const { message, settled } = yield* answer({ asks, model, context, mayExamine })
      return yield* settled ? openly(place, message) : backTo(place, message)
    }
    case "exam":
      return yield* whoMay("examine", place, openExam(question, place, trigger))
    case "waive":
      return yield* whoMay("waive", place, openWaiver(question, place, trigger))
    case "watch":
      return yield* whoMay("watch", place, watch(question, place))
    case "unwatch":
      return yield* whoMay("watch", place, unwatch(question, place))
  }
})

/** Does the work for a person with the right; another one gets a private sentence and how to get it. */
export const whoMay = <E, R>(right: Right, place: Place, work: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function* () {
    const access = yield* Access
    if (yield* access.may(place, right)) return yield* Effect.asVoid(work)
    yield* Effect.logInfo("a right is missing", { right })
    yield* privately(place, forbiddenCard(refusalOf(right)))
  })

/** A question back: to everybody in a thread, to the person alone after a command. */
const backTo = (place: Place, message: Message) =>
  place.respond === null ? openly(place, message) : privately(place, message)

/** The dialog of an exam. A model that no case file knows can be examined when it is named in full. */
export const openExam = Effect.fn("Asking.openExam")(function* (
  { context, model }: Pick<Question, "context" | "model">,
  place: Place,
  trigger: string | null
) {
  const { exams } = yield* Settings
  const subject = model === "" ? null : ((yield* fullName(model)) ?? (yield* knownSubject("exam", model, place)))
  if (subject === undefined) return
  const usual = exams.form ?? (subject?.startsWith("specimens:") === true ? "S" : "A")
  yield* openDialog(
    place,
    trigger,
    `/intake exam ${model}`.trim(),
    examView({
      subject,
      forms: [usual, ...exams.forms.filter((form) => form !== usual)].map((form) => ({
        value: form,
        label: formLabel(form)
      })),
      contexts: deploymentContexts,
      context,
      maxRequests: exams.maxRequests,
      privateMetadata: encodeOrigin({ subject, channel: place.channel, thread: place.thread })
    })
  )
})

export const openWaiver = Effect.fn("Asking.openWaiver")(function* (
  { context, model }: Pick<Question, "context" | "model">,
  place: Place,
  trigger: string | null
) {
  const subject = model === "" ? null : yield* knownSubject("waive", model, place)
  if (subject === undefined) return
  yield* openDialog(
    place,
    trigger,
    `/intake waive ${model}`.trim(),
    waiverView({
      subject,
      context,
      now: yield* Clock.currentTimeMillis,
      privateMetadata: encodeOrigin({ subject, channel: place.channel, thread: place.thread })
    })
  )
})

/** The channel is told that it watches before the watch is kept: where the bot may not write there is none. */
const watch = Effect.fn("Asking.watch")(function* ({ channel, model }: Question, place: Place) {
  const subject = yield* knownSubject("watch", model, place)
  if (subject === undefined) return
  const target = channel ?? place.channel
  if (target === null) return yield* new UsageError({ message: `Which channel? Write /intake watch ${model} #channel` })
  const { clientFor } = yield* Installations
  const state = yield* State
  const { team, user } = place
  if ((yield* state.watches).some((one) => one.team === team && one.channel === target && one.subject === subject)) {
    return yield* privately(place, watchCard({ subject, channel: target, watched: true, changed: false }))
  }
  const card = watchCard({ subject, channel: target, watched: true })
  yield* Effect.flatMap(clientFor(team), (client) => post(client, target, null, card)).pipe(
    Effect.catchIf(isOutside, () => Effect.fail(inviteAdvice))
  )
  yield* state.addWatch({ team, channel: target, subject, addedBy: user, addedAt: yield* Clock.currentTimeMillis })
  if (target !== place.channel) yield* privately(place, card)
})

const unwatch = Effect.fn("Asking.unwatch")(function* ({ channel, model }: Question, place: Place) {
  const state = yield* State
  const target = channel ?? place.channel
  if (target === null)
    return yield* new UsageError({ message: `Which channel? Write /intake unwatch ${model} #channel` })
  // A watch may outlive the case file of its subject, so its own name is looked for first.
  const watched = (yield* state.watches).some(({ subject }) => subject === model)
  const subject = watched ? model : yield* knownSubject("unwatch", model, place)
  if (subject === undefined) return
  const changed = yield* state.removeWatch(place.team, target, subject)
  yield* privately(place, watchCard({ subject, channel: target, watched: false, changed }))
})

/** The subject that is meant; undefined where the person was asked back. */
const knownSubject = Effect.fnUntraced(function* (asks: Question["asks"], model: string, place: Place) {
  const { meaningOf } = yield* Answers
  const meaning = yield* meaningOf(model)
  if (meaning._tag === "One") return meaning.subject
  yield* backTo(
    place,
    meaning._tag === "Several"
      ? ambiguousCard({ asked: model, found: meaning.found, asks })
      : unknownModelCard({ asked: model, close: meaning.close, asks })
  )
  return undefined
})

type Dialog = ReturnType<typeof examView>

const openDialog = Effect.fnUntraced(function* (place: Place, trigger: string | null, command: string, view: Dialog) {
  if (trigger === null) return yield* new UsageError({ message: `That needs a dialog: write ${command}` })
  const { clientFor } = yield* Installations
  const client = yield* clientFor(place.team)
  yield* call("views.open", () => client.views.open({ trigger_id: trigger, view })).pipe(
    Effect.catchIf(
      ({ code }) => code === "expired_trigger_id" || code === "trigger_expired",
      () => new UsageError({ message: "That took too long for Slack to open a dialog; ask once more" })
    )
  )
})

/** Ids of forms are letters; others are paths, of which the last part is shown. */
const formLabel = (form: string): string => (/^\w{1,3}$/.test(form) ? `Form ${form}` : form.replace(/^.*[/\\]/, ""))
