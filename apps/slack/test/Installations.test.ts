import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import type { Installation } from "@slack/bolt"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll, describe, expect } from "vitest"
import {
  type PostgresServer,
  postgresMissing,
  startPostgres
} from "../../../packages/case-files/test/support/Postgres.ts"
import { Settings, settingsFrom } from "../src/Configuration.ts"
import { Installations } from "../src/Installations.ts"
import { scratch } from "./support/Scratch.ts"

const environment = {
  SLACK_APP_TOKEN: "xapp-1",
  SLACK_CLIENT_ID: "1.2",
  SLACK_CLIENT_SECRET: "client-secret",
  SLACK_STATE_SECRET: "s".repeat(32)
}

const withWorkspaces = <A, E>(store: string, use: (installations: Installations["Service"]) => Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const settings = yield* settingsFrom(
      { workspaces: { teams: ["T1", "T2"] } },
      { file: "/tmp/intake-slack.json", environment: { ...environment, INTAKE_SLACK_WORKSPACES: store } }
    )
    const layer = Layer.provide(Installations.layer, Layer.succeed(Settings, settings))
    return yield* Effect.provide(Effect.flatMap(Installations, use), layer)
  })

const installation = (team: string, token: string): Installation<"v2", false> => ({
  team: { id: team, name: "Example" },
  enterprise: undefined,
  user: { id: "UADA", token: "xoxp-of-the-person", scopes: [] },
  bot: { token, id: "B1", userId: "UBOT", scopes: ["chat:write"] }
})

const behaves = (name: string, place: () => Promise<string>) =>
  it.live(`${name} keep tokens over restarts, and only of workspaces that may install`, () =>
    Effect.gen(function* () {
      const where = yield* Effect.promise(place)
      yield* withWorkspaces(where, ({ clientFor, store }) =>
        Effect.gen(function* () {
          expect((yield* Effect.flip(clientFor("T1"))).message).toBe("The bot is not installed in workspace T1")
          yield* Effect.promise(async () => {
            await store!.storeInstallation(installation("T1", "xoxb-first"))
            await store!.storeInstallation(installation("T1", "xoxb-second"))
            await store!.storeInstallation(installation("T2", "xoxb-other"))
            await expect(store!.storeInstallation(installation("T3", "xoxb-third"))).rejects.toThrow(
              "Workspace T3 may not install the bot; add it to workspaces.teams"
            )
            await expect(
              store!.storeInstallation({ ...installation("T1", "xoxb-x"), isEnterpriseInstall: true as false })
            ).rejects.toThrow("single workspaces")
          })
        })
      )
      yield* withWorkspaces(where, ({ clientFor, forget, store }) =>
        Effect.gen(function* () {
          expect((yield* clientFor("T1")).token).toBe("xoxb-second")
          const found = yield* Effect.promise(() =>
            store!.fetchInstallation({ teamId: "T2", enterpriseId: undefined, isEnterpriseInstall: false })
          )
          expect(found).toMatchObject({
            team: { id: "T2" },
            bot: { token: "xoxb-other", userId: "UBOT" },
            user: { id: "UADA" }
          })
          expect(found.user.token).toBeUndefined()
          yield* forget("T1")
          expect(yield* Effect.flip(clientFor("T1"))).toMatchObject({ _tag: "UsageError" })
          expect((yield* clientFor("T2")).token).toBe("xoxb-other")
        })
      )
    })
  )

describe("workspaces in a file", () => {
  const fresh = () => join(scratch("workspaces"), "slack", "installations.json")
  behaves("they", async () => fresh())

  it.live("are refused where others can read them, or where the file is damaged", () =>
    Effect.gen(function* () {
      const file = fresh()
      const open = withWorkspaces(file, ({ clientFor }) => clientFor("T1"))
      yield* withWorkspaces(file, ({ store }) =>
        Effect.promise(() => store!.storeInstallation(installation("T1", "xoxb-first")))
      )
      expect(readFileSync(file, "utf8")).not.toContain("xoxp")
      if (process.platform !== "win32") {
        expect(statSync(file).mode & 0o777).toBe(0o600)
        chmodSync(file, 0o644)
        expect((yield* Effect.flip(open)).message).toMatch(/can be read by others \(mode 644\); run chmod 600/)
        chmodSync(file, 0o600)
      }
      writeFileSync(file, '{"version":1,"workspaces":{"T1":{"token":"xoxb-first"}}}')
      const { message } = yield* Effect.flip(open)
      expect(message).toMatch(/is damaged; move it away/)
      expect(message).not.toContain("xoxb")
    })
  )

  it.live("that are stored at once are all kept", () =>
    Effect.gen(function* () {
      const file = fresh()
      yield* withWorkspaces(file, ({ store }) =>
        Effect.promise(() =>
          Promise.all(["T1", "T2"].map((team) => store!.storeInstallation(installation(team, `xoxb-${team}`))))
        )
      )
      expect(Object.keys(JSON.parse(readFileSync(file, "utf8")).workspaces)).toEqual(["T1", "T2"])
    })
  )
})

describe.skipIf(postgresMissing !== null)("workspaces in Postgres", () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())
  behaves("they", () => server.database())

  it.live("are missed in one sentence without the password", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(
        withWorkspaces("postgres://intake:hunter2@127.0.0.1:1/intake", ({ clientFor }) => clientFor("T1"))
      )
      expect(message).toMatch(/^The database of the workspaces postgres:\/\/127\.0\.0\.1:1\/intake cannot be reached/)
      expect(message).not.toContain("hunter2")
    })
  )
})
