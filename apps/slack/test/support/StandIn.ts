/**
 * A stand-in for Slack on the loopback interface: its Web API, response URLs, file uploads and the WebSocket of Socket
 * Mode. It keeps what it is sent, refuses what Slack refuses, and notes everything that breaks a published limit.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { WebSocketServer } from "ws"
import { messageProblems, viewResponseProblems } from "./Limits.ts"
import { openSocketMode, type SocketMode } from "./SocketMode.ts"
import { missingScope, webApi } from "./WebApi.ts"
import {
  type Answer,
  type Json,
  jsonOf,
  listOf,
  makeWorkspace,
  type OpenedView,
  type PostedMessage,
  type PrivateMessage,
  type SentFile,
  type StandInOptions
} from "./Workspace.ts"

export type { Answer, Json, OpenedView, PostedMessage, StandInOptions } from "./Workspace.ts"

export interface StandIn {
  /** For `slackApiUrl`. */
  readonly apiUrl: string
  readonly messages: ReadonlyArray<PostedMessage>
  readonly privateMessages: ReadonlyArray<PrivateMessage>
  readonly views: ReadonlyArray<OpenedView>
  readonly files: ReadonlyArray<SentFile>
  /** Methods called, in order. */
  readonly calls: ReadonlyArray<{ readonly method: string; readonly args: Json }>
  /** What broke a limit or a rule of Slack, in words. */
  readonly problems: ReadonlyArray<string>
  /** Answers that came to a response URL, by the URL. */
  readonly answers: (responseUrl: string) => ReadonlyArray<Answer>
  readonly responseUrl: () => string
  readonly trigger: () => string
  /** The next so many calls of a method meet a rate limit. */
  readonly limit: (method: string, times: number, retryAfterSeconds: number) => void
  /** The next call of a method is done and never answered, as when a process dies at the wrong moment. */
  readonly hold: (method: string) => { readonly arrived: Promise<void> }
  /** Checks an ack's body as Slack takes it for that kind of delivery. */
  readonly checkAck: (kind: "command" | "view_submission" | "other", body: unknown) => void
  readonly socket: SocketMode
  /** Waits until something is there. Rejects after a minute, with what there is instead. */
  readonly until: <A>(what: string, find: () => A | undefined | null | false) => Promise<A>
  readonly close: () => Promise<void>
}

const answersPerUrl = 5

