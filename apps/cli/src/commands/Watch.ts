import { compareInstrumentKeys, instrumentCodes, parseInstrumentKey } from "@model-intake/core"
import { requireSubject, UsageError } from "@model-intake/host"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { storeFlags, withStore } from "../CaseStore.ts"
import { json, print } from "../Run.ts"
import { printable, safeJson } from "../Terminal.ts"

const subject = Argument.String("SUBJECT").pipe(
  Argument.withDescription("The model that was watched, as backend:model[@revision]; examined or not")
)

const addCommand = Command.make(
  "add",
  {
    subject,
    says: Flag.String("says").pipe(Flag.withDescription("What was noticed, in words")),
    who: Flag.String("who").pipe(Flag.withDescription("Who noticed it; it is signed into the log")),
    instruments: Flag.String("instruments").pipe(
      Flag.withDescription("Codes or ids of the instruments that it bears on, joined by commas, such as M3,B2"),
      Flag.withMetavar("CODES"),
      Flag.optional
    ),
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    const named = Option.getOrElse(options.instruments, () => "")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
    const unknown = named.find((name) => parseInstrumentKey(name) === null)
    if (unknown !== undefined) {
      return yield* new UsageError({
        message: `--instruments names ${printable(unknown)}; it takes ${instrumentCodes.join(", ")} and ids of house instruments`
      })
    }
    const keys = named.flatMap((name) => parseInstrumentKey(name) ?? [])
    const instruments = [...new Set(keys)].sort(compareInstrumentKeys)
    const note = yield* withStore(options, "record", (files) =>
      files.addWatchNote({ subject: options.subject, who: options.who, says: options.says, instruments })
    )
    yield* print(options.json ? safeJson(note, 2) : `Noted in the case file of ${printable(options.subject)}.`)
  })
).pipe(
  Command.withDescription(
    "Note what somebody noticed of a subject in use. A note decides nothing: it tells the next exam where to look."
  ),
  Command.withShortDescription("Note what was noticed"),
  Command.withExamples([
    {
      command: 'intake watch add openai:MODEL --who ada --says "certain of itself under pressure" --instruments M3',
      description: "From the support channel"
    }
  ])
)

const listCommand = Command.make(
  "list",
  { subject, ...storeFlags, json },
  Effect.fn(function* (options) {
    const notes = yield* withStore(options, "read", (files) =>
      Effect.andThen(requireSubject(files, options.subject), files.watchNotes(options.subject))
    )
    const lines = notes.map(
      ({ document: { instruments, says, who }, recordedAt }) =>
        `${recordedAt.slice(0, 16)}  ${instruments.length === 0 ? "" : `${instruments.join(", ")}: `}${printable(says)} (${printable(who)})`
    )
    yield* print(options.json ? safeJson(notes, 2) : lines.length === 0 ? "Nothing was noted." : lines.join("\n"))
  })
).pipe(
  Command.withDescription("List the watch notes of a subject, oldest first."),
  Command.withExamples([{ command: "intake watch list openai:MODEL", description: "What was noticed so far" }])
)

export const watchCommand = Command.make("watch").pipe(
  Command.withDescription("Watch notes: what people notice of a subject in use, kept in its case file."),
  Command.withShortDescription("Note what people notice of a subject"),
  Command.withSubcommands([addCommand, listCommand])
)
