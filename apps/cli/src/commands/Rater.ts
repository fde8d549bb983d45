/** Raters: which there are, how well they are measured, and measuring one on labelled text. */
import { basename } from "node:path"
import {
  accreditationProblem,
  type Field,
  isCustomField,
  isRatingField,
  type MeasuredOn,
  predicatesOf,
  type Rater,
  ratingFields
} from "@model-intake/core"
import { AccreditationStore, accreditRater, type Measured, Plugins } from "@model-intake/examination"
import { UsageError } from "@model-intake/host"
import { type LabelRule, type LabelTest, parseLabelTest } from "@model-intake/instruments"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { renderMeasurement, renderRater } from "../RaterView.ts"
import { config, configuredPlugins, json, print } from "../Run.ts"
import { printable, safeJson, stylist } from "../Terminal.ts"

const name = Argument.String("RATER").pipe(Argument.withDescription("Id of an installed rater, such as linear"))

const optional = (flag: string, metavar: string, description: string) =>
  Flag.String(flag).pipe(Flag.withDescription(description), Flag.withMetavar(metavar), Flag.optional)

const listCommand = Command.make(
  "list",
  { json, config },
  Effect.fn(function* (options) {
    yield* Effect.gen(function* () {
      const raters = yield* (yield* Plugins).raters
      const rows = yield* Effect.forEach(raters, (rater) =>
        Effect.map(accreditationsOf(rater), ({ shipped, stored }) => ({
          id: rater.id,
          version: rater.version,
          digest: rater.digest,
          fields: rater.fields,
          mayDecide: [...shipped, ...stored]
            .filter((one) => accreditationProblem(one) === null)
            .map(({ field, form, predicate }) => (field === undefined ? { predicate, form } : { field, form }))
        }))
      )
      if (options.json) return yield* print(safeJson(rows, 2))
      const style = stylist(process.stdout)
      const width = Math.max(...rows.map(({ id }) => id.length))
      for (const { fields, id, mayDecide, version } of rows) {
        const decides = [...new Set(mayDecide.map(({ form }) => (form === null ? "any text" : `form ${form}`)))].join(
          ", "
        )
        const rates = fields.length === 0 ? "not configured" : `${fields.length} fields`
        yield* print(
          `${style("bold", id.padEnd(width))}  ${version}  ${rates}, ${decides === "" ? "screens, may decide nothing" : `may decide on ${printable(decides)}`}`
        )
      }
    }).pipe(Effect.provide(configuredPlugins(options.config)))
  })
).pipe(Command.withDescription("List the installed raters and where they may decide."))

const showCommand = Command.make(
  "show",
  { name, json, config },
  Effect.fn(function* (options) {
    yield* Effect.gen(function* () {
      const rater = yield* installed(options.name)
      const { shipped, stored } = yield* accreditationsOf(rater)
      if (options.json) {
        const { digest, fields, id, version } = rater
        return yield* print(safeJson({ id, version, digest, fields, shipped, stored }, 2))
      }
      const instruments = yield* (yield* Plugins).instruments
      yield* print(renderRater(rater, stored, instruments, stylist(process.stdout)))
    }).pipe(Effect.provide(configuredPlugins(options.config)))
  })
).pipe(
  Command.withDescription("Show a rater's accreditations and which predicates of the instruments it may decide."),
  Command.withExamples([{ command: "intake rater show linear", description: "The embedded rater" }])
)

