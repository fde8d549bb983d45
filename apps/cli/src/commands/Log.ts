import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { storeFlags, trustedKeys, withCaseFiles } from "../CaseStore.ts"
import { writeText } from "../Files.ts"
import { json, print } from "../Run.ts"
import { safeJson } from "../Terminal.ts"
import { readBytes } from "./Verify.ts"

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
    const log = yield* withCaseFiles(options, "read", (files) => files.exportLog)
    // Already JSON, to the byte that is signed.
    if (Option.isSome(options.out)) return yield* writeText(options.out.value, log)
    if (log !== "") yield* print(log.replace(/\n$/, ""))
  })
).pipe(
  Command.withDescription("Write the log of the case files as JSON lines, chain and signatures kept."),
  Command.withShortDescription("Write the log as JSON lines"),
  Command.withExamples([
    { command: "intake export --out log.jsonl", description: "To archive it, or to take it elsewhere" }
  ])
)

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
    const counts = yield* withCaseFiles(options, "record", (files) =>
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
