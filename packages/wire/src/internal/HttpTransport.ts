/**
 * One exchange over HTTP/1.1 by Node's own client, on connections that the process keeps open. It takes what a client
 * gives to `fetch` and costs less than half of it in time and memory: bodies are read whole anyway, so there are no
 * streams to build.
 */
import type { ClientRequest, IncomingMessage } from "node:http"
import { promisify } from "node:util"

/** What arrived. */
export interface Exchange {
  readonly status: number
  /** By lower-case name, each with every value that was sent. */
  readonly headers: Readonly<Record<string, ReadonlyArray<string> | undefined>>
  /** The body, decompressed; only its beginning where it is not whole. */
  readonly bytes: Uint8Array
  /** False where the body is longer than asked for; what is beyond is not read. */
  readonly isWhole: boolean
}

/**
 * Sends a request and reads the reply. Follows no redirect. Rejects like `fetch`: with `fetch failed` and the cause where
 * the connection failed or ended before the body did, with an `AbortError` where the signal aborts, and with whatever
 * keeps a request from being sent at all.
 *
 * @param longest the longest body of a reply with that status, in bytes
 */
export const exchange = async (
  input: string | URL | Request,
  init: RequestInit | undefined,
  longest: (status: number) => number
): Promise<Exchange> => {
  const { body, headers, method, signal, url } = await outgoing(input, init)
  const reply = await new Promise<Received>((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(aborted())
      return
    }
    const request = clientFor(url).request(url, { method, headers })
    const abort = (): void => {
      reject(aborted())
      request.destroy()
    }
    signal?.addEventListener("abort", abort)
    const settled = (): void => signal?.removeEventListener("abort", abort)
    const failed = (cause: unknown): void => {
      settled()
      reject(new TypeError("fetch failed", { cause }))
    }
    request.on("error", failed)
    request.on("response", (response) => {
      receive(request, response, longest(response.statusCode ?? 0), failed, (received) => {
        settled()
        resolve(received)
      })
    })
    request.end(body)
  })
  const { response, ...received } = reply
  const encoding = response.headers["content-encoding"]?.trim().toLowerCase() ?? ""
  const status = response.statusCode ?? 0
  return {
    status,
    headers: response.headersDistinct,
    ...(encoding === "" || encoding === "identity" || received.bytes.length === 0
      ? received
      : await decompress(encoding, received, longest(status)))
  }
}

interface Received {
  readonly response: IncomingMessage
  readonly bytes: Uint8Array
  readonly isWhole: boolean
}

/** Reads a body. An error keeps its status even where its body ends early. */
const receive = (
  request: ClientRequest,
  response: IncomingMessage,
  longest: number,
  failed: (cause: unknown) => void,
  done: (received: Received) => void
): void => {
  const chunks: Array<Buffer> = []
  let length = 0
  const give = (isWhole: boolean): void =>
    done({ response, isWhole, bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) })
  const isError = (response.statusCode ?? 0) < 200 || (response.statusCode ?? 0) >= 300
  const cutShort = (cause: unknown): void => (isError ? give(true) : failed(cause))
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk)
    length += chunk.length
    if (length <= longest) return
    give(false)
    request.destroy()
  })
  response.on("end", () => (response.complete ? give(true) : cutShort(endedEarly())))
  response.on("error", cutShort)
  response.on("close", () => {
    if (!response.complete) cutShort(endedEarly())
  })
}

/** The parts of a request that Node's client takes. */
const outgoing = async (input: string | URL | Request, init: RequestInit | undefined) => {
  const { body } = init ?? {}
  const isPlain = body === undefined || body === null || typeof body === "string" || body instanceof Uint8Array
  if (isPlain && !(input instanceof Request)) {
    return {
      url: new URL(input),
      method: init?.method ?? "GET",
      headers: headersOf(init?.headers),
      body: body ?? undefined,
      signal: init?.signal ?? null
    }
  }
  const request = new Request(input, init)
  return {
    url: new URL(request.url),
    method: request.method,
    headers: headersOf(request.headers),
    body: request.body === null ? undefined : new Uint8Array(await request.arrayBuffer()),
    signal: request.signal
  }
}

const headersOf = (given: RequestInit["headers"]): Record<string, string> => {
  const headers: Record<string, string> = {
    accept: "*/*",
    "accept-encoding": "gzip, deflate, br",
    "user-agent": "node"
  }
  for (const [name, value] of given instanceof Headers ? given : new Headers(given)) headers[name] = value
  return headers
}

/** Loaded when the first request is sent: most commands send none. */
const clientFor = ({ protocol }: URL) =>
  protocol === "https:" ? process.getBuiltinModule("node:https") : process.getBuiltinModule("node:http")

const decompress = async (
  encoding: string,
  { bytes, isWhole }: Omit<Received, "response">,
  longest: number
): Promise<Pick<Exchange, "bytes" | "isWhole">> => {
  const zlib = process.getBuiltinModule("node:zlib")
  const decoder =
    encoding === "gzip" || encoding === "x-gzip"
      ? zlib.gunzip
      : encoding === "deflate"
        ? zlib.inflate
        : encoding === "br"
          ? zlib.brotliDecompress
          : null
  if (decoder === null || !isWhole) return { bytes, isWhole }
  const decode = promisify<Uint8Array, { readonly maxOutputLength: number }, Buffer>(decoder)
  return await decode(bytes, { maxOutputLength: longest }).then(
    (plain) => ({ bytes: plain, isWhole: true }),
    (cause: unknown) => {
      if (cause instanceof RangeError) return { bytes: bytes.subarray(0, 0), isWhole: false }
      throw new TypeError("fetch failed", { cause })
    }
  )
}

const aborted = (): DOMException => new DOMException("This operation was aborted", "AbortError")

const endedEarly = (): Error => Object.assign(new Error("other side closed"), { code: "ECONNRESET" })