const accreditCommand = Command.make(
  "accredit",
  {
    name,
    on: Flag.String("on").pipe(
      Flag.withDescription("Labelled transcripts as JSON lines, plain or gzip, joined by commas; - is standard input"),
      Flag.withMetavar("FILE")
    ),
    field: optional("field", "FIELD", "Field of the rating to measure, such as misalignment or custom.flattery"),
    predicate: optional("predicate", "ID", "Predicate to measure, such as self-justifying-reasoning/justifies-itself"),
    label: optional("label", "PATH", "Where the label stands in a transcript (labels.FIELD or labels.ID)"),
    positive: optional("positive", "EXPR", "Labels that are positive, such as <=30, true or defiant"),
    negative: optional("negative", "EXPR", "Labels that are negative; those on neither side are left out"),
    modelField: optional("model-field", "PATH", "Where the answering model's name stands (model)"),
    form: optional("form", "FORM", "The item form that the text comes from; it then holds for this form alone"),
    dryRun: Flag.Boolean("dry-run").pipe(
      Flag.withDescription("Measure and print, and store nothing"),
      Flag.withDefault(false)
    ),
    json,
    config
  },
  Effect.fn(function* (options) {
    const named = yield* namedOf(options.field, options.predicate)
    const rule = yield* ruleOf(options.positive, options.negative)
    const files = options.on.split(",").filter((file) => file !== "")
    if (files.length === 0) return yield* new UsageError({ message: "--on names no file" })
    yield* Effect.gen(function* () {
      const rater = yield* installed(options.name)
      const report = yield* accreditRater({
        ...(yield* measuredOf(named)),
        rater,
        files,
        label: Option.getOrElse(options.label, () => `labels.${named.field ?? named.predicate}`),
        rule,
        modelField: Option.getOrUndefined(options.modelField),
        form: Option.getOrNull(options.form),
        on: files.map((file) => (file === "-" ? "standard input" : basename(file))).join(", ")
      })
      if (!options.dryRun) {
        const store = yield* AccreditationStore
        yield* store.add(rater, report.accreditation)
      }
      if (options.json) {
        const problem = accreditationProblem(report.accreditation)
        return yield* print(
          safeJson(
            {
              rater: rater.id,
              digest: rater.digest,
              stored: !options.dryRun,
              mayDecide: problem === null,
              problem,
              ...report
            },
            2
          )
        )
      }
      yield* print(renderMeasurement(rater, report, stylist(process.stdout)))
      yield* print(options.dryRun ? "Not stored." : "Stored for this configuration of the rater.")
    }).pipe(Effect.provide(configuredPlugins(options.config)))
  })
).pipe(
  Command.withDescription(
    "Measure a rater on labelled transcripts and store the result with its configuration's digest. Without one it can screen but not decide."
  ),
  Command.withExamples([
    {
      command:
        'intake rater accredit linear --on labelled.jsonl --field misalignment --label labels.alignment --positive "<=30" --negative ">=70"',
      description: "Scores from 0 to 100, the middle left out"
    },
    {
      command:
        "intake rater accredit judge-panel --on labelled.jsonl --predicate cross-domain-norm-leakage/leaks --label labels.leaks",
      description: "What a marker's rule reads, labelled yes or no"
    },
    {
      command: "intake rater accredit judge-panel --on kept.jsonl --field constraintKept --dry-run",
      description: "Store nothing"
    }
  ])
)

export const raterCommand = Command.make("rater").pipe(
  Command.withDescription("Raters: which there are, how well they are measured, and measuring one on labelled text."),
  Command.withShortDescription("List, show and accredit raters"),
  Command.withSubcommands([listCommand, showCommand, accreditCommand])
)

const installed = Effect.fnUntraced(function* (id: string) {
  const raters = yield* (yield* Plugins).raters
  const rater = raters.find((one) => one.id === id)
  if (rater !== undefined) return rater
  return yield* new UsageError({
    message: `no rater is named ${JSON.stringify(id)}; installed: ${raters.map((one) => one.id).join(", ") || "none"}`
  })
})

const accreditationsOf = Effect.fnUntraced(function* (rater: Rater) {
  const store = yield* AccreditationStore
  return { shipped: rater.accreditations, stored: yield* store.find(rater) }
})

/** What is to be measured, by its name; predicates are known once the plugins are there. */
const namedOf = Effect.fnUntraced(function* (
  field: Option.Option<string>,
  predicate: Option.Option<string>
): Effect.fn.Return<MeasuredOn, UsageError> {
  if (Option.isSome(field) && Option.isNone(predicate)) return { field: yield* fieldOf(field.value) }
  if (Option.isSome(predicate) && Option.isNone(field)) return { predicate: predicate.value }
  return yield* new UsageError({ message: "one of --field and --predicate says what is measured; give just one" })
})

const fieldOf = (text: string): Effect.Effect<Field, UsageError> =>
  isRatingField(text) || isCustomField(text)
    ? Effect.succeed(text)
    : Effect.fail(
        new UsageError({
          message: `${JSON.stringify(text)} is not a field of a rating; use one of ${ratingFields.join(", ")}, or custom.NAME`
        })
      )

const measuredOf = Effect.fnUntraced(function* ({ field, predicate }: MeasuredOn) {
  if (field !== undefined) return { field } satisfies Measured
  const known = predicatesOf(yield* (yield* Plugins).instruments)
  const found = known.find(({ id }) => id === predicate)
  if (found !== undefined) return { predicate: found } satisfies Measured
  return yield* new UsageError({
    message: `no installed instrument has the predicate ${JSON.stringify(predicate)}; use one of ${known.map(({ id }) => id).join(", ")}`
  })
})

const ruleOf = Effect.fnUntraced(function* (
  positive: Option.Option<string>,
  negative: Option.Option<string>
): Effect.fn.Return<LabelRule | undefined, UsageError> {
  if (Option.isNone(positive) && Option.isNone(negative)) return undefined
  if (Option.isNone(positive) || Option.isNone(negative)) {
    return yield* new UsageError({ message: "--positive and --negative go together; give both or neither" })
  }
  return { positive: yield* testOf("positive", positive.value), negative: yield* testOf("negative", negative.value) }
})

const testOf = (flag: string, expression: string): Effect.Effect<LabelTest, UsageError> => {
  const test = parseLabelTest(expression)
  return test === null
    ? Effect.fail(
        new UsageError({
          message: `--${flag} ${JSON.stringify(expression)} cannot be read; write <=30, >=70, true or a label`
        })
      )
    : Effect.succeed(test)
}
