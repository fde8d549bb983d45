/** The WebSocket of Socket Mode: hello, envelopes, acknowledgements, and a disconnect that asks for another connection. */
import type { WebSocket, WebSocketServer } from "ws"

export interface Acknowledged {
  readonly payload: unknown
  /** Milliseconds from the delivery to its acknowledgement. */
  readonly milliseconds: number
}

export interface SocketMode {
  readonly address: () => string
  /** Waits until a client has connected so many times in all. */
  readonly connectedTimes: (times: number) => Promise<void>
  /** Delivers an envelope and waits for its acknowledgement. */
  readonly deliver: (type: "slash_commands" | "events_api" | "interactive", payload: unknown) => Promise<Acknowledged>
  /** Asks the client to connect anew, as Slack does every few hours. */
  readonly refresh: () => void
  /** Waits until a client is connected. */
  readonly connected: () => Promise<void>
}

const ackMs = 10_000
const pingMs = 10_000

export const openSocketMode = (server: WebSocketServer, address: string): SocketMode => {
  const acknowledgements = new Map<string, (payload: unknown) => void>()
  const ready: Array<() => void> = []
  let client: WebSocket | null = null
  let connections = 0
  let envelopes = 0
  server.on("connection", (socket) => {
    connections++
    client = socket
    socket.on("message", (data) => {
      const { envelope_id, payload } = JSON.parse(String(data)) as {
        readonly envelope_id: string
        readonly payload?: unknown
      }
      acknowledgements.get(envelope_id)?.(payload)
      acknowledgements.delete(envelope_id)
    })
    socket.on("close", () => {
      if (client === socket) client = null
    })
    socket.send(
      JSON.stringify({
        type: "hello",
        num_connections: 1,
        connection_info: { app_id: "A1" },
        debug_info: { host: "stand-in" }
      })
    )
    // A client that hears nothing for half a minute takes the connection for dead.
    const pings = setInterval(() => socket.ping(), pingMs)
    socket.on("close", () => clearInterval(pings))
    for (const resolve of ready.splice(0)) resolve()
  })
  return {
    address: () => address,
    connectedTimes: async (times) => {
      while (connections < times) await new Promise<void>((resolve) => ready.push(resolve))
    },
    connected: () => (client === null ? new Promise((resolve) => ready.push(resolve)) : Promise.resolve()),
    refresh: () => client?.send(JSON.stringify({ type: "disconnect", reason: "refresh_requested" })),
    deliver: (type, payload) =>
      new Promise((resolve, reject) => {
        if (client === null) return reject(new Error("no client is connected"))
        const envelope_id = `envelope-${++envelopes}`
        const began = performance.now()
        const timer = setTimeout(() => reject(new Error(`${type} was not acknowledged`)), ackMs)
        acknowledgements.set(envelope_id, (answer) => {
          clearTimeout(timer)
          resolve({ payload: answer, milliseconds: performance.now() - began })
        })
        const retry = type === "events_api" ? { retry_attempt: 0, retry_reason: "" } : {}
        client.send(JSON.stringify({ type, envelope_id, payload, accepts_response_payload: true, ...retry }))
      })
  }
}
