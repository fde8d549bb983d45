/** Looks at the case files of watched subjects from time to time, and tells their channels what is new, each thing once. */
import { CaseFiles } from "@model-intake/case-files"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Settings } from "../Configuration.ts"
import { watchAlertCard } from "../cards/WatchCards.ts"
import { Installations } from "../Installations.ts"
import { State, type Watch } from "../State.ts"
import { callOnce } from "./SlackCall.ts"
import { type WatchAlert, watchAlerts } from "./WatchAlerts.ts"

export class WatchLoop extends Context.Service<
  WatchLoop,
  {
    /** Looks once, at once. What fails is logged, and is tried again the next time. */
    readonly look: Effect.Effect<void>
  }
>()("@model-intake/slack/WatchLoop") {
  /** Looks when it starts and then as often as the configuration says. */
  static readonly layer: Layer.Layer<WatchLoop, never, Settings | State | Installations | CaseFiles> = Layer.effect(
    WatchLoop,
    Effect.gen(function* () {
      const loop = yield* make
      const { watchEveryMs } = yield* Settings
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(loop.look, Effect.sleep(watchEveryMs))))
      return loop
    })
  )
}

/** Alerts that a channel gets at one look; the others follow at the next. */
const mostAtOnce = 5

const make = Effect.gen(function* () {
  const settings = yield* Settings
  const state = yield* State
  const files = yield* CaseFiles
  const installations = yield* Installations

  const alertsOf = Effect.fnUntraced(function* ({ addedAt, id, subject }: Watch, now: number) {
    const all = watchAlerts({
      subject,
      verdicts: yield* files.verdicts(subject),
      waivers: yield* files.waivers(subject),
      since: addedAt,
      now,
      maxAgeMs: settings.gate.maxAgeMs,
      expiryNoticeMs: settings.expiryNoticeMs,
      reExamAfterMs: settings.reExamAfterMs
    })
    const fresh: Array<WatchAlert> = []
    for (const alert of all) if (!(yield* state.told(id, alert.key))) fresh.push(alert)
    return fresh.slice(0, mostAtOnce)
  })

  const tell = Effect.fnUntraced(function* ({ channel, id, team }: Watch, alert: WatchAlert, now: number) {
    const { blocks, text } = watchAlertCard({ ...alert, now })
    yield* callOnce(installations, team, (client) =>
      client.chat.postMessage({ channel, text, blocks: [...blocks], unfurl_links: false, unfurl_media: false })
    )
    yield* state.markTold(id, alert.key)
  })

  const lookAt = (watch: Watch) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      for (const alert of yield* alertsOf(watch, now)) yield* tell(watch, alert, now)
    }).pipe(
      Effect.catch((error) => Effect.logWarning("A watching channel was not told", { error: error.message })),
      Effect.catchCause((cause) => Effect.logError("A watch failed", cause)),
      Effect.annotateLogs({ watch: watch.id })
    )

  const look = Effect.flatMap(state.watches, (watches) => Effect.forEach(watches, lookAt, { discard: true })).pipe(
    Effect.catch(({ message }) => Effect.logError(message))
  )
  return WatchLoop.of({ look })
})
