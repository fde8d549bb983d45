/** The bot's services without its listeners, against a stand-in for Slack and case files in a fresh folder. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { CaseFiles } from "@model-intake/case-files"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type * as Scope from "effect/Scope"
import manifest from "../../manifest.json" with { type: "json" }
import { Settings, settingsFrom } from "../../src/Configuration.ts"
import { ExamDesk } from "../../src/exams/ExamDesk.ts"
import type { ExamRequest } from "../../src/exams/ExamTicket.ts"
import { WatchLoop } from "../../src/exams/WatchLoop.ts"
import { Installations } from "../../src/Installations.ts"
import { State } from "../../src/State.ts"
import { signingSecret } from "./Deliveries.ts"
import { openStandIn, type StandIn, type StandInOptions } from "./StandIn.ts"

/** What the manifest asks for when somebody installs the app. */
export const manifestScopes: ReadonlyArray<string> = manifest.oauth_config.scopes.bot

export const botToken = "xoxb-1-test"
export const appToken = "xapp-1-test"

/** A fresh folder for everything that is kept. */
export const freshHome = (): string => mkdtempSync(join(tmpdir(), "intake-slack-"))

/** The same, gone with its scope. */
export const home: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(Effect.sync(freshHome), (folder) =>
  Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

export const standIn = (options: Partial<StandInOptions> = {}): Effect.Effect<StandIn, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() =>
      openStandIn({ tokens: { T1: botToken }, appToken, scopes: manifestScopes, channels: ["C1", "C2"], ...options })
    ),
    (opened) => Effect.promise(opened.close)
  )

/** The configuration of a bot that talks to the stand-in: UADA may do everything, others nothing. */
export const configuration = (extra: Readonly<Record<string, unknown>> = {}) => ({
  people: { examine: ["UADA"], waive: ["UADA"], watch: ["UADA"] },
  exams: { forms: ["A", "B", "S"], instruments: ["M4"] },
  watches: { every: "200ms" },
  ...extra
})

export const environment = (home: string, slack: StandIn): Readonly<Record<string, string>> => ({
  INTAKE_HOME: home,
  SLACK_API_URL: slack.apiUrl,
  SLACK_BOT_TOKEN: botToken,
  SLACK_APP_TOKEN: appToken,
  SLACK_SIGNING_SECRET: signingSecret
})

/** Exams and watches; what they share is provided too, so that a test can look at it. */
export const deskLayer = (home: string, slack: StandIn, extra: Readonly<Record<string, unknown>> = {}) =>
  Layer.unwrap(
    Effect.map(
      settingsFrom(configuration(extra), {
        file: join(home, "intake-slack.json"),
        environment: environment(home, slack)
      }),
      (settings) =>
        Layer.mergeAll(ExamDesk.layer, WatchLoop.layer).pipe(
          Layer.provideMerge(
            Layer.mergeAll(
              State.layer(join(settings.data, "state.sqlite")),
              CaseFiles.layerSqlite(settings.store, { signingKey: settings.signingKey, trustedKeys: settings.trust }),
              Installations.layer
            )
          ),
          Layer.provideMerge(Layer.succeed(Settings, settings)),
          Layer.provide(Logger.layer([]))
        )
    )
  )

/** A short exam of a specimen, asked for in a channel. */
export const request = (extra: Partial<ExamRequest> = {}): ExamRequest => ({
  subject: "specimens:narrow-weak",
  reference: null,
  form: "S",
  brief: true,
  replicate: false,
  budgetRequests: null,
  context: null,
  askedBy: "UADA",
  team: "T1",
  channel: "C1",
  thread: null,
  ...extra
})
