import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeHttpAccess } from "../src/index.ts"

type Respond = (response: ServerResponse) => void

let respond: Respond = () => undefined
let seen: Array<string | undefined> = []
const server = createServer((request, response) => {
  seen.push(request.headers.authorization)
  respond(response)
})
let url = ""
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/chat`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const key = "sk-access-0123456789"

const access = (timeoutMs = 5000) =>
  makeHttpAccess({
    backend: "test",
    secrets: [key],
    timeoutMs,
    longestBody: 100_000,
    advise: ({ status }) => (status === 400 ? "change it" : null)
  })

/** As clients do that wrap whatever rejects. */
const callAt = (address: string, timeoutMs?: number) => {
  const { call, fetch } = access(timeoutMs)
  return call(async (signal) => {
    const response = await fetch(address, { signal, headers: { authorization: `Bearer ${key}` } }).catch((cause) => {
      throw new Error("wrapped", { cause: new Error("twice", { cause }) })
    })
    return (await response.json()) as unknown
  })
}

const send = (body: string | Buffer, headers: Record<string, string | Array<string>> = {}, status = 200): Respond => {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers })
    response.end(body)
  }
}

const failing = (given: Respond, timeoutMs?: number) => {
  respond = given
  seen = []
  return Effect.runPromise(Effect.flip(callAt(url, timeoutMs)))
}

describe("a reply that is one", () => {
  it.each([
    ["plain", "application/json"],
    ["with a charset", "application/json; charset=utf-8"],
    ["of a kind of its own", "application/problem+json"],
    ["twice", ["application/json", "application/json"]]
  ])("arrives where its content type is %s", async (_what, type) => {
    respond = send('{"a": "ä"}', { "content-type": type })
    expect(await Effect.runPromise(callAt(url))).toEqual({ a: "ä" })
  })

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync]
  ])("arrives compressed by %s", async (encoding, compress) => {
    respond = send(compress('{"a": "ä"}'), { "content-encoding": encoding })
    expect(await Effect.runPromise(callAt(url))).toEqual({ a: "ä" })
  })

  it("arrives in pieces that cut characters in half", async () => {
    respond = (response) => {
      response.writeHead(200, { "content-type": "application/json" })
      const bytes = Buffer.from('{"a": "äöü"}')
      response.write(bytes.subarray(0, 8), () => setTimeout(() => response.end(bytes.subarray(8)), 5))
    }
    expect(await Effect.runPromise(callAt(url))).toEqual({ a: "äöü" })
  })

  it("answers what was sent, whether a client gives text, bytes or a request", async () => {
    const bodies: Array<string> = []
    const echo = createServer(async (request, response) => {
      let text = `${request.method} ${request.headers["content-type"]} `
      for await (const chunk of request) text += chunk
      bodies.push(text)
      response.writeHead(200, { "content-type": "application/json" }).end("{}")
    })
    await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", () => resolve()))
    const at = `http://127.0.0.1:${(echo.address() as AddressInfo).port}/`
    const init = { method: "POST", headers: { "content-type": "application/json" } }
    const { fetch } = access()
    await fetch(at, { ...init, body: '"ä"' })
    await fetch(new URL(at), { ...init, headers: new Headers(init.headers), body: Buffer.from('"ä"') })
    await fetch(new Request(at, { ...init, body: '"ä"' }))
    expect(bodies).toEqual(Array.from({ length: 3 }, () => 'POST application/json "ä"'))
    echo.closeAllConnections()
    echo.close()
  })

  it("may begin with a byte order mark and have an error that is null", async () => {
    respond = send('\ufeff{"a": 1, "error": null}')
    expect(await Effect.runPromise(callAt(url))).toEqual({ a: 1, error: null })
  })
})

