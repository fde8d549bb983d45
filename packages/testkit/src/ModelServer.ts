/**
 * A model server on the loopback interface that speaks the chat APIs of OpenAI and Anthropic (and so that of Hugging
 * Face and of everything compatible), answers by script, and misbehaves on demand.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { deriveSeed, makeRandom } from "@model-intake/psychometrics"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { FaultScript } from "./ModelFaults.ts"
import { misbehave, sendJson } from "./ModelMisbehaviour.ts"
import { makeRateLimiter, type RateLimit } from "./ModelRateLimit.ts"
import { defaultAnswer, keyOf, type ModelAnswer, type ModelCall, readCall, wireReply } from "./ModelWire.ts"

export interface ModelScript {
  /** What the model says: a function of the request alone, so that runs repeat. */
  readonly answer?: ((call: ModelCall) => ModelAnswer) | undefined
  readonly fault?: FaultScript | undefined
  /** Milliseconds before each reply: fixed, or between the two bounds by a seed and the request's number. */
  readonly latencyMs?: number | { readonly from: number; readonly to: number; readonly seed: string } | undefined
  readonly limit?: RateLimit | undefined
  /** The only key that is let in; any unless given. */
  readonly key?: string | undefined
}

/** What happened so far. */
export interface ModelServerCounts {
  readonly requests: number
  readonly answered: number
  /** Requests refused by the rate limit of the script. */
  readonly limited: number
  /** Requests by the fault that befell them. */
  readonly faults: Readonly<Record<string, number>>
  /** Requests whose client left before the reply was whole. */
  readonly abandoned: number
  readonly highestConcurrency: number
  readonly bytesIn: number
}

export interface ModelServer {
  /** The base URL, without a path: `http://127.0.0.1:PORT`. OpenAI's API is below `/v1`. */
  readonly url: string
  /** The latest requests, at most a thousand, oldest first. */
  readonly requests: ReadonlyArray<ModelCall>
  readonly counts: () => ModelServerCounts
  /** From now on another script; requests are numbered from 0 again and counts start anew. */
  readonly setScript: (script: ModelScript) => void
  readonly close: () => Promise<void>
}

/** Starts a server; `port` 0 (the default) takes a free one. */
export const startModelServer = async (
  options: { readonly script?: ModelScript | undefined; readonly port?: number | undefined } = {}
): Promise<ModelServer> => {
  let run = makeServerRun(options.script ?? {})
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const current = run
    current.arrive(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(options.port ?? 0, "127.0.0.1", resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return run.requests
    },
    counts: () => run.counts(),
    setScript: (script) => {
      run = makeServerRun(script)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

/** A server that is closed with the scope. */
export const modelServer = (script: ModelScript = {}): Effect.Effect<ModelServer, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => startModelServer({ script })),
    (server) => Effect.promise(() => server.close())
  )

const makeServerRun = (script: ModelScript) => {
  const limiter = script.limit === undefined ? null : makeRateLimiter(script.limit)
  const requests: Array<ModelCall> = []
  const faults: Record<string, number> = {}
  let [arrived, answered, limited, abandoned, open, highestConcurrency, bytesIn] = [0, 0, 0, 0, 0, 0, 0]

  const answer = (call: ModelCall, response: ServerResponse): void => {
    const refusal = refuse(call)
    if (refusal !== null) {
      response.setHeaders(new Map(Object.entries(refusal.headers)))
      sendJson(response, JSON.stringify({ type: "error", error: refusal.error }), refusal.status)
      return
    }
    const fault = script.fault?.(call.index, call) ?? null
    const reply = wireReply(call, (script.answer ?? defaultAnswer)(call))
    if (fault === null) {
      answered++
      sendJson(response, JSON.stringify(reply))
      return
    }
    faults[fault] = (faults[fault] ?? 0) + 1
    misbehave(fault, call, reply, response)
  }

  const refuse = (call: ModelCall) => {
    if (script.key !== undefined && keyOf(call) !== script.key) {
      return { status: 401, headers: {}, error: { type: "authentication_error", message: "no such key" } }
    }
    const wait = limiter?.take(open) ?? null
    if (wait === null) return null
    limited++
    const headers = script.limit?.retryAfter === false ? {} : { "retry-after": String(Math.ceil(wait / 1000)) }
    return { status: 429, headers, error: { type: "rate_limit_error", message: "too many requests" } }
  }

  const latencyOf = (index: number): number => {
    const { latencyMs = 0 } = script
    if (typeof latencyMs === "number") return latencyMs
    const { from, to, seed } = latencyMs
    return from + (to - from) * makeRandom(deriveSeed(seed, `latency ${index}`)).uniform()
  }

  const understand = (request: IncomingMessage, response: ServerResponse, text: string): void => {
    const path = request.url ?? "/"
    if (request.method === "GET" && path.split("?")[0]!.endsWith("/models")) {
      sendJson(response, JSON.stringify({ object: "list", data: [{ id: "model", object: "model" }] }))
      return
    }
    const body = parseObject(text)
    const call = body === null ? null : readCall(arrived, path, request.headers, body)
    if (call === null || call.body.stream === true) {
      const error = { type: "invalid_request_error", message: body === null ? "no JSON" : `nothing at ${path}` }
      sendJson(response, JSON.stringify({ error }), body === null ? 400 : 404)
      return
    }
    arrived++
    requests.push(call)
    if (requests.length > 1000) requests.shift()
    open++
    highestConcurrency = Math.max(highestConcurrency, open)
    const latency = latencyOf(call.index)
    const timer = latency > 0 ? setTimeout(() => answer(call, response), latency) : null
    response.on("close", () => {
      open--
      if (timer !== null) clearTimeout(timer)
      if (!response.writableEnded) abandoned++
    })
    if (timer === null) answer(call, response)
  }

  return {
    requests,
    counts: (): ModelServerCounts => ({
      requests: arrived,
      answered,
      limited,
      faults: { ...faults },
      abandoned,
      highestConcurrency,
      bytesIn
    }),
    arrive: (request: IncomingMessage, response: ServerResponse): void => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => {
        chunks.push(chunk)
        bytesIn += chunk.length
      })
      request.on("end", () => understand(request, response, Buffer.concat(chunks).toString("utf8")))
      request.on("error", () => response.destroy())
    }
  }
}

const parseObject = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}
