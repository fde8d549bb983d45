import { EventEmitter } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import { describe, expect, it } from "vitest"
import { refusingReplays } from "../src/ReplayGuard.ts"

const minute = 60_000

/** A guard before a listener that answers with a status, and a clock that is set by hand. */
const guard = (answer: (signature: string) => number) => {
  const clock = { now: 0 }
  let passed = 0
  const listener = refusingReplays(
    (incoming, outgoing) => {
      passed++
      outgoing.writeHead(answer(String(incoming.headers["x-slack-signature"]))).end()
    },
    () => clock.now
  )
  const send = (signature?: string): number => {
    const outgoing = Object.assign(new EventEmitter(), {
      statusCode: 0,
      writeHead(status: number) {
        outgoing.statusCode = status
        return outgoing
      },
      end() {
        outgoing.emit("finish")
      }
    })
    const headers = signature === undefined ? {} : { "x-slack-signature": signature }
    listener(
      { headers } as unknown as IncomingMessage,
      outgoing as unknown as ServerResponse<IncomingMessage> & { req: IncomingMessage }
    )
    return outgoing.statusCode
  }
  return { clock, send, passed: () => passed }
}

describe("a request that was seen before", () => {
  it("is refused without being looked at, as long as its signature counts", () => {
    const { clock, passed, send } = guard(() => 200)
    expect([send("v0=a"), send("v0=a"), send("v0=b")]).toEqual([200, 401, 200])
    clock.now = 5 * minute
    expect(send("v0=a")).toBe(401)
    expect(passed()).toBe(2)
  })

  it("is none where it was refused the first time, or is not signed", () => {
    const { send } = guard((signature) => (signature === "v0=forged" ? 401 : 200))
    let status = 500
    const faulty = guard(() => status)
    expect([send("v0=forged"), send("v0=forged"), send(), send()]).toEqual([401, 401, 200, 200])
    expect(faulty.send("v0=a")).toBe(500)
    status = 200
    expect(faulty.send("v0=a")).toBe(200)
  })

  it("is forgotten once its signature is too old to count", () => {
    const { clock, passed, send } = guard(() => 200)
    send("v0=a")
    clock.now = 7 * minute
    send("v0=a")
    expect(passed()).toBe(2)
  })
})