describe("a reply that is none", () => {
  it.each([
    ["two content types", send("{}", { "content-type": ["application/json", "text/html"] })],
    ["text", send("{}", { "content-type": "text/plain" })],
    ["NaN in it", send('{"logprob": NaN}')],
    ["a long body", send(`{"a": "${"x".repeat(200_000)}"}`)],
    [
      "a long body behind a short one",
      send(gzipSync(`{"a": "${"x".repeat(200_000)}"}`), { "content-encoding": "gzip" })
    ],
    ["a string", send('"answer"')],
    ["the key", send(JSON.stringify({ text: key }))],
    ["the key in escapes", send('{"text": "\\u0073k-access-0123456789"}')],
    ["the key in a header", send("{}", { "x-provider": key })],
    ["the key in base64", send(JSON.stringify({ text: Buffer.from(`is:${key}`).toString("base64") }))],
    ["a hundred thousand brackets", send(`{"a": ${"[".repeat(49_000)}${"]".repeat(49_000)}}`)],
    ["an error that is a word", send('{"error": "no"}')],
    ["an error as an object", send('{"object": "error", "message": "no"}')]
  ])("with %s is malformed and not asked for again", async (_what, given) => {
    const error = await failing(given)
    expect(error).toMatchObject({ reason: "malformed-reply", retryable: false })
    expect(error.message).not.toContain(key)
  })

  it.each([
    ["ends within a string", '{"a": "b'],
    ["ends within an object", '{"a": {"b": 1}'],
    ["ends after a key", '{"a":'],
    ["ends after a backslash", '{"a": "\\']
  ])("that %s is cut off, which may pass", async (_what, body) => {
    expect(await failing(send(body))).toMatchObject({ reason: "transport", retryable: true })
  })

  it.each([
    [{ error: { code: 429 } }, "rate-limit"],
    [{ error: { code: "503" } }, "transport"],
    [{ error: { type: "overloaded_error" } }, "transport"],
    [{ error: { code: "model_not_found" } }, "not-found"],
    [{ error: { type: "invalid_request_error" } }, "refused-request"],
    [{ error: { code: "invalid_api_key" } }, "authentication"],
    [{ error: { code: 200 } }, "malformed-reply"]
  ])("but %j is %s", async (body, reason) => {
    expect((await failing(send(JSON.stringify(body)))).reason).toBe(reason)
  })
})

it.each([
  ["ends early", gzipSync(`{"a": "${"x".repeat(1000)}"}`).subarray(0, 20)],
  ["is none", Buffer.from("{}")]
])("a compressed reply that %s may pass", async (_what, body) => {
  expect(await failing(send(body, { "content-encoding": "gzip" }))).toMatchObject({ reason: "transport" })
})

describe("an error", () => {
  it("says what the server says, and what to do", async () => {
    const error = await failing(send('{"error": {"message": "no such\\nparameter"}}', {}, 400))
    expect(error.message).toBe("the server refuses the request (HTTP 400): no such parameter; change it")
  })

  it("keeps its status where its body ends early, and its wait", async () => {
    const error = await failing((response) => {
      response.writeHead(429, { "retry-after": "2", "content-length": "1000" })
      response.write("{", () => response.destroy())
    })
    expect(error).toMatchObject({ reason: "rate-limit", retryable: true, retryAfterMs: 2000 })
  })

  it("of a page of HTML is its title", async () => {
    const error = await failing(send("<html><title>Bad Gateway</title><script>x()</script>", {}, 502))
    expect(error.message).toBe('the server failed (HTTP 502): a page of HTML titled "Bad Gateway"')
  })

  it("of a name that nobody has, of a port where nobody listens and of a protocol that is none", async () => {
    const at = (address: string) => Effect.runPromise(Effect.flip(callAt(address)))
    expect(await at("http://no-such-host.invalid/chat")).toMatchObject({ reason: "transport", retryable: true })
    const gone = createServer()
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", () => resolve()))
    const { port } = gone.address() as AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    const refused = await at(`http://127.0.0.1:${port}/`)
    expect(refused).toMatchObject({ reason: "transport", retryable: true })
    expect(refused.message).toContain("nothing listens")
    expect(await at("gopher://127.0.0.1/")).toMatchObject({ reason: "fault", retryable: false })
  })

  it("of the client itself is no fault of transport", async () => {
    const error = await Effect.runPromise(Effect.flip(access().call(() => Promise.reject(new Error(`bad ${key}`)))))
    expect(error).toMatchObject({ reason: "fault", retryable: false })
    expect(error.message).not.toContain(key)
  })
})

describe("the key", () => {
  it("does not follow a redirect", async () => {
    const error = await failing((response) => {
      response.writeHead(307, { location: url })
      response.end()
    })
    expect(error).toMatchObject({ reason: "not-found", retryable: false })
    expect(seen).toEqual([`Bearer ${key}`])
  })
})

describe("a call", () => {
  it("ends when its time is up, in the head, in the body and in the body of an error", async () => {
    const drip = (status: number) => (response: ServerResponse) => {
      response.writeHead(status, { "content-type": "application/json" })
      const timer = setInterval(() => response.write(" "), 10)
      response.on("close", () => clearInterval(timer))
    }
    for (const given of [() => undefined, drip(200), drip(500)]) {
      expect(await failing(given, 100)).toMatchObject({ reason: "timeout", retryable: true })
    }
  })

  it("closes its connection when it is interrupted", async () => {
    const closed = new Promise<void>((resolve) => {
      respond = (response) => response.on("close", resolve)
    })
    seen = []
    const fiber = Effect.runFork(callAt(url))
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await Effect.runPromise(Fiber.interrupt(fiber))
    await closed
  })
})
