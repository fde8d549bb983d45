import type { LogCheck, LogHead } from "@model-intake/case-files"
import { loadCaseFiles, readBytes, signingKeyFile, trustedKeys, UsageError } from "@model-intake/host"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { storeFlags, withStore } from "../CaseStore.ts"
import { ExitCode } from "../ExitCode.ts"
import { json, print } from "../Run.ts"
import { printable, safeJson, stylist } from "../Terminal.ts"

export const verifyCommand = Command.make(
  "verify",
  {
    file: Argument.String("FILE").pipe(
      Argument.withDescription("An exported log, checked offline; without it the store is checked"),
      Argument.optional
    ),
    head: Flag.String("head").pipe(
      Flag.withDescription("A head that an earlier check printed: the log has to contain it, or its end was cut off"),
      Flag.withMetavar("RECORD:DIGEST"),
      Flag.optional
    ),
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    const head = Option.isSome(options.head) ? yield* headFrom(options.head.value) : null
    const { check, own } = Option.isSome(options.file)
      ? yield* checkFile(options.file.value, head, options.trust)
      : yield* withStore(options, "read", (files) =>
          Effect.gen(function* () {
            return { check: yield* files.verify(head), own: yield* ownKey }
          })
        )
    yield* print(options.json ? safeJson({ ...check, key: own }, 2) : text(check, own))
    if (!check.ok) process.exitCode = ExitCode.fault
  })
).pipe(
  Command.withDescription(
    "Check every record of the log: digests, signatures and the chain. Exit code 1 and the first bad record where one was changed. A log does not show that its end was cut off: note the head elsewhere and give it back with --head."
  ),
  Command.withShortDescription("Check the log of the case files"),
  Command.withExamples([
    { command: "intake verify", description: "The store; prints its head and your public key" },
    { command: "intake verify log.jsonl --trust KEY", description: "An exported log, by the public key of its writer" },
    { command: "intake verify --head 12:sha256:...", description: "Against a head that was noted earlier" }
  ])
)

/** Public half of the key here; null where nothing was signed yet. */
const ownKey = Effect.gen(function* () {
  const { readSigningKey } = yield* loadCaseFiles
  return (yield* readSigningKey(yield* signingKeyFile))?.id ?? null
})

const checkFile = Effect.fnUntraced(function* (file: string, head: LogHead | null, trust: ReadonlyArray<string>) {
  const { checkLog } = yield* loadCaseFiles
  const trusted = yield* trustedKeys(trust)
  const content = yield* readBytes(file)
  const own = yield* ownKey
  const keys = own === null ? trusted : [...trusted, own]
  const check = yield* Effect.mapError(
    checkLog(content, keys, head, file),
    ({ message }) => new UsageError({ message })
  )
  return { check, own }
})

const headFrom = (text: string): Effect.Effect<LogHead, UsageError> => {
  const [, sequence, digest] = /^([1-9]\d{0,8}):(sha256:[0-9a-f]{64})$/.exec(text.trim()) ?? []
  return sequence === undefined
    ? Effect.fail(
        new UsageError({ message: "--head is no head of a log; give it as intake verify printed it, RECORD:DIGEST" })
      )
    : Effect.succeed({ sequence: Number(sequence), digest: digest as LogHead["digest"] })
}

const text = (check: LogCheck, own: string | null): string => {
  const style = stylist(process.stdout)
  if (!check.ok) return style(["red", "bold"], printable(`The log cannot be relied on: ${check.message}`))
  return [
    check.records === 0
      ? "The log holds no record."
      : style("green", `${check.records} ${check.records === 1 ? "record" : "records"}, all in order.`),
    ...(check.head === null ? [] : [`head ${check.head.sequence}:${check.head.digest}`]),
    ...(own === null ? [] : [`public key here ${own}`])
  ].join("\n")
}
