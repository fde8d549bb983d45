/** What the stand-in keeps: what was posted, opened and uploaded, and everything that broke a limit. */

export type Json = Readonly<Record<string, unknown>>

export interface PostedMessage {
  readonly team: string
  readonly channel: string
  readonly ts: string
  readonly thread: string | null
  readonly broadcast: boolean
  readonly metadata: Json | null
  text: string
  blocks: ReadonlyArray<Json>
  edits: number
}

export interface PrivateMessage extends Pick<PostedMessage, "channel" | "text" | "blocks"> {
  readonly user: string
}

/** What was sent to a response URL or came back with an ack. */
export interface Answer {
  readonly text: string
  readonly inChannel: boolean
  readonly blocks: ReadonlyArray<Json>
}

export interface SentFile {
  readonly id: string
  readonly name: string
  readonly altText: string | null
  readonly bytes: Buffer
  channel: string | null
  thread: string | null
}

export interface OpenedView {
  readonly id: string
  readonly user: string | null
  readonly view: Json
}

export interface StandInOptions {
  /** Bot tokens by workspace. */
  readonly tokens: Readonly<Record<string, string>>
  readonly appToken?: string
  /** Scopes that the tokens hold; a method that needs another is refused. */
  readonly scopes: ReadonlyArray<string>
  /** Channels that the bot is a member of; it is told that others do not exist for it. */
  readonly channels: ReadonlyArray<string>
}

export interface Workspace {
  readonly options: StandInOptions
  readonly messages: Array<PostedMessage>
  readonly privateMessages: Array<PrivateMessage>
  readonly views: Array<OpenedView>
  readonly files: Array<SentFile>
  readonly problems: Array<string>
  /** When each trigger was given, and whether a dialog was opened with it. */
  readonly triggers: Map<string, { readonly at: number; used: boolean }>
  /** A number that was not there before. */
  readonly next: () => number
  readonly stamp: () => string
  /** Whether the bot can write there. */
  readonly isOpen: (channel: string) => boolean
  /** Notes what is wrong, and looks whether somebody waits for what is there now. */
  readonly note: (where: string, found: ReadonlyArray<string>) => void
  /** Waits until something is there. Rejects after a minute, with what there is instead. */
  readonly until: <A>(what: string, find: () => A | undefined | null | false) => Promise<A>
}

const patienceMs = 60_000

export const makeWorkspace = (options: StandInOptions): Workspace => {
  const messages: Array<PostedMessage> = []
  const problems: Array<string> = []
  const waiting = new Set<() => void>()
  let counter = 0
  const next = () => ++counter
  return {
    options,
    messages,
    privateMessages: [],
    views: [],
    files: [],
    problems,
    triggers: new Map(),
    next,
    stamp: () => `${Math.floor(performance.timeOrigin / 1000)}.${String(next()).padStart(6, "0")}`,
    isOpen: (channel) => options.channels.includes(channel) || /^[UD]/.test(channel),
    note: (where, found) => {
      for (const says of found) problems.push(`${where}: ${says}`)
      for (const look of [...waiting]) look()
    },
    until: (what, find) =>
      new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer)
          waiting.delete(look)
        }
        const look = () => {
          const found = find()
          if (found === undefined || found === null || found === false) return
          end()
          resolve(found)
        }
        const timer = setTimeout(() => {
          end()
          const seen = messages.slice(-5).map(({ text }) => text.slice(0, 200))
          reject(
            new Error(
              `${what} did not come; the last messages: ${JSON.stringify(seen)}; problems: ${problems.join("; ")}`
            )
          )
        }, patienceMs)
        waiting.add(look)
        look()
      })
  }
}

export const jsonOf = (value: unknown): Json =>
  typeof value === "string"
    ? (JSON.parse(value) as Json)
    : typeof value === "object" && value !== null
      ? (value as Json)
      : {}

export const listOf = (value: unknown): ReadonlyArray<Json> => {
  const list = typeof value === "string" ? (JSON.parse(value) as unknown) : value
  return Array.isArray(list) ? (list as ReadonlyArray<Json>) : []
}
