import type { Verdict } from "@model-intake/core"
import { UsageError, writeText } from "@model-intake/host"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { storeFlags, verdictsNamed } from "../CaseStore.ts"
import { print } from "../Run.ts"

const formats = ["html", "markdown", "text", "junit", "json"] as const
type Format = (typeof formats)[number]

/** The end of the file name that asks for a format. */
const formatOf: Readonly<Record<string, Format>> = {
  html: "html",
  htm: "html",
  md: "markdown",
  markdown: "markdown",
  txt: "text",
  xml: "junit",
  json: "json"
}

export const reportCommand = Command.make(
  "report",
  {
    verdict: Argument.String("VERDICT").pipe(
      Argument.withDescription(
        "A verdict document, as intake exam --json prints it, or a subject for the latest verdict on it"
      )
    ),
    format: Flag.Literals("format", formats).pipe(
      Flag.withDescription("Format of the report (by the name of --out, else text)"),
      Flag.optional
    ),
    style: Flag.Literals("style", ["full", "briefing"]).pipe(
      Flag.withDescription("Of the HTML: full, or a briefing of two pages for a policy reader"),
      Flag.withDefault("full")
    ),
    out: Flag.String("out").pipe(
      Flag.withDescription("File to write (standard output)"),
      Flag.withMetavar("FILE"),
      Flag.optional
    ),
    ...storeFlags
  },
  Effect.fn(function* ({ format, out, store, style, trust, verdict: named }) {
    const chosen = yield* chooseFormat(format, out)
    if (style === "briefing" && chosen !== "html") {
      return yield* new UsageError({ message: "--style briefing is a style of HTML; give --format html" })
    }
    const [verdict] = yield* verdictsNamed([named], { store, trust })
    const text = yield* render(verdict!, chosen, style)
    if (Option.isNone(out)) return yield* print(text.trimEnd())
    yield* writeText(out.value, text)
  })
).pipe(
  Command.withDescription("Turn a verdict into a report: one HTML file, Markdown, plain text, JUnit XML or JSON."),
  Command.withShortDescription("Report on a verdict"),
  Command.withExamples([
    { command: "intake report verdict.json --out report.html", description: "One HTML file that needs no network" },
    {
      command: "intake report verdict.json --style briefing --out briefing.html",
      description: "Two pages for a policy reader"
    },
    { command: "intake report openai:MODEL --out report.html", description: "From the latest verdict on a subject" },
    { command: "intake report verdict.json --format markdown", description: "For a pull request or a model card" }
  ])
)

const chooseFormat = (format: Option.Option<Format>, out: Option.Option<string>): Effect.Effect<Format, UsageError> => {
  if (Option.isSome(format)) return Effect.succeed(format.value)
  if (Option.isNone(out)) return Effect.succeed("text")
  const named = formatOf[out.value.split(".").at(-1)!.toLowerCase()]
  return named === undefined
    ? Effect.fail(
        new UsageError({
          message: `${out.value} does not tell the format by its name; give --format ${formats.join(", ")}`
        })
      )
    : Effect.succeed(named)
}

/** The report is loaded when one is asked for: charts are the largest part of the program. */
const render = (verdict: Verdict, format: Format, style: "full" | "briefing"): Effect.Effect<string> =>
  Effect.promise(async () => {
    const report = await import("@model-intake/report")
    if (format === "html") return report.renderHtml(verdict, { style })
    if (format === "markdown") return report.renderMarkdown(verdict)
    if (format === "junit") return report.renderJUnit(verdict)
    return format === "json" ? report.renderJson(verdict) : report.renderText(verdict)
  })
