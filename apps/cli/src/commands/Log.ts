import { open, rename, rm } from "node:fs/promises"
import { readBytes, trustedKeys, UsageError } from "@model-intake/host"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { storeFlags, withStore } from "../CaseStore.ts"
import { json, print } from "../Run.ts"
import { safeJson } from "../Terminal.ts"

export const exportCommand = Command.make(
  "export",
  {
    out: Flag.String("out").pipe(
      Flag.withDescription("File to write (standard output)"),
      Flag.withMetavar("FILE"),
      Flag.optional
    ),
    ...storeFlags
  },
  Effect.fn(function* (options) {
    // Already JSON, to the byte that is signed.
    const { out } = options
    yield* withStore(options, "read", (files) =>
      Option.isSome(out)
        ? writeWhole(out.value, (append) => files.exportLines(append))
        : files.exportLines((lines) => print(lines.slice(0, -1)))
    )
  })
).pipe(
  Command.withDescription("Write the log of the case files as JSON lines, chain and signatures kept."),
  Command.withShortDescription("Write the log as JSON lines"),
  Command.withExamples([
    { command: "intake export --out log.jsonl", description: "To archive it, or to take it elsewhere" }
  ])
)

/** A file that takes its name when it is complete, however long it is: an older one stays whole if something fails. */
const writeWhole = <A, E>(
  path: string,
  use: (append: (text: string) => Effect.Effect<void, UsageError>) => Effect.Effect<A, E>
): Effect.Effect<void, E | UsageError> => {
  const partial = `${path}.${process.pid}.partial`
  const attempt = <B>(run: () => Promise<B>) =>
    Effect.tryPromise({
      try: run,
      catch: (cause) =>
        new UsageError({
          message: `${path} cannot be written (${(cause as NodeJS.ErrnoException).code}); check the folder and its free space`
        })
    })
  return Effect.acquireUseRelease(
    attempt(() => open(partial, "w")),
    (file) =>
      Effect.gen(function* () {
        yield* use((text) => attempt(() => file.appendFile(text)))
        yield* attempt(async () => {
          await file.sync()
          await rename(partial, path)
        })
      }),
    (file) =>
      Effect.promise(async () => {
        await file.close().catch(() => {})
        await rm(partial, { force: true })
      })
  )
}

export const importCommand = Command.make(
  "import",
  {
    file: Argument.String("FILE").pipe(Argument.withDescription("A log, as intake export writes it")),
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    const content = yield* readBytes(options.file)
    const trusted = yield* trustedKeys(options.trust)
    const counts = yield* withStore(options, "record", (files) =>
      files.importLog(content, { file: options.file, trusted })
    )
    yield* print(
      options.json ? safeJson(counts, 2) : `${counts.imported} records imported, ${counts.present} were there already.`
    )
  })
).pipe(
  Command.withDescription(
    "Take over an exported log into an empty store, or into one that holds its beginning. Nothing is imported unless every record is in order and signed with a trusted key."
  ),
  Command.withShortDescription("Take over an exported log"),
  Command.withExamples([
    { command: "intake import log.jsonl --store team.sqlite", description: "A log of one's own" },
    {
      command: "intake import log.jsonl --trust KEY",
      description: "The log of somebody else; reading it later needs --trust or INTAKE_TRUST too"
    }
  ])
)
