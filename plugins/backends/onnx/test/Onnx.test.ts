import { createHash } from "node:crypto"
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { it } from "@effect/vitest"
import { type Backend, type Download, Downloads, type Subject } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, describe, expect, vi } from "vitest"
import plugin from "../src/index.ts"

/** Milliseconds; workers start slowly on a machine that is busy. */
const slow = 60_000

const tiny = fileURLToPath(new URL("../../../../packages/onnx-runtime/test/fixtures/tiny", import.meta.url))
const commit = "0123456789abcdef0123456789abcdef01234567"
const token = "hf_secretsecretsecret"

/** What the hub does wrong, by the path of a file; each fault happens once. */
type Fault = "cut" | "altered" | 401 | 404 | 503

interface Hub {
  readonly server: Server
  readonly faults: Map<string, Fault>
  readonly requests: Array<string>
}

/** A hub with one model, `acme/tiny`, whose `main` is `commit`. Answers the requests that the hub's client makes. */
const startHub = async (): Promise<Hub> => {
  const faults = new Map<string, Fault>()
  const requests: Array<string> = []
  const files = new Map(
    globSync("**/*.*", { cwd: tiny }).map((name) => [name.replaceAll("\\", "/"), readFileSync(join(tiny, name))])
  )
  files.set("README.md", Buffer.from("# not needed"))
  const server = createServer((request, response) => {
    const url = decodeURIComponent(request.url!.replace(/\?.*/, ""))
    requests.push(url)
    const fault = [...faults.keys()].find((path) => url.endsWith(path))
    // The client asks for the first byte of a file before it asks for the file: a cut comes with the file.
    const ranged = request.headers.range === "bytes=0-0"
    const wrong = fault === undefined ? undefined : faults.get(fault)!
    if (typeof wrong === "number") return response.writeHead(wrong).end()
    const json = (value: unknown) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value))
    if (/^\/api\/models\/acme\/tiny\/revision\/(main|v1|0123456789abcdef.*)$/.test(url)) {
      return json({ _id: "1", id: "acme/tiny", sha: commit })
    }
    if (url === `/api/models/acme/tiny/tree/${commit}`) {
      return json(
        [...files].map(([path, bytes]) => {
          const oid = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex")
          const lfs = { oid: createHash("sha256").update(bytes).digest("hex"), size: bytes.length, pointerSize: 130 }
          return { type: "file", path, size: bytes.length, oid, ...(path.endsWith(".onnx") ? { lfs } : {}) }
        })
      )
    }
    const bytes = files.get(url.replace(`/acme/tiny/resolve/${commit}/`, ""))
    if (bytes === undefined) return response.writeHead(404).end()
    if (ranged) {
      const headers = { "content-range": `bytes 0-0/${bytes.length}`, etag: '"etag"', "content-length": 1 }
      return response.writeHead(206, headers).end(bytes.subarray(0, 1))
    }
    if (wrong !== undefined) faults.delete(fault!)
    response.writeHead(200, { etag: '"etag"', "content-length": bytes.length })
    if (wrong === "cut") return response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())
    return response.end(wrong === "altered" ? Buffer.from(bytes).fill(0, 0, 1) : bytes)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { server, faults, requests }
}

const stop = ({ server }: Hub) => new Promise((resolve) => server.close(resolve).closeAllConnections())

const backend: Effect.Effect<Backend> = Effect.scoped(plugin.make({ workers: 1 }))

const open = (model: string, revision: string | null = null) =>
  Effect.flatMap(backend, (made) => made.open({ backend: "onnx", model, revision }))

const greeting = {
  messages: [{ role: "user", content: "bade gogo" }],
  decoding: { temperature: 0, topP: 1, maxTokens: 8, seed: 1, stop: [] }
} as const

/** Subject and answer of an opened model. */
const ask = (model: string, revision: string | null = null) =>
  Effect.scoped(
    Effect.flatMap(open(model, revision), ({ subject, chat }) =>
      Effect.map(chat(greeting), ({ text }): { readonly subject: Subject; readonly text: string } => ({
        subject,
        text
      }))
    )
  )

const refusal = (model: string, revision: string | null = null) => Effect.flip(Effect.scoped(open(model, revision)))

describe("a local folder", () => {
  it.live(
    "is opened by its path",
    () =>
      Effect.gen(function* () {
        const { subject, text } = yield* ask(tiny)
        expect(subject).toEqual({ backend: "onnx", model: tiny, revision: null })
        expect(text.split(" ")).toHaveLength(8)
      }),
    slow
  )

  it.live("that does not exist is refused in one sentence", () =>
    Effect.gen(function* () {
      const { message, reason } = yield* refusal("./no/such/folder")
      expect(reason).toBe("not-found")
      expect(message).toBe(
        "./no/such/folder is neither a local folder nor a name on the hub, such as organisation/model"
      )
    })
  )
})

