import { encodeVerdict } from "@model-intake/core"
import { verdictOn } from "@model-intake/host"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { storeFlags, withStore } from "../CaseStore.ts"
import { json, print } from "../Run.ts"
import { safeJson, stylist } from "../Terminal.ts"
import { renderBrief } from "../VerdictBrief.ts"
import { renderVerdict } from "../VerdictView.ts"

export const verdictCommand = Command.make(
  "verdict",
  {
    subject: Argument.String("SUBJECT").pipe(
      Argument.withDescription("An examined model, as backend:model[@revision]")
    ),
    full: Flag.Boolean("full").pipe(
      Flag.withDescription("With sentences, quotes and what would change it"),
      Flag.withDefault(false)
    ),
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    const { document } = yield* withStore(options, "read", (files) => verdictOn(files, options.subject))
    const view = { style: stylist(process.stdout), columns: process.stdout.columns ?? 120 }
    yield* print(
      options.json
        ? safeJson(encodeVerdict(document), 2)
        : options.full
          ? renderVerdict(document, view)
          : renderBrief(document, view)
    )
  })
).pipe(
  Command.withDescription("Show the latest verdict on a subject, on one screen. Exit code 4 where there is none."),
  Command.withShortDescription("Show the latest verdict"),
  Command.withExamples([
    { command: "intake verdict specimens:narrow-middle", description: "Where it stands" },
    { command: "intake verdict openai:MODEL --json > verdict.json", description: "The whole document" }
  ])
)
