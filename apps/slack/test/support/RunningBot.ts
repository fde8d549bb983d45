/** The whole bot over signed HTTP in a fresh folder, with verdicts that are there already. */
import { join } from "node:path"
import { CaseFiles } from "@model-intake/case-files"
import type { Verdict } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { type Delivery, type HttpAck, post, type SigningOptions } from "./Deliveries.ts"
import { standIn } from "./Desk.ts"
import { runBot } from "./Running.ts"
import { scratch } from "./Scratch.ts"
import type { StandInOptions } from "./StandIn.ts"

export interface BotOptions {
  /** Settings beside those of the stand-in. */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly slack?: Partial<StandInOptions>
  /** Recorded before the bot starts. */
  readonly verdicts?: ReadonlyArray<Verdict>
}

export const runningBot = Effect.fnUntraced(function* ({
  extra = {},
  slack: options = {},
  verdicts = []
}: BotOptions = {}) {
  const slack = yield* standIn(options)
  const home = scratch("home")
  yield* record(home, verdicts)
  const { log, url } = yield* runBot(home, slack, "http", { watches: { every: "1h" }, ...extra })
  const send = (delivery: Delivery, signing?: SigningOptions): Promise<HttpAck> => post(url!, delivery, signing)
  return { slack, home, log, send, address: new URL(url!).origin }
})

/** Into the case files that the bot reads. */
const record = (home: string, verdicts: ReadonlyArray<Verdict>) =>
  Effect.gen(function* () {
    const files = yield* CaseFiles
    for (const verdict of verdicts) yield* files.recordVerdict(verdict)
  }).pipe(
    Effect.provide(
      CaseFiles.layerSqlite(join(home, "case-files.sqlite"), { signingKey: join(home, "signing-key.pem") })
    )
  )

/** Waits until something holds that nobody tells of. Rejects after ten seconds. */
export const eventually = async (what: string, holds: () => boolean): Promise<void> => {
  const until = performance.now() + 10_000
  while (!holds()) {
    if (performance.now() > until) throw new Error(`${what} did not happen`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
