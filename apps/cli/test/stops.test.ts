/** An exam that cannot go on: what the person at the terminal reads, and what is left for a resumed run. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { every, type ModelFault, startModelServer } from "@model-intake/testkit"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runHere } from "./support/Cli.ts"

const key = "sk-test-0123456789abcdefghijklmnopqrstuv"
let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "intake-stops-"))
})
afterAll(() => rmSync(directory, { recursive: true }))

const exam = (url: string, ...more: ReadonlyArray<string>) =>
  runHere(["exam", "openai:m", "--base-url", `${url}/v1`, "--brief", "--instruments", "M4", "--no-record", ...more], {
    directory,
    environment: { INTAKE_HOME: join(directory, "home"), OPENAI_API_KEY: key }
  })

/** A port at which nothing listens: it was free a moment ago. */
const closedPort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number }
      server.close(() => resolve(port))
    })
  })

const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1)!

const faultAlways = async (fault: ModelFault) => {
  const server = await startModelServer({ script: { fault: every(1, fault), key } })
  try {
    return await exam(server.url)
  } finally {
    await server.close()
  }
}

describe("an exam that cannot go on", () => {
  it("says that nothing listens, and how to go on", async () => {
    const { code, err, out } = await exam(`http://127.0.0.1:${await closedPort()}`)
    expect({ code, out }).toEqual({ code: 1, out: "" })
    expect(lastLine(err)).toMatch(
      /^intake: the exam stopped before its end: 20 calls in a row failed, the last because .*nothing listens at the server's address; check the base URL.*--resume=exam-\w+ to go on$/
    )
    expect(readdirSync(join(directory, "home")).filter((name) => name.endsWith(".lock"))).toEqual([])
  })

  it.each([
    ["key-in-error", 2, /HTTP 401.*look at the key in OPENAI_API_KEY/],
    ["not-found", 2, /HTTP 404.*look at the model's name and the base URL/],
    ["html-page", 1, /its content type is text\/html, not application\/json; check the base URL/],
    ["empty-choices", 1, /the reply has 0 choices, not one/]
  ] as const)("says what a server does that answers every call with %s", async (fault, expected, says) => {
    const { code, err, out } = await faultAlways(fault)
    expect({ code, out }).toEqual({ code: expected, out: "" })
    expect(lastLine(err)).toMatch(says)
    expect(lastLine(err)).toContain("the exam stopped before its end")
    expect(out + err).not.toContain(key)
  })

  it("stops at its budget before it is overrun, and names the exam to resume", async () => {
    const server = await startModelServer({ script: { key } })
    const { code, err } = await exam(server.url, "--budget-requests", "7")
    await server.close()
    expect(code).toBe(4)
    expect(server.requests).toHaveLength(7)
    expect(lastLine(err)).toMatch(/the budget of 7 requests is spent; .*--resume=exam-\w+ to go on$/)
  })
})
