import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { loadSettings, settingsFrom } from "../src/Configuration.ts"
import { scratch } from "./support/Scratch.ts"

const tokens = {
  SLACK_BOT_TOKEN: "xoxb-1-secret",
  SLACK_APP_TOKEN: "xapp-1-secret",
  SLACK_SIGNING_SECRET: "signing-secret"
}
const environment = { ...tokens, INTAKE_HOME: "/home/intake" }
const from = (document: unknown, more: Readonly<Record<string, string | undefined>> = {}) =>
  Effect.runPromise(
    Effect.result(
      settingsFrom(document, { file: "/etc/bot/intake-slack.json", environment: { ...environment, ...more } })
    )
  )
const problem = async (document: unknown, more?: Readonly<Record<string, string | undefined>>) => {
  const result = await from(document, more)
  return result._tag === "Failure" ? result.failure.message : `taken: ${JSON.stringify(result.success)}`
}

describe("configuration", () => {
  it("lets nobody examine or waive unless it says so", async () => {
    expect(await from({})).toMatchObject({
      success: {
        mode: "socket",
        port: null,
        data: "/home/intake/slack",
        store: "/home/intake/case-files.sqlite",
        people: { examine: [], waive: [], watch: ["*"] },
        gate: { maxAgeMs: 90 * 86_400_000, requireGrade: null },
        exams: { maxRequests: null, atOnce: 1, models: [] }
      }
    })
  })

  it("takes paths from where it lies, and addresses from the environment first", async () => {
    const given = {
      data: "bot",
      store: "files.sqlite",
      plugins: "../intake.config.ts",
      exams: { forms: ["A", "forms/own.json"] }
    }
    expect(await from(given)).toMatchObject({
      success: {
        data: "/etc/bot/bot",
        store: "/etc/bot/files.sqlite",
        plugins: "/etc/intake.config.ts",
        exams: { forms: ["A", "/etc/bot/forms/own.json"] }
      }
    })
    expect(await from(given, { INTAKE_STORE: "postgres://intake:pw@db/intake" })).toMatchObject({
      success: { store: "postgres://intake:pw@db/intake" }
    })
  })

  it.each([
    [{ mode: "sockets" }, /mode has to be "socket" \| "http"/],
    [{ port: 70_000 }, /port has to be a port from 1 to 65535/],
    [{ people: { examine: ["ada"] } }, /people\.examine\.0 has to be the id of a Slack user/],
    [{ people: { deploy: ["U1"] } }, /people\.deploy is no setting/],
    [{ exams: { budgetRequests: 0 } }, /exams\.budgetRequests has to be a whole number above 0/],
    [{ exams: { budgetRequests: 10, maxRequests: 5 } }, /budgetRequests is above exams\.maxRequests/],
    [{ exams: { deadline: "soon" } }, /exams\.deadline has to be a duration/],
    [{ gate: { requireGrade: "best" } }, /gate\.requireGrade has to be/],
    [{ store: "postgres://intake:hunter2@db/intake" }, /store holds a password; put the address into INTAKE_STORE/],
    [{ workspaces: { teams: [] } }, /workspaces\.teams/],
    [{ workspaces: { teams: ["U1"] } }, /workspaces\.teams\.0 has to be the id of a Slack workspace/],
    [{ workspaces: { teams: ["T1"] } }, /SLACK_CLIENT_ID is not set/],
    [[], /the document/],
    ["xoxb-1-secret", /the document/]
  ])("%j is told in one sentence", async (document, says) => {
    const message = await problem(document)
    expect(message).toMatch(says)
    expect(message).not.toMatch(/secret|hunter2|\n/)
  })

  it.each([
    [{ SLACK_BOT_TOKEN: undefined }, /SLACK_BOT_TOKEN is not set; it is the "Bot User OAuth Token"/],
    [{ SLACK_BOT_TOKEN: "xapp-1-secret" }, /SLACK_BOT_TOKEN does not look right: it begins with xoxb-/],
    [{ SLACK_APP_TOKEN: " " }, /SLACK_APP_TOKEN is not set/],
    [{ SLACK_API_URL: "http://example.com/api/" }, /SLACK_API_URL is no https address/],
    [{ INTAKE_TRUST: "abc" }, /Key 1 of INTAKE_TRUST/]
  ])("the environment %j is told in one sentence", async (more, says) => {
    const message = await problem({}, more)
    expect(message).toMatch(says)
    expect(message).not.toMatch(/secret/)
  })

  it("asks for the secrets that the mode needs, and no others", async () => {
    expect(await problem({ mode: "http" }, { SLACK_SIGNING_SECRET: undefined })).toMatch(
      /SLACK_SIGNING_SECRET is not set/
    )
    expect(await from({ mode: "http" }, { SLACK_APP_TOKEN: undefined })).toMatchObject({
      success: { mode: "http", port: 3000 }
    })
    expect(
      await from(
        { workspaces: { teams: ["T1", "T2"] } },
        {
          SLACK_BOT_TOKEN: undefined,
          SLACK_CLIENT_ID: "1.2",
          SLACK_CLIENT_SECRET: "client-secret",
          SLACK_STATE_SECRET: "s".repeat(32)
        }
      )
    ).toMatchObject({
      success: {
        port: 3000,
        workspaces: { store: "/home/intake/slack/installations.json" },
        secrets: { botToken: null }
      }
    })
  })

  it("never shows a secret when it is printed", async () => {
    const result = await from({ mode: "http" })
    expect(JSON.stringify(result)).not.toMatch(/secret"|xoxb-1|xapp-1|signing-secret/)
  })

  it("of any shape is taken, or refused in one line without its values", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (document) => {
        const result = await from(document)
        if (result._tag === "Failure")
          expect(result.failure.message).toMatch(/^In \/etc\/bot\/intake-slack\.json, [^\n]+$/)
      })
    )
  })

  it("is looked for in the folder, or where the environment says", async () => {
    const folder = scratch("configuration")
    const load = (more = {}) => Effect.runPromise(Effect.result(loadSettings({ ...environment, ...more }, folder)))
    expect(await load()).toMatchObject({ success: { mode: "socket" } })
    expect(await load({ INTAKE_SLACK_CONFIG: "bot.json" })).toMatchObject({
      failure: { message: expect.stringContaining("bot.json does not exist") }
    })
    writeFileSync(join(folder, "intake-slack.json"), '{\n  "mode": "http",\n}')
    expect(await load()).toMatchObject({ failure: { message: expect.stringMatching(/is not JSON: line 3/) } })
    writeFileSync(join(folder, "bot.json"), '{ "mode": "http" }')
    expect(await load({ INTAKE_SLACK_CONFIG: "bot.json" })).toMatchObject({ success: { mode: "http" } })
  })
})
