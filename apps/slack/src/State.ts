/**
 * What the bot itself has to remember: exams under way, watches, and which deliveries of Slack it has seen. One SQLite
 * file that belongs to one bot; verdicts are in the case files and never here.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { ExamTicket } from "./exams/ExamTicket.ts"

/** A channel that wants to hear of a subject. */
export interface Watch {
  readonly id: string
  readonly team: string
  readonly channel: string
  /** `backend:model[@revision]`. */
  readonly subject: string
  /** Slack user. */
  readonly addedBy: string
  /** Milliseconds since 1970. */
  readonly addedAt: number
}

/** The bot's own file cannot be opened, read or written. */
export class StateError extends Schema.TaggedError<StateError>()("StateError", { message: Schema.String }) {}

type Answer<A> = Effect.Effect<A, StateError>

export class State extends Context.Service<
  State,
  {
    /** Keeps a ticket, whole; one that was put survives the process and the machine. */
    readonly putTicket: (ticket: ExamTicket) => Answer<void>
    readonly getTicket: (id: string) => Answer<ExamTicket | null>
    /** Oldest first. */
    readonly tickets: Answer<ReadonlyArray<ExamTicket>>
    /** A channel watches a subject once; asking again gives the watch there is. */
    readonly addWatch: (watch: Omit<Watch, "id">) => Answer<Watch>
    /** Whether there was one. */
    readonly removeWatch: (team: string, channel: string, subject: string) => Answer<boolean>
    /** Oldest first. */
    readonly watches: Answer<ReadonlyArray<Watch>>
    /** Whether a watch has told something already, named by a key. */
    readonly told: (watch: string, key: string) => Answer<boolean>
    readonly markTold: (watch: string, key: string) => Answer<void>
    /** Whether a delivery is seen for the first time. Of several that ask at once exactly one hears yes. */
    readonly firstTime: (delivery: string) => Answer<boolean>
  }
>()("@model-intake/slack/State") {
  /** The file is made with mode 0600 where it is missing, and its folder with 0700. */
  static readonly layer = (file: string): Layer.Layer<State, StateError> => Layer.effect(State, make(file))

  /** Gone with the process. */
  static readonly layerMemory: Layer.Layer<State, StateError> = Layer.effect(
    State,
    Effect.suspend(() => make(":memory:"))
  )
}

/** Slack delivers again for an hour at most; a day is kept. */
const deliveriesKeptMs = 86_400_000
const forgetEvery = 1000

const schemaVersion = 1
const schema = `
  CREATE TABLE ticket (id TEXT PRIMARY KEY, asked_at REAL NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE watch (
    id TEXT PRIMARY KEY, team TEXT NOT NULL, channel TEXT NOT NULL, subject TEXT NOT NULL,
    added_by TEXT NOT NULL, added_at REAL NOT NULL, UNIQUE (team, channel, subject)
  ) STRICT;
  CREATE TABLE told (
    watch TEXT NOT NULL REFERENCES watch (id) ON DELETE CASCADE, key TEXT NOT NULL, PRIMARY KEY (watch, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE delivery (id TEXT PRIMARY KEY, seen_at REAL NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX delivery_seen ON delivery (seen_at);
`

const encodeTicket = Schema.encodeEffect(Schema.fromJsonString(Schema.toCodecJson(ExamTicket)))
const decodeTicket = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.toCodecJson(ExamTicket)))

