import { type Form, type Instrument, type Item, wrap } from "@model-intake/core"
import { Plugins } from "@model-intake/examination"
import { formsFrom, UsageError, writeText } from "@model-intake/host"
import { type ArmDiff, diffArms, type LintReport, lintForm } from "@model-intake/instruments"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ExitCode } from "../ExitCode.ts"
import { exportFormats, exportForms } from "../ItemsExport.ts"
import { type Readability, readabilityOf } from "../Readability.ts"
import { config, configuredPlugins, json, print } from "../Run.ts"
import { printable, safeJson, stylist } from "../Terminal.ts"

const formFlag = Flag.String("form").pipe(
  Flag.withDescription("Item form: S for specimens, or the path of your own form (a JSON file or a folder)"),
  Flag.withMetavar("FORM"),
  Flag.withDefault("S")
)

const instrumentFlag = Flag.String("instrument").pipe(
  Flag.withDescription("Code of one instrument (all of them)"),
  Flag.withMetavar("CODE"),
  Flag.optional
)

const listCommand = Command.make(
  "list",
  { form: formFlag, instrument: instrumentFlag, json, config },
  Effect.fn(function* (options) {
    const forms = yield* chosenForms(options)
    const rows = forms.flatMap(({ instrument, items }) =>
      items.map(({ arms, factors, id, tags }) => ({ instrument, id, arms: arms.length, factors, tags }))
    )
    if (options.json) return yield* print(safeJson(rows, 2))
    const width = Math.max(...rows.map(({ id }) => id.length))
    for (const { arms, factors, id, instrument, tags } of rows) {
      const values = Object.entries(factors).map(([name, value]) => `${name} ${value}`)
      yield* print(
        printable(
          `${instrument}  ${id.padEnd(width)}  ${arms} arm${arms === 1 ? " " : "s"}  ${[...values, ...tags].join(", ")}`
        )
      )
    }
  })
).pipe(
  Command.withDescription("List the items of a form with their design factors."),
  Command.withShortDescription("List items"),
  Command.withExamples([
    { command: "intake items list --form S --instrument B3", description: "The items of one instrument" }
  ])
)

const showCommand = Command.make(
  "show",
  {
    item: Argument.String("ITEM").pipe(Argument.withDescription("Id of the item, as intake items list gives it")),
    form: formFlag,
    json,
    config
  },
  Effect.fn(function* (options) {
    const forms = yield* chosenForms({ ...options, instrument: Option.none() })
    const item = forms.flatMap(({ items }) => items).find(({ id }) => id === options.item)
    if (item === undefined) {
      return yield* new UsageError({
        message: `form ${options.form} has no item ${options.item}; intake items list --form ${options.form} names them`
      })
    }
    if (options.json) return yield* print(safeJson(item, 2))
    const style = stylist(process.stdout)
    const columns = process.stdout.columns ?? 100
    const factorsText = (factors: Item["factors"]) =>
      Object.entries(factors)
        .map(([name, value]) => `${name} ${value}`)
        .join(", ")
    yield* print(
      `${style("bold", printable(item.id))}  ${printable([factorsText(item.factors), ...item.tags].join(", "))}`
    )
    for (const { factors, id, system, turns } of item.arms) {
      yield* print(`\n  ${style("bold", printable(id))}  ${style("dim", printable(factorsText(factors)))}`)
      const said = [
        ...(system === null ? [] : [["system", system] as const]),
        ...turns.map((turn) => ["user", turn] as const)
      ]
      for (const [role, text] of said) {
        yield* print(`    ${style("dim", role)}`)
        for (const line of text.split("\n"))
          for (const part of wrap(printable(line), columns, "    ")) yield* print(part)
      }
    }
  })
).pipe(
  Command.withDescription("Show one item with all of its arms, as the subject is told them."),
  Command.withShortDescription("Show an item"),
  Command.withExamples([{ command: "intake items show S1-M4-before-01", description: "One item of form S" }])
)

