import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  always,
  every,
  first,
  type ModelCall,
  type ModelServer,
  makeRateLimiter,
  mixed,
  modelFaultNames,
  startModelServer
} from "../src/index.ts"
import { scriptOf } from "../src/serve.ts"

let server: ModelServer
beforeAll(async () => {
  server = await startModelServer()
})
afterAll(() => server.close())

const post = (path: string, body: unknown, headers: Record<string, string> = {}, url = server.url) =>
  fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body)
  })

const question = { model: "m", messages: [{ role: "user", content: "one two" }] }

describe("the model server", () => {
  it("speaks OpenAI's chat API, and Hugging Face's by it", async () => {
    server.setScript({ answer: () => ({ text: "three four", reasoning: "hm", finish: "length" }) })
    for (const path of ["/v1/chat/completions", "/models/org/name/v1/chat/completions"]) {
      expect(await (await post(path, question)).json()).toMatchObject({
        object: "chat.completion",
        model: "m",
        choices: [
          { message: { content: "three four", reasoning_content: "hm" }, finish_reason: "length", logprobs: null }
        ],
        usage: { prompt_tokens: 2, completion_tokens: 2 }
      })
    }
  })

  it("speaks Anthropic's", async () => {
    server.setScript({ answer: ({ messages }) => ({ text: messages.map(({ content }) => content).join("|") }) })
    expect(await (await post("/v1/messages", { ...question, system: "be", max_tokens: 5 })).json()).toMatchObject({
      type: "message",
      content: [{ type: "text", text: "be|one two" }],
      stop_reason: "end_turn"
    })
  })

  it("gives log-probabilities where they are asked for", async () => {
    server.setScript({ answer: () => ({ text: "a b" }) })
    const reply = await (await post("/v1/chat/completions", { ...question, logprobs: true, top_logprobs: 2 })).json()
    const { content } = (reply as { choices: [{ logprobs: { content: Array<{ token: string; top_logprobs: [] }> } }] })
      .choices[0].logprobs
    expect(content.map(({ token }) => token)).toEqual(["a", " b"])
    expect(content[0]!.top_logprobs).toHaveLength(2)
  })

  it("answers the same to the same messages unless the script says otherwise", async () => {
    server.setScript({})
    const ask = async (content: string) =>
      (await (await post("/v1/chat/completions", { ...question, messages: [{ role: "user", content }] })).json()) as {
        choices: [{ message: { content: string } }]
      }
    const texts = (await Promise.all(["x", "y", "x"].map(ask))).map(({ choices }) => choices[0].message.content)
    expect(texts[0]).toBe(texts[2])
    expect(texts[0]).not.toBe(texts[1])
  })

  it("keeps what arrived, and counts anew with a new script", async () => {
    server.setScript({ fault: every(2, "server-error") })
    const statuses = []
    for (let index = 0; index < 4; index++) statuses.push((await post("/v1/chat/completions", question)).status)
    expect(statuses).toEqual([200, 500, 200, 500])
    expect(server.counts()).toMatchObject({
      requests: 4,
      answered: 2,
      faults: { "server-error": 2 },
      highestConcurrency: 1
    })
    expect(server.requests.map(({ index, body }) => [index, body])).toEqual(
      [0, 1, 2, 3].map((index) => [index, question])
    )
    server.setScript({})
    expect(server.counts()).toMatchObject({ requests: 0, faults: {} })
    expect(server.requests).toEqual([])
  })

  it("lets in only its key", async () => {
    server.setScript({ key: "right" })
    const statusWith = async (headers: Record<string, string>) =>
      (await post("/v1/chat/completions", question, headers)).status
    expect(await statusWith({ authorization: "Bearer right" })).toBe(200)
    expect(await statusWith({ "x-api-key": "right" })).toBe(200)
    expect(await statusWith({ authorization: "Bearer wrong" })).toBe(401)
    expect(await statusWith({})).toBe(401)
  })

  it("refuses what is no request of a chat", async () => {
    server.setScript({})
    expect((await post("/v1/embeddings", question)).status).toBe(404)
    expect((await post("/v1/chat/completions", "{")).status).toBe(400)
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(200)
    expect(server.counts().requests).toBe(0)
  })

  it("limits the requests under way at once and says when to come back", async () => {
    server.setScript({ latencyMs: 50, limit: { concurrent: 2 } })
    const replies = await Promise.all(Array.from({ length: 5 }, () => post("/v1/chat/completions", question)))
    const statuses = replies.map(({ status }) => status)
    expect(statuses).toContain(200)
    expect(statuses).toContain(429)
    expect(server.counts().limited).toBe(statuses.filter((status) => status === 429).length)
    expect(replies.find(({ status }) => status === 429)!.headers.get("retry-after")).toBe("1")
  })
})

