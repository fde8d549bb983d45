/** A whole bot, as `app.ts` puts it together, and somebody who uses it through the stand-in. */
import { type ChildProcess, fork } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { Bot } from "../../src/Bot.ts"
import { start } from "../../src/Start.ts"
import { type Delivery, envelopeOf, post } from "./Deliveries.ts"
import { configuration, environment } from "./Desk.ts"
import type { Json, OpenedView, StandIn } from "./StandIn.ts"

export type Mode = "http" | "socket"

export interface Running {
  /** Delivers and waits for the acknowledgement; what it says is checked as Slack would. */
  readonly deliver: (delivery: Delivery) => Effect.Effect<{ readonly body: unknown; readonly milliseconds: number }>
  /** Address of the requests of Slack; null in Socket Mode. */
  readonly url: string | null
  /** Everything that was logged. */
  readonly log: ReadonlyArray<string>
}

/** Every acknowledgement has to come within this time, in milliseconds. */
export const ackLimitMs = 3000

const writeConfiguration = (home: string, mode: Mode, extra: Json): void =>
  writeFileSync(
    join(home, "intake-slack.json"),
    JSON.stringify(configuration({ mode, ...(mode === "http" ? { port: 0 } : {}), ...extra }))
  )

/** Runs a bot in this process, as long as the scope lasts. */
export const runBot = Effect.fnUntraced(function* (home: string, slack: StandIn, mode: Mode, extra: Json = {}) {
  writeConfiguration(home, mode, extra)
  const log: Array<string> = []
  const logger = Logger.layer([Logger.map(Logger.formatJson, (line) => void log.push(line))])
  const context = yield* Layer.build(Layer.provide(start(environment(home, slack), home), logger))
  const { port } = Context.get(context, Bot)
  return running(slack, mode, port === null ? null : `http://127.0.0.1:${port}/slack/events`, log)
})

/** Slack signs a repeated delivery anew: two of them never bear the same time. */
let sent = 0

const running = (slack: StandIn, mode: Mode, url: string | null, log: ReadonlyArray<string>): Running => ({
  url,
  log,
  deliver: (delivery) =>
    Effect.promise(async () => {
      const kind =
        delivery.kind === "command"
          ? "command"
          : delivery.payload.type === "view_submission"
            ? "view_submission"
            : "other"
      if (mode === "http") {
        const { body, milliseconds, status } = await post(url!, delivery, { offset: -((++sent * 7) % 280) })
        if (status !== 200) throw new Error(`${delivery.kind} was answered with ${status} ${body}`)
        slack.checkAck(kind, body)
        return { body: body.startsWith("{") ? (JSON.parse(body) as unknown) : body, milliseconds }
      }
      await slack.socket.connected()
      const { milliseconds, payload } = await slack.socket.deliver(envelopeOf(delivery), delivery.payload)
      slack.checkAck(kind, payload)
      return { body: payload, milliseconds }
    })
})

export interface BotProcess extends Running {
  readonly child: ChildProcess
  /** Ends it at once, as a kill or a loss of power does. */
  readonly kill: Effect.Effect<void>
}

/** Runs the bot as a program, to be killed. */
export const spawnBot = (home: string, slack: StandIn, mode: Mode, extra: Json = {}): Effect.Effect<BotProcess> =>
  Effect.promise(async () => {
    writeConfiguration(home, mode, extra)
    const child = fork(fileURLToPath(new URL("../../src/app.ts", import.meta.url)), [], {
      cwd: home,
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { PATH: process.env.PATH, ...environment(home, slack) }
    })
    const log: Array<string> = []
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
    const ready = await new Promise<string>((resolve, reject) => {
      let rest = ""
      const read = (data: Buffer) => {
        const lines = (rest + String(data)).split("\n")
        rest = lines.pop()!
        log.push(...lines)
        const line = lines.find((one) => one.includes('"ready"'))
        if (line !== undefined) resolve(line)
      }
      child.stdout!.on("data", read)
      child.stderr!.on("data", read)
      child.once("exit", (code) => reject(new Error(`the bot ended with ${code}: ${log.join("\n")}`)))
    })
    const port = /"port":(\d+)/.exec(ready)?.[1]
    return {
      ...running(slack, mode, port === undefined ? null : `http://127.0.0.1:${port}/slack/events`, log),
      child,
      kill: Effect.promise(() => {
        child.kill("SIGKILL")
        return ended
      })
    }
  })

/** The dialog that was opened last, as it is submitted. */
export const lastView = ({ views }: StandIn, callbackId: string): (Json & { readonly id: string }) | undefined => {
  const opened = views.findLast(({ view }) => view.callback_id === callbackId)
  return opened === undefined ? undefined : submitted(opened)
}

const submitted = ({ id, view }: OpenedView): Json & { readonly id: string } => ({ ...view, id })

/** All texts of blocks, joined: what a person reads. */
export const readable = (blocks: ReadonlyArray<Json>): string => {
  const texts: Array<string> = []
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) collect(each)
    else if (typeof value === "object" && value !== null) {
      for (const [name, each] of Object.entries(value)) {
        if (typeof each === "string") {
          if (name === "text" || name === "alt_text") texts.push(each)
        } else collect(each)
      }
    }
  }
  collect(blocks)
  return texts.join("\n")
}

/** The button of a message, to be pressed. */
export const buttonIn = (blocks: ReadonlyArray<Json>, actionId: string): Json => {
  const elements = blocks.flatMap((block) => [
    ...((block.elements as ReadonlyArray<Json> | undefined) ?? []),
    (block.accessory as Json | undefined) ?? {}
  ])
  const found = elements.find(({ action_id }) => action_id === actionId || String(action_id).startsWith(`${actionId}:`))
  if (found === undefined)
    throw new Error(`there is no button ${actionId} among ${elements.map(({ action_id }) => action_id).join(", ")}`)
  return found
}
