/** Carries out the faults of the model server on the wire. */
import type { ServerResponse } from "node:http"
import type { ModelFault } from "./ModelFaults.ts"
import { keyOf, type ModelCall } from "./ModelWire.ts"
import { replyFaults } from "./ReplyFaults.ts"

/**
 * Answers a request with a fault.
 *
 * @param reply what a well-behaved server would answer; changed in place
 */
export const misbehave = (
  fault: ModelFault,
  call: ModelCall,
  reply: Record<string, unknown>,
  response: ServerResponse
): void => {
  const status = statuses[fault]
  if (status !== undefined) {
    const { code, headers, type } = status(call)
    const message =
      fault === "hostile-message" ? hostileMessage : fault === "key-in-error" ? keyMessage(call) : said(fault)
    const html = fault === "bad-gateway"
    response.writeHead(code, { "content-type": html ? "text/html" : "application/json", ...headers })
    response.end(
      html
        ? `<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>`
        : fault === "unprocessable"
          ? JSON.stringify({ detail: [{ loc: ["body", "messages"], msg: said(fault) }] })
          : JSON.stringify({ type: "error", error: { type, message } })
    )
    return
  }
  const changed = replyFaults[fault]
  if (changed !== undefined) {
    changed(reply, call)
    sendJson(response, JSON.stringify(reply))
    return
  }
  onWire[fault]?.(response, JSON.stringify(reply), call)
}

/** Sends JSON as a well-behaved server does. */
export const sendJson = (response: ServerResponse, text: string, status = 200): void => {
  const bytes = Buffer.from(text, "utf8")
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length })
  response.end(bytes)
}

const said = (fault: ModelFault): string => `scripted fault: ${fault}`

const hostileMessage = `\u001b[31mred\u0007\u202e ${"very long ".repeat(5000)}`

const keyMessage = (call: ModelCall): string => {
  const key = keyOf(call)
  const base64 = Buffer.from(`user:${key}`).toString("base64")
  return `Incorrect API key provided: ${key}; Bearer ${key}; ${encodeURIComponent(key)}; Basic ${base64}; ${JSON.stringify(key)}; ${key.slice(0, -4)}****`
}

interface Status {
  readonly code: number
  readonly type: string
  readonly headers?: Readonly<Record<string, string>>
}

const status =
  (code: number, type: string, headers?: () => Readonly<Record<string, string>>) =>
  (_call: ModelCall): Status => ({ code, type, ...(headers === undefined ? {} : { headers: headers() }) })

const limit = (retryAfter?: () => string) =>
  status(429, "rate_limit_error", () => (retryAfter === undefined ? {} : { "retry-after": retryAfter() }))

const statuses: { readonly [Fault in ModelFault]?: (call: ModelCall) => Status } = {
  "bad-request": status(400, "invalid_request_error"),
  "hostile-message": status(400, "invalid_request_error"),
  "too-large": status(413, "request_too_large"),
  unprocessable: status(422, "invalid_request_error"),
  unauthorized: status(401, "authentication_error"),
  forbidden: status(403, "permission_error"),
  "key-in-error": status(401, "authentication_error"),
  "not-found": status(404, "not_found_error"),
  redirect: status(308, "redirect", () => ({ location: "http://127.0.0.1:1/v1/chat/completions" })),
  "request-timeout": status(408, "timeout_error"),
  conflict: status(409, "conflict"),
  "server-error": status(500, "server_error"),
  "bad-gateway": status(502, "server_error"),
  unavailable: status(503, "server_error", () => ({ "retry-after": "1" })),
  overloaded: status(529, "overloaded_error"),
  "rate-limit": limit(),
  "rate-limit-seconds": limit(() => "1"),
  "rate-limit-date": limit(() => new Date(Date.now() + 2000).toUTCString()),
  "rate-limit-garbage": limit(() => "soon, or 1 of May"),
  "rate-limit-huge": limit(() => "1000000000"),
  "rate-limit-negative": limit(() => "-5")
}

const plain =
  (text: string, type = "application/json") =>
  (response: ServerResponse) => {
    response.writeHead(200, { "content-type": type })
    response.end(text)
  }

/** Faults below JSON. */
const onWire: { readonly [Fault in ModelFault]?: (response: ServerResponse, text: string, call: ModelCall) => void } = {
  reset: (response) => response.destroy(),
  "reset-mid-body": (response, text) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    response.write(text.slice(0, text.length / 2), () => response.destroy())
  },
  "truncated-json": (response, text) => sendJson(response, text.slice(0, (2 * text.length) / 3)),
  "not-http": (response) => response.socket?.end("SSH-2.0-OpenSSH_9.9\r\n"),
  "duplicate-headers": (response, text) =>
    response.socket?.end(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\ncontent-length: ${text.length}\r\n\r\n${text}`
    ),
  silent: () => undefined,
  "endless-body": (response) => {
    response.writeHead(200, { "content-type": "application/json" })
    drip(response, () => " ".repeat(16), 20)
  },
  "gzip-garbage": (response, text) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
    response.end(text)
  },
  "malformed-json": plain(`{"choices": [}, "content": wrong]}`),
  "deep-json": plain("[".repeat(100_000)),
  "null-body": plain("null"),
  "array-body": plain("[]"),
  "empty-body": plain(""),
  "no-content": (response) => {
    response.writeHead(204)
    response.end()
  },
  "html-page": plain("<html><head><title>Welcome</title></head></html>", "text/html; charset=utf-8"),
  "wrong-content-type": (response, text) => plain(text, "text/html")(response),
  "event-stream": (response, text) => plain(`data: ${text}\n\ndata: [DONE]\n\n`, "text/event-stream")(response),
  "invalid-utf8": (response, text) => {
    response.writeHead(200, { "content-type": "application/json" })
    const [before, after] = text.split(/(?<="(?:content|text)":")/, 2) as [string, string]
    response.end(Buffer.concat([Buffer.from(before), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from(after ?? "")]))
  },
  "huge-body": (response, text) => {
    response.writeHead(200, { "content-type": "application/json" })
    response.end(`${" ".repeat(20 * 1024 * 1024)}${text}`)
  },
  "slow-drip": (response, text) => {
    const bytes = Buffer.from(text, "utf8")
    const step = Math.ceil(bytes.length / 10)
    let sent = 0
    response.writeHead(200, { "content-type": "application/json", "content-length": bytes.length })
    const next = () => {
      sent += step
      return sent - step >= bytes.length ? null : bytes.subarray(sent - step, sent)
    }
    drip(response, next, 5)
  }
}

/** Writes a piece every so many milliseconds until there is none or the client has gone. */
const drip = (response: ServerResponse, next: () => Buffer | string | null, everyMs: number): void => {
  const timer = setInterval(() => {
    const piece = response.destroyed ? null : next()
    if (piece !== null) {
      response.write(piece)
      return
    }
    clearInterval(timer)
    response.end()
  }, everyMs)
  response.on("close", () => clearInterval(timer))
}
