import { writeText } from "@model-intake/host"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { storeFlags, verdictsNamed } from "../CaseStore.ts"
import { checklistOf, renderChecklist } from "../Checklist.ts"
import { json, print } from "../Run.ts"
import { safeJson } from "../Terminal.ts"

export const checklistCommand = Command.make(
  "checklist",
  {
    subject: Argument.String("SUBJECT").pipe(
      Argument.withDescription("An examined model, as backend:model[@revision], or a verdict document")
    ),
    out: Flag.String("out").pipe(
      Flag.withDescription("File to write (standard output)"),
      Flag.withMetavar("FILE"),
      Flag.optional
    ),
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    const [verdict] = yield* verdictsNamed([options.subject], options)
    const checklist = checklistOf(verdict!)
    const text = options.json ? safeJson(checklist, 2) : renderChecklist(checklist)
    if (Option.isNone(options.out)) return yield* print(text)
    yield* writeText(options.out.value, `${text}\n`)
  })
).pipe(
  Command.withDescription(
    "Print the red-team checklist of the exam on one page of Markdown, filled with a subject's results: what was done, what it showed, what is missing."
  ),
  Command.withShortDescription("Print the checklist of a subject"),
  Command.withExamples([
    { command: "intake checklist specimens:narrow-middle", description: "From its latest verdict" },
    { command: "intake checklist verdict.json --out checklist.md", description: "From a verdict document" }
  ])
)