export const openStandIn = async (options: StandInOptions): Promise<StandIn> => {
  const workspace = makeWorkspace(options)
  const { files, messages, next, note, privateMessages, problems, triggers, until, views } = workspace
  const calls: Array<{ readonly method: string; readonly args: Json }> = []
  const answered = new Map<string, Array<Answer>>()
  const limits = new Map<string, { times: number; readonly seconds: number }>()
  const holds = new Map<string, () => void>()
  const teamOf = (token: string) => Object.entries(options.tokens).find(([, known]) => known === token)?.[0]
  const methods = webApi(workspace, () => base)

  const serveMethod = (method: string, body: string, authorization: string, response: ServerResponse): void => {
    const args = argumentsOf(body)
    const token = authorization.replace(/^Bearer /, "") || String(args.token ?? "")
    const limit = limits.get(method)
    if (limit !== undefined && limit.times > 0) {
      limit.times--
      response.writeHead(429, { "retry-after": String(limit.seconds) }).end()
      return
    }
    const say = (answer: Json) => {
      note("", [])
      const release = holds.get(method)
      if (release !== undefined) {
        holds.delete(method)
        release()
        return
      }
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer))
    }
    if (method === "apps.connections.open") {
      say(token === options.appToken ? { ok: true, url: socket.address() } : { ok: false, error: "invalid_auth" })
      return
    }
    const team = teamOf(token)
    const handle = methods[method]
    const lacking = missingScope(method, args, options.scopes)
    const { token: _token, ...rest } = args
    calls.push({ method, args: rest })
    if (handle === undefined) {
      problems.push(`${method} is no method that this stand-in knows`)
      say({ ok: false, error: "unknown_method" })
    } else if (team === undefined) {
      say({ ok: false, error: "invalid_auth" })
    } else if (lacking !== null) {
      // Reading a thread back is a convenience that the bot does without where it may not.
      if (method !== "conversations.replies")
        problems.push(`${method} needs ${lacking}, and the manifest does not ask for it`)
      say({ ok: false, error: "missing_scope", needed: lacking })
    } else say(handle(args, team))
  }

  const serveAnswer = (url: string, body: string, response: ServerResponse): void => {
    const list = answered.get(url)
    if (list === undefined || list.length >= answersPerUrl) {
      problems.push(
        list === undefined
          ? `there is no response URL ${url}`
          : `a response URL was used more than ${answersPerUrl} times`
      )
      response.writeHead(404).end("expired_url")
      return
    }
    const answer = jsonOf(JSON.parse(body))
    if (answer.delete_original !== true) note("response URL", messageProblems(answer))
    list.push(answerOf(answer))
    note("", [])
    response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}')
  }

  const server = createServer((request, response) => {
    void bodyOf(request).then((bytes) => {
      const url = request.url ?? ""
      if (url.startsWith("/api/")) {
        serveMethod(
          url.slice(5).replace(/\?.*$/, ""),
          bytes.toString("utf8"),
          request.headers.authorization ?? "",
          response
        )
      } else if (url.startsWith("/upload/")) {
        const file = files.find(({ id }) => url.endsWith(`/${id}`))
        if (file !== undefined) Object.assign(file, { bytes: fileBytes(bytes) })
        response.writeHead(file === undefined ? 404 : 200).end("OK")
      } else serveAnswer(`${base}${url}`, bytes.toString("utf8"), response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const socketServer = new WebSocketServer({ server, path: "/socket" })
  const socket = openSocketMode(socketServer, `${base.replace("http", "ws")}/socket`)

  return {
    apiUrl: `${base}/api/`,
    messages,
    privateMessages,
    views,
    files,
    calls,
    problems,
    answers: (url) => answered.get(url) ?? [],
    responseUrl: () => {
      const url = `${base}/response/${next()}`
      answered.set(url, [])
      return url
    },
    trigger: () => {
      const id = `trigger-${next()}`
      triggers.set(id, { at: performance.now(), used: false })
      return id
    },
    limit: (method, times, seconds) => void limits.set(method, { times, seconds }),
    hold: (method) => ({ arrived: new Promise<void>((resolve) => holds.set(method, resolve)) }),
    checkAck: (kind, body) => {
      if (body === "" || body === undefined) return
      const given = jsonOf(typeof body === "string" && body.startsWith("{") ? JSON.parse(body) : body)
      if (Object.keys(given).length === 0) return
      if (kind === "view_submission") note("ack of a view", viewResponseProblems(given))
      else if (kind === "command") note("ack of a command", messageProblems(given))
    },
    socket,
    until,
    close: async () => {
      socketServer.close()
      for (const client of socketServer.clients) client.terminate()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  }
}

const answerOf = (answer: Json): Answer => ({
  text: String(answer.text ?? ""),
  inChannel: answer.response_type === "in_channel",
  blocks: listOf(answer.blocks)
})

/** Arguments come as a form whose complex values are JSON. */
const argumentsOf = (body: string): Json =>
  Object.fromEntries(
    [...new URLSearchParams(body)].map(([name, value]) => [
      name,
      /^(blocks|view|metadata|files|attachments)$/.test(name) ? (JSON.parse(value) as unknown) : value
    ])
  )

/** An upload is the bytes themselves, or a form with one part. */
const fileBytes = (body: Buffer): Buffer => {
  if (!body.subarray(0, 2).equals(Buffer.from("--"))) return body
  const start = body.indexOf("\r\n\r\n") + 4
  return body.subarray(start, body.lastIndexOf("\r\n--"))
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Array<Buffer> = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
