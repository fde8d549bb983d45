import { type Form, type Instrument, type LintReport, lintForm, Plugins } from "@model-intake/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { formsFrom } from "../ExamInputs.ts"
import { ExitCode } from "../ExitCode.ts"
import { config, json, pluginsLayer, print } from "../Run.ts"
import { printable, safeJson, stylist } from "../Terminal.ts"

const lintCommand = Command.make(
  "lint",
  {
    form: Flag.String("form").pipe(
      Flag.withDescription("Item form: S for specimens, or the path of your own form (a JSON file or a folder)"),
      Flag.withMetavar("FORM"),
      Flag.withDefault("S")
    ),
    json,
    config
  },
  Effect.fn(function* (options) {
    const reports = (yield* Effect.provide(formsOf(options.form), pluginsLayer(options.config))).map((form) =>
      lintForm(form, { prose: !specimenForms.has(form.id) })
    )
    yield* print(options.json ? safeJson(reports, 2) : reports.map(reportText).join("\n\n"))
    if (reports.some(({ problems }) => problems.length > 0)) process.exitCode = ExitCode.usage
  })
).pipe(
  Command.withDescription(
    "Look the items of a form over: counts by design factor, lengths, the same text twice, near-duplicates. Exit code 2 if something is wrong."
  ),
  Command.withShortDescription("Check the items of a form"),
  Command.withExamples([{ command: "intake items lint --form S", description: "Every instrument's items of form S" }])
)

export const itemsCommand = Command.make("items").pipe(
  Command.withDescription("The item forms of the installed instruments."),
  Command.withShortDescription("Look at item forms"),
  Command.withSubcommands([lintCommand])
)

/** Forms in the specimens' language, which says the same few things in the same few words. */
const specimenForms: ReadonlySet<string> = new Set(["S", "S2"])

const formsOf = Effect.fnUntraced(function* (given: string) {
  const { form, forms } = yield* formsFrom(given)
  if (forms.length > 0) return forms
  const instruments = yield* (yield* Plugins).instruments
  const loading = instruments.flatMap(({ exam }: Instrument) =>
    exam === null || exam._tag === "corrections" ? [] : [exam.load(form)]
  )
  return (yield* Effect.all(loading)) as ReadonlyArray<Form>
})

const reportText = (report: LintReport): string => {
  const style = stylist(process.stdout)
  const { armLengthGap, arms, factors, form, instrument, items, lengths, nearest, problems, topUp } = report
  const topUps = topUp === 0 ? "" : ` and ${topUp} for a top-up`
  return [
    `${style("bold", `${instrument}, form ${printable(form)}`)}: ${items} items${topUps}, ${arms} arms`,
    `  words ${lengths.shortest} to ${lengths.longest}, mean ${lengths.mean.toFixed(1)}; arms of one item differ by at most ${Math.round(armLengthGap * 100)} %`,
    ...(nearest === null
      ? []
      : [`  nearest scenarios ${nearest.items.map(printable).join(" and ")}: ${nearest.similarity.toFixed(2)}`]),
    ...factors.map(
      ({ factor, of, counts }) =>
        `  ${`${printable(factor)} (${of})`.padEnd(24)} ${Object.entries(counts)
          .map(([value, count]) => `${printable(value)} ${count}`)
          .join(", ")}`
    ),
    problems.length === 0
      ? style("green", "  no problems")
      : problems
          .map(({ items: where, says }) => style("red", `  ${where.map(printable).join(", ")} ${printable(says)}`))
          .join("\n")
  ].join("\n")
}
