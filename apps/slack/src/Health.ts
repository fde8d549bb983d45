/** Whether the bot works, for whatever watches over it: `GET /health`, 200 when all is well and 503 when not. */
import type { ServerResponse } from "node:http"
import { CaseFiles } from "@model-intake/case-files"
import * as Effect from "effect/Effect"
import { ExamDesk } from "./exams/ExamDesk.ts"

/** Whether Slack reaches the bot: over its own connection, or by requests, which the bot cannot see the lack of. */
export type Connection = "connected" | "disconnected" | "by-requests"

export interface Health {
  readonly status: "ok" | "failing" | "stopping"
  readonly slack: Connection
  readonly store: "ok" | "failing"
  readonly exams: { readonly queued: number; readonly running: number } | "failing"
}

export const healthOf = Effect.fn("Health.of")(function* (slack: Connection, stopping: boolean) {
  const files = yield* CaseFiles
  const desk = yield* ExamDesk
  const store = yield* files.subjects.pipe(
    Effect.timeout("2 seconds"),
    Effect.match({ onSuccess: () => "ok" as const, onFailure: () => "failing" as const })
  )
  const exams = yield* Effect.match(desk.tickets, {
    onSuccess: (tickets) => ({
      queued: tickets.filter(({ state }) => state === "queued").length,
      running: tickets.filter(({ state }) => state === "running" || state === "posting").length
    }),
    onFailure: () => "failing" as const
  })
  const well = slack !== "disconnected" && store === "ok" && exams !== "failing"
  const health: Health = { status: stopping ? "stopping" : well ? "ok" : "failing", slack, store, exams }
  return health
})

export const sendHealth = (health: Health, outgoing: ServerResponse): void => {
  outgoing.writeHead(health.status === "ok" ? 200 : 503, {
    "content-type": "application/json",
    "cache-control": "no-store"
  })
  outgoing.end(`${JSON.stringify(health)}\n`)
}
