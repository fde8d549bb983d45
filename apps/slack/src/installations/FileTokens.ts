/** Tokens of several workspaces in one JSON file of mode 0600. */
import { randomUUID } from "node:crypto"
import { mkdir, open, rename, rm } from "node:fs/promises"
import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import { UsageError } from "../UsageError.ts"
import { type Tokens, WorkspaceToken } from "./WorkspaceToken.ts"

const Document = Schema.fromJsonString(
  Schema.Struct({ version: Schema.Literal(1), workspaces: Schema.Record(Schema.String, WorkspaceToken) })
)
type Workspaces = Readonly<Record<string, WorkspaceToken>>

/** A file that is missing holds nothing; one that others can read is refused. What is in it is never quoted. */
export const fileTokens = Effect.fn("FileTokens.make")(function* (file: string): Effect.fn.Return<Tokens, UsageError> {
  const refuse = (says: string) => new UsageError({ message: `The file of workspaces ${file} ${says}` })
  const system = <A>(what: string, run: () => Promise<A>): Effect.Effect<A, UsageError> =>
    Effect.tryPromise({ try: run, catch: (cause) => refuse(`cannot be ${what} (${codeOf(cause)})`) })

  const read: Effect.Effect<Workspaces, UsageError> = Effect.gen(function* () {
    const found = yield* system("read", () => readPrivately(file))
    if (found === null) return {}
    if ((found.mode & 0o077) !== 0 && process.platform !== "win32") {
      return yield* refuse(`can be read by others (mode ${(found.mode & 0o777).toString(8)}); run chmod 600 on it`)
    }
    const { workspaces } = yield* Effect.mapError(Schema.decodeUnknownEffect(Document)(found.text), () =>
      refuse("is damaged; move it away and install the bot into its workspaces again")
    )
    return workspaces
  })
  const write = (workspaces: Workspaces) =>
    system("written", () => writePrivately(file, `${JSON.stringify({ version: 1, workspaces }, null, 2)}\n`))

  const oneAtATime = yield* Semaphore.make(1)
  const change = (edit: (workspaces: Workspaces) => Workspaces) =>
    oneAtATime.withPermits(1)(Effect.flatMap(read, (workspaces) => write(edit(workspaces))))

  // A file that cannot be used is told at the start and not with the first delivery.
  yield* read
  return {
    get: (team) => Effect.map(read, (workspaces) => (Object.hasOwn(workspaces, team) ? workspaces[team]! : null)),
    put: (token) => change((workspaces) => ({ ...workspaces, [token.team]: token })),
    remove: (team) =>
      change((workspaces) => Object.fromEntries(Object.entries(workspaces).filter(([one]) => one !== team)))
  }
})

const codeOf = (cause: unknown): string => (cause as NodeJS.ErrnoException).code ?? "unknown fault"

const readPrivately = async (file: string): Promise<{ readonly mode: number; readonly text: string } | null> => {
  const handle = await open(file, "r").catch((cause: unknown) => {
    if (codeOf(cause) === "ENOENT") return null
    throw cause
  })
  if (handle === null) return null
  return Promise.all([handle.stat(), handle.readFile("utf8")])
    .then(([{ mode }, text]) => ({ mode, text }))
    .finally(() => handle.close())
}

/** The file appears whole or not at all. */
const writePrivately = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const partial = `${file}.${randomUUID()}.partial`
  const handle = await open(partial, "wx", 0o600)
  const written = handle
    .writeFile(text)
    .then(() => handle.sync())
    .finally(() => handle.close())
  await written.then(() => rename(partial, file)).finally(() => rm(partial, { force: true }))
}