const make = Effect.fnUntraced(function* (file: string) {
  const attempt = <A>(run: () => A): Answer<A> => Effect.try({ try: run, catch: (cause) => fault(file, cause) })
  const database = yield* Effect.acquireRelease(
    attempt(() => openDatabase(file)),
    (opened) => Effect.sync(() => opened.close())
  )
  yield* attempt(() => lockDatabase(file, database))
  const version = yield* attempt(() => Number(database.prepare("PRAGMA user_version").get()!.user_version))
  if (version > schemaVersion) {
    return yield* new StateError({ message: `${file} was written by a newer version of the bot; update this one` })
  }
  if (version === 0) {
    yield* attempt(() => database.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT`))
  }
  const statements = yield* attempt(() => ({
    putTicket: database.prepare(
      "INSERT INTO ticket VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
    ),
    getTicket: database.prepare("SELECT body FROM ticket WHERE id = ?"),
    tickets: database.prepare("SELECT body FROM ticket ORDER BY asked_at, id"),
    addWatch: database.prepare("INSERT INTO watch VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"),
    findWatch: database.prepare(`${selectWatch} WHERE team = ? AND channel = ? AND subject = ?`),
    removeWatch: database.prepare("DELETE FROM watch WHERE team = ? AND channel = ? AND subject = ?"),
    watches: database.prepare(`${selectWatch} ORDER BY added_at, id`),
    told: database.prepare("SELECT 1 FROM told WHERE watch = ? AND key = ?"),
    markTold: database.prepare("INSERT INTO told SELECT id, ? FROM watch WHERE id = ? ON CONFLICT DO NOTHING"),
    seen: database.prepare("INSERT INTO delivery VALUES (?, ?) ON CONFLICT DO NOTHING"),
    forget: database.prepare("DELETE FROM delivery WHERE seen_at < ?")
  }))
  /** With a flush to the disk, which the many small notes of deliveries do without. */
  const durably = (run: () => void): Answer<void> =>
    attempt(() => {
      database.exec("PRAGMA synchronous = FULL")
      run()
      database.exec("PRAGMA synchronous = NORMAL")
    })
  const ticketOf = (row: Readonly<Record<string, unknown>>): Answer<ExamTicket> =>
    Effect.mapError(
      decodeTicket(row.body),
      () => new StateError({ message: `${file} holds an exam that cannot be read; move the file away to start anew` })
    )
  let deliveries = 0

  return State.of({
    putTicket: Effect.fn("State.putTicket")(function* (ticket) {
      const body = yield* Effect.mapError(encodeTicket(ticket), (error) => fault(file, error))
      yield* durably(() => statements.putTicket.run(ticket.id, ticket.askedAt, body))
    }),
    getTicket: Effect.fn("State.getTicket")(function* (id) {
      const row = yield* attempt(() => statements.getTicket.get(id))
      return row === undefined ? null : yield* ticketOf(row)
    }),
    tickets: Effect.flatMap(
      attempt(() => statements.tickets.all()),
      (rows) => Effect.forEach(rows, ticketOf)
    ),
    addWatch: Effect.fn("State.addWatch")(function* ({ addedAt, addedBy, channel, subject, team }) {
      const id = `${team}/${channel}/${subject}`
      yield* durably(() => statements.addWatch.run(id, team, channel, subject, addedBy, addedAt))
      return (yield* attempt(() => statements.findWatch.get(team, channel, subject))) as unknown as Watch
    }),
    removeWatch: (team, channel, subject) =>
      attempt(() => Number(statements.removeWatch.run(team, channel, subject).changes) > 0),
    watches: attempt(() => statements.watches.all() as unknown as ReadonlyArray<Watch>),
    told: (watch, key) => attempt(() => statements.told.get(watch, key) !== undefined),
    markTold: (watch, key) => durably(() => statements.markTold.run(key, watch)),
    firstTime: Effect.fn("State.firstTime")(function* (delivery) {
      const now = yield* Clock.currentTimeMillis
      return yield* attempt(() => {
        if (deliveries++ % forgetEvery === 0) statements.forget.run(now - deliveriesKeptMs)
        return Number(statements.seen.run(delivery, now).changes) > 0
      })
    })
  })
})

const selectWatch = 'SELECT id, team, channel, subject, added_by AS "addedBy", added_at AS "addedAt" FROM watch'

/** The file, made privately where it is missing. */
const openDatabase = (file: string): DatabaseSync => {
  if (file !== ":memory:" && !existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    closeSync(openSync(file, "a", 0o600))
    chmodSync(file, 0o600)
  }
  return new DatabaseSync(file)
}

/** One bot for a file: a second one would run every exam again. The lock goes with the process, however it ends. */
const lockDatabase = (file: string, database: DatabaseSync): void => {
  database.exec("PRAGMA busy_timeout = 1500; PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = ON")
  database.exec("PRAGMA synchronous = NORMAL")
  if (file !== ":memory:") database.exec("PRAGMA journal_mode = WAL")
}

const locked = 5

const fault = (file: string, cause: unknown): StateError => {
  if ((cause as { readonly errcode?: number }).errcode === locked) {
    return new StateError({
      message: `${file} is in use by another bot; stop that one, or set "data" to another folder`
    })
  }
  return new StateError({
    message: `The bot's own file ${file} cannot be used: ${(cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, " ").slice(0, 200)}`
  })
}