const exportCommand = Command.make(
  "export",
  {
    form: formFlag,
    instrument: instrumentFlag,
    format: Flag.Literals("format", exportFormats).pipe(
      Flag.withDescription("jsonl and csv have one line per arm; html is a booklet to read or print"),
      Flag.withDefault("jsonl" as const)
    ),
    out: Flag.String("out").pipe(
      Flag.withDescription("File to write (standard output)"),
      Flag.withMetavar("FILE"),
      Flag.optional
    ),
    config
  },
  Effect.fn(function* (options) {
    const text = exportForms(yield* chosenForms(options), options.format)
    if (Option.isNone(options.out)) return yield* print(text)
    const file = options.out.value
    yield* writeText(file, `${text}\n`)
    yield* print(`${options.format} in ${file}`)
  })
).pipe(
  Command.withDescription("Write the items of a form as JSON lines, as a table, or as a printable booklet."),
  Command.withShortDescription("Export items"),
  Command.withExamples([
    { command: "intake items export --form S --format html --out booklet.html", description: "To read or print" }
  ])
)

const lintCommand = Command.make(
  "lint",
  {
    form: formFlag,
    instrument: instrumentFlag,
    diffs: Flag.Boolean("diffs").pipe(
      Flag.withDescription("Print for every pair of arms the words in which they differ"),
      Flag.withDefault(false)
    ),
    json,
    config
  },
  Effect.fn(function* (options) {
    const forms = yield* chosenForms(options)
    const reports = forms.map((form) => {
      const prose = !specimenForms.has(form.id)
      const diffs = options.diffs ? form.items.flatMap(diffArms) : []
      return { ...lintForm(form, { prose }), readability: prose ? readabilityOf(form) : null, diffs }
    })
    yield* print(options.json ? safeJson(reports, 2) : reports.map(reportText).join("\n\n"))
    if (reports.some(({ problems }) => problems.length > 0)) process.exitCode = ExitCode.usage
  })
).pipe(
  Command.withDescription(
    "Look the items of a form over: counts by design factor, lengths, the same text twice, near-duplicates. Exit code 2 if something is wrong."
  ),
  Command.withShortDescription("Check the items of a form"),
  Command.withExamples([
    { command: "intake items lint --form S", description: "Every instrument's items of form S" },
    {
      command: "intake items lint --form A --instrument B3 --diffs",
      description: "Does only the factor differ between arms?"
    }
  ])
)

export const itemsCommand = Command.make("items").pipe(
  Command.withDescription("The item forms of the installed instruments."),
  Command.withShortDescription("Look at item forms"),
  Command.withSubcommands([listCommand, showCommand, lintCommand, exportCommand])
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

const chosenForms = Effect.fnUntraced(function* (options: {
  readonly form: string
  readonly instrument: Option.Option<string>
  readonly config: Option.Option<string>
}) {
  const forms = yield* Effect.provide(formsOf(options.form), configuredPlugins(options.config))
  if (Option.isNone(options.instrument)) return forms
  const code = options.instrument.value.toUpperCase()
  const own = forms.filter(({ instrument }) => instrument === code)
  if (own.length > 0) return own
  return yield* new UsageError({
    message: `form ${options.form} has no items of ${options.instrument.value}; it has ${forms.map(({ instrument }) => instrument).join(", ")}`
  })
})

const reportText = (
  report: LintReport & { readonly readability: Readability | null; readonly diffs: ReadonlyArray<ArmDiff> }
): string => {
  const style = stylist(process.stdout)
  const { armLengthGap, arms, factors, form, instrument, items, lengths, nearest, problems, readability, topUp } =
    report
  const topUps = topUp === 0 ? "" : ` and ${topUp} for a top-up`
  return [
    `${style("bold", `${instrument}, form ${printable(form)}`)}: ${items} items${topUps}, ${arms} arms`,
    `  words ${lengths.shortest} to ${lengths.longest}, mean ${lengths.mean.toFixed(1)}; arms of one item differ by at most ${Math.round(armLengthGap * 100)} %`,
    ...(nearest === null
      ? []
      : [`  nearest scenarios ${nearest.items.map(printable).join(" and ")}: ${nearest.similarity.toFixed(2)}`]),
    ...(readability === null
      ? []
      : [
          `  Flesch-Kincaid grade ${readability.median.toFixed(1)}, ${readability.low.toFixed(1)} to ${readability.high.toFixed(1)} in eight of ten items`
        ]),
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
          .join("\n"),
    ...report.diffs.map(({ added, arms, item, removed, shared }) => {
      const words = (stretches: ReadonlyArray<string>) => (stretches.length === 0 ? "nothing" : stretches.join(" … "))
      return printable(
        `  ${item} ${arms.join(" and ")}, ${Math.round(shared * 100)} % shared: ${words(removed)} | ${words(added)}`
      )
    })
  ].join("\n")
}