describe("a name on the hub", () => {
  let hub: Hub
  let cache: string

  beforeEach(async () => {
    hub = await startHub()
    cache = mkdtempSync(join(tmpdir(), "intake-hub-"))
    vi.stubEnv("HF_ENDPOINT", `http://127.0.0.1:${(hub.server.address() as AddressInfo).port}`)
    vi.stubEnv("HF_HUB_CACHE", cache)
    vi.stubEnv("HF_TOKEN", token)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await stop(hub)
    rmSync(cache, { recursive: true, force: true })
  })

  const snapshot = () => join(cache, "models--acme--tiny/snapshots", commit)
  const unfinished = () => globSync("**/*.{incomplete,partial}", { cwd: cache })

  it.live(
    "is fetched into the usual cache with its revision pinned, and gives the answers of the folder",
    () =>
      Effect.gen(function* () {
        const downloads: Array<Download> = []
        const listen = (download: Download) => Effect.sync(() => void downloads.push(download))
        const { subject, text } = yield* Effect.provideService(ask("acme/tiny", "v1"), Downloads, listen)
        expect(subject).toEqual({ backend: "onnx", model: "acme/tiny", revision: commit })
        expect(text).toBe((yield* ask(tiny)).text)
        expect(readFileSync(join(cache, "models--acme--tiny/refs/v1"), "utf8")).toBe(commit)
        expect(existsSync(join(snapshot(), "onnx/model.onnx"))).toBe(true)
        expect(existsSync(join(snapshot(), "README.md"))).toBe(false)
        const model = downloads.filter(({ file }) => file === "onnx/model.onnx")
        expect(model.at(-1)).toMatchObject({ bytesDone: 129_670, bytesTotal: 129_670 })
        expect(unfinished()).toEqual([])
      }),
    slow
  )

  it.live(
    "is not asked for again once it is there; a pinned one opens without a network, a branch as it was",
    () =>
      Effect.gen(function* () {
        const fetched = yield* ask("acme/tiny")
        hub.requests.length = 0
        yield* ask("acme/tiny")
        expect(hub.requests).toEqual(["/api/models/acme/tiny/revision/main"])
        yield* Effect.promise(() => stop(hub))
        expect(yield* ask("acme/tiny", commit)).toEqual(fetched)
        expect(yield* ask("acme/tiny")).toEqual(fetched)
      }),
    slow
  )

  it.live("without a network says so in one sentence and leaves nothing behind", () =>
    Effect.gen(function* () {
      yield* Effect.promise(() => stop(hub))
      const { message, reason } = yield* refusal("acme/tiny")
      expect(reason).toBe("transport")
      expect(message).toBe(
        "acme/tiny is not in the cache as a whole, and the hub cannot be reached for revision main; go online, or name a local folder"
      )
      expect(globSync("**/*", { cwd: cache })).toEqual([])
    })
  )

  for (const fault of ["cut", "altered"] as const) {
    it.live(
      `that arrives ${fault} is refused, leaves no half file, and arrives whole the next time`,
      () =>
        Effect.gen(function* () {
          hub.faults.set("onnx/model.onnx", fault)
          const error = yield* refusal("acme/tiny")
          expect(error).toMatchObject({ reason: "transport", retryable: true })
          expect(error.message).toContain("onnx/model.onnx")
          expect(unfinished()).toEqual([])
          expect(existsSync(join(snapshot(), "onnx/model.onnx"))).toBe(false)
          hub.requests.length = 0
          yield* ask("acme/tiny")
          expect(hub.requests.filter((url) => url.endsWith("tokenizer.json"))).toEqual([])
        }),
      slow
    )
  }

  const refusals: ReadonlyArray<readonly [fault: Fault, path: string, reason: string, says: RegExp]> = [
    [401, "revision/main", "authentication", /^the hub does not let acme\/tiny be read with the token in HF_TOKEN$/],
    [404, "revision/main", "not-found", /^the hub has no acme\/tiny with revision main; check the name/],
    [503, commit, "transport", /^the hub answered 503 when asked for its list of files of acme\/tiny; try again later$/]
  ]
  for (const [fault, path, reason, says] of refusals) {
    it.live(`on which the hub answers ${fault} is refused in one sentence that tells no token`, () =>
      Effect.gen(function* () {
        hub.faults.set(path, fault)
        const error = yield* refusal("acme/tiny")
        expect(error.reason).toBe(reason)
        expect(error.message).toMatch(says)
        expect(JSON.stringify(error)).not.toContain(token)
      })
    )
  }

  it.live(
    "never writes the token to disk",
    () =>
      Effect.gen(function* () {
        yield* ask("acme/tiny")
        const written = globSync("models--acme--tiny/{blobs,refs}/*", { cwd: cache })
        expect(written).toHaveLength(7)
        for (const file of written) expect(readFileSync(join(cache, file)).includes(token)).toBe(false)
      }),
    slow
  )

  it.live("with a token that is none is refused without repeating it", () =>
    Effect.gen(function* () {
      vi.stubEnv("HF_TOKEN", "swordfish")
      const error = yield* refusal("acme/tiny")
      expect(error).toMatchObject({ reason: "authentication", message: expect.stringContaining("begin with hf_") })
      expect(JSON.stringify(error)).not.toContain("swordfish")
    })
  )
})