describe("scripts of faults", () => {
  const call = {} as ModelCall
  const drawn = (seed: string, share: number) =>
    Array.from({ length: 2000 }, (_, index) => mixed(seed, share)(index, call))

  it("fall on the requests that they name", () => {
    expect([0, 1, 2].map((index) => always("reset")(index, call))).toEqual(["reset", "reset", "reset"])
    expect([0, 1, 2, 3].map((index) => every(2, "reset")(index, call))).toEqual([null, "reset", null, "reset"])
    expect([0, 1, 2].map((index) => first(2, "reset")(index, call))).toEqual(["reset", "reset", null])
  })

  it("are mixed by seed and share", () => {
    expect(drawn("a", 0.1)).toEqual(drawn("a", 0.1))
    expect(drawn("a", 0.1)).not.toEqual(drawn("b", 0.1))
    expect(drawn("a", 0).every((fault) => fault === null)).toBe(true)
    const faults = drawn("a", 0.1).filter((fault) => fault !== null)
    expect(faults.length).toBeGreaterThan(140)
    expect(faults.length).toBeLessThan(260)
    expect(drawn("a", 1)).not.toContain("silent")
    expect(new Set(drawn("a", 1)).size).toBe(modelFaultNames.length - 2)
  })

  it("leave nobody waiting for ever but those that are made for it", async () => {
    for (const fault of modelFaultNames) {
      server.setScript({ fault: always(fault) })
      const signal = AbortSignal.timeout(fault === "silent" || fault === "endless-body" ? 100 : 5000)
      const outcome = await fetch(`${server.url}/v1/chat/completions`, {
        method: "POST",
        body: JSON.stringify(question),
        redirect: "manual",
        signal
      })
        .then((response) => response.arrayBuffer())
        .then(
          () => "whole",
          (error: Error) => error.name
        )
      expect([fault, outcome === "TimeoutError"]).toEqual([fault, fault === "silent" || fault === "endless-body"])
    }
  })
})

describe("the rate limiter", () => {
  it("is a token bucket", () => {
    let now = 0
    const limiter = makeRateLimiter({ perSecond: 10, burst: 3 }, () => now)
    expect([1, 2, 3].map(() => limiter.take(1))).toEqual([null, null, null])
    expect(limiter.take(1)).toBeCloseTo(100)
    now = 100
    expect(limiter.take(1)).toBeNull()
    expect(limiter.take(1)).toBeCloseTo(100)
    now = 10_000
    expect([1, 2, 3, 4].map(() => limiter.take(1) === null)).toEqual([true, true, true, false])
  })
})

describe("as a process of its own", () => {
  const path = fileURLToPath(new URL("../src/serve.ts", import.meta.url))

  it("says where it is, and its counts at the end", async () => {
    const child = spawn(process.execPath, [path, "--faults", "server-error", "--share", "1"])
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const { url } = JSON.parse((await lines.next()).value as string) as { url: string }
    expect((await post("/v1/chat/completions", question, { connection: "close" }, url)).status).toBe(500)
    child.kill("SIGTERM")
    expect(JSON.parse((await lines.next()).value as string)).toMatchObject({
      requests: 1,
      faults: { "server-error": 1 }
    })
  })

  it("takes its script from its arguments", () => {
    const { port, script } = scriptOf(["--port", "7", "--latency", "5-9", "--limit", "20", "--no-retry-after"])
    expect(port).toBe(7)
    expect(script).toEqual({
      latencyMs: { from: 5, to: 9, seed: "model server" },
      limit: { perSecond: 20, retryAfter: false }
    })
  })

  it.each([
    [["--faults", "nope"], "nope"],
    [["--latency", "slow"], "--latency"],
    [["--limit=-1"], "--limit"],
    [["--share", ""], "--share"]
  ])("says what is wrong with %j", (argv, says) => {
    expect(() => scriptOf(argv)).toThrow(says)
  })
})
