import { fork } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { command } from "./support/Deliveries.ts"
import { environment, standIn } from "./support/Desk.ts"
import { spawnBot } from "./support/Running.ts"
import { scratch } from "./support/Scratch.ts"

const program = fileURLToPath(new URL("../src/app.ts", import.meta.url))

/** Runs the program until it ends by itself. */
const run = (settings: unknown, variables: Readonly<Record<string, string | undefined>>) =>
  Effect.promise(() => {
    const cwd = scratch("program")
    writeFileSync(join(cwd, "intake-slack.json"), JSON.stringify(settings))
    const child = fork(program, [], {
      cwd,
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { PATH: process.env.PATH, INTAKE_HOME: cwd, ...variables }
    })
    let out = ""
    for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (data) => (out += data))
    return new Promise<{ readonly code: number | null; readonly out: string }>((resolve) =>
      child.once("close", (code) => resolve({ code, out }))
    )
  })

const server = (answer: (url: string, body: string) => unknown) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const listening = createServer((incoming, outgoing) => {
        let body = ""
        incoming
          .on("data", (data) => (body += data))
          .on("end", () => {
            outgoing.writeHead(200, { "content-type": "application/json" })
            outgoing.end(JSON.stringify(answer(incoming.url ?? "", body)))
          })
      })
      await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve))
      return { listening, port: (listening.address() as AddressInfo).port }
    }),
    ({ listening }) =>
      Effect.sync(() => {
        listening.closeAllConnections()
        listening.close()
      })
  )

describe("the program", () => {
  it.live("tells in one sentence why it does not start", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const { port } = yield* server(() => ({}))
      const good = environment(scratch("home"), slack)
      const [missing, refused, taken] = yield* Effect.all(
        [run({}, {}), run({}, { ...good, SLACK_BOT_TOKEN: "xoxb-revoked" }), run({ mode: "http", port }, good)],
        { concurrency: 2 }
      )
      expect(missing).toMatchObject({ code: 2, out: expect.stringContaining("SLACK_BOT_TOKEN is not set") })
      expect(refused).toMatchObject({
        code: 2,
        out: expect.stringContaining("Slack refuses SLACK_BOT_TOKEN (invalid_auth)")
      })
      expect(taken).toMatchObject({ code: 2, out: expect.stringContaining(`Port ${port} is in use`) })
      for (const { out } of [missing, refused, taken]) {
        expect(out).not.toMatch(/xoxb-revoked| {4}at /)
      }
    }).pipe(Effect.scoped)
  )

  it.live("tells its health in Socket Mode, and drains when it is asked to end", () =>
    Effect.gen(function* () {
      const slack = yield* standIn()
      const bot = yield* spawnBot(scratch("home"), slack, "socket", { port: 0 })
      const port = /"port":(\d+)/.exec(bot.log.join("\n"))![1]
      const health = () => Effect.promise(async () => (await fetch(`http://127.0.0.1:${port}/health`)).json())
      expect(yield* health()).toMatchObject({ status: "ok", slack: "connected", store: "ok" })
      const delivery = command(slack, "verdict nothing-known")
      yield* bot.deliver(delivery)
      const ended = new Promise<number | null>((resolve) => bot.child.once("exit", resolve))
      bot.child.kill("SIGTERM")
      expect(yield* Effect.promise(() => ended)).toBe(0)
      expect(slack.answers(delivery.responseUrl)).toHaveLength(1)
      expect(bot.log.join("\n")).toContain("stopped")
      expect(slack.problems).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("is installed into a workspace of the configuration, and into no other", () =>
    Effect.gen(function* () {
      let team = "T1"
      const { port: slackPort } = yield* server((url, body) =>
        url.endsWith("oauth.v2.access")
          ? {
              ok: true,
              access_token: `xoxb-of-${team}`,
              token_type: "bot",
              scope: "chat:write",
              bot_user_id: "UBOT",
              app_id: "A1",
              team: { id: team, name: "Example" },
              enterprise: null,
              authed_user: { id: "UADA" },
              is_enterprise_install: false
            }
          : {
              ok: true,
              url: "https://example.slack.com/",
              user_id: "UBOT",
              bot_id: "B1",
              team_id: team,
              asked: body.length
            }
      )
      const home = scratch("home")
      const slack = yield* standIn()
      const { SLACK_BOT_TOKEN: _, ...rest } = environment(home, slack)
      const cwd = home
      writeFileSync(
        join(cwd, "intake-slack.json"),
        JSON.stringify({ mode: "http", port: 0, workspaces: { teams: ["T1"] }, data: join(home, "slack") })
      )
      const child = fork(program, [], {
        cwd,
        execArgv: [],
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        env: {
          PATH: process.env.PATH,
          ...rest,
          SLACK_API_URL: `http://127.0.0.1:${slackPort}/api/`,
          SLACK_CLIENT_ID: "1.2",
          SLACK_CLIENT_SECRET: "client-secret",
          SLACK_STATE_SECRET: "s".repeat(32)
        }
      })
      yield* Effect.addFinalizer(() => Effect.sync(() => child.kill("SIGKILL")))
      const port = yield* Effect.promise(
        () =>
          new Promise<string>((resolve, reject) => {
            let out = ""
            child.stdout!.on("data", (data) => {
              out += data
              const found = /"port":(\d+)/.exec(out)?.[1]
              if (found !== undefined) resolve(found)
            })
            child.once("exit", () => reject(new Error(out)))
          })
      )
      const install = () =>
        Effect.promise(async () => {
          const begun = await fetch(`http://127.0.0.1:${port}/slack/install`, { redirect: "manual" })
          const address = new URL(begun.headers.get("location")!)
          expect(address.origin).toBe("https://slack.com")
          expect(address.searchParams.get("scope")).toBe("app_mentions:read,chat:write,commands,files:write,im:history")
          const cookie = begun.headers.get("set-cookie")!.split(";")[0]!
          const state = address.searchParams.get("state")!
          return fetch(`http://127.0.0.1:${port}/slack/oauth_redirect?code=c&state=${encodeURIComponent(state)}`, {
            headers: { cookie },
            redirect: "manual"
          })
        })
      expect((yield* install()).status).toBe(200)
      team = "T2"
      expect((yield* install()).status).toBe(500)
      const forged = yield* Effect.promise(() =>
        fetch(`http://127.0.0.1:${port}/slack/oauth_redirect?code=c&state=forged`)
      )
      expect(forged.status).toBe(400)
      const kept = readFileSync(join(home, "slack", "installations.json"), "utf8")
      expect(Object.keys(JSON.parse(kept).workspaces)).toEqual(["T1"])
    }).pipe(Effect.scoped)
  )
})
