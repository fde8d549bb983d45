import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { storeFlags, verdictsNamed } from "../CaseStore.ts"
import { compareVerdicts, renderComparison } from "../Comparison.ts"
import { json, print } from "../Run.ts"
import { safeJson, stylist } from "../Terminal.ts"

export const compareCommand = Command.make(
  "compare",
  {
    before: Argument.String("A").pipe(
      Argument.withDescription("A subject with a verdict, or a verdict document; the base, usually")
    ),
    after: Argument.String("B").pipe(Argument.withDescription("Another one; the fine-tune, usually")),
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    const [before, after] = yield* verdictsNamed([options.before, options.after], options)
    const comparison = compareVerdicts(before!, after!)
    yield* print(
      options.json
        ? safeJson(comparison, 2)
        : renderComparison(comparison, { style: stylist(process.stdout), columns: process.stdout.columns ?? 120 })
    )
  })
).pipe(
  Command.withDescription(
    "Compare the latest verdicts on two subjects: level, disposition, contexts, and the difference of each reading with bounds (unpaired)."
  ),
  Command.withShortDescription("Compare two verdicts"),
  Command.withExamples([
    { command: "intake compare specimens:baseline specimens:narrow-middle", description: "A base and its fine-tune" },
    { command: "intake compare before.json after.json --json", description: "Two verdict documents, without a store" }
  ])
)
