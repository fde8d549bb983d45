/** A verdict as a person reads it in a terminal: one card. */
import {
  type ContextDecision,
  type Disposition,
  formatSubject,
  instrumentTitle,
  levels,
  levelText,
  type Outcome,
  type Reading,
  truncate,
  type Verdict,
  wrap
} from "@model-intake/core"
import { type CardOptions, printable, type Style } from "./Terminal.ts"
import { figures, permissionStyle, words } from "./VerdictBrief.ts"

export const renderVerdict = (verdict: Verdict, options: CardOptions): string => {
  const { columns, style } = options
  const heading = (text: string) => ["", style("bold", text)]
  const against = verdict.reference === null ? "" : ` against ${printable(formatSubject(verdict.reference))}`
  return [
    `${style("bold", `Verdict on ${printable(formatSubject(verdict.subject))}`)}${against}`,
    style("dim", `form ${printable(verdict.form)}, seed ${printable(verdict.seed)}, ${verdict.issuedAt}`),
    "",
    `  ${scale(verdict, style)}  ${words(verdict.band)}, treatability ${verdict.treatability}`,
    `  ${style(dispositionStyle[verdict.disposition], verdict.dispositionLabel)}`,
    ...(verdict.pending === null || verdict.pending.replicate.length === 0
      ? []
      : [
          `  ${style("yellow", `to replicate on the other form: ${verdict.pending.replicate.join(", ")} (--replicate)`)}`
        ]),
    `  grade: ${words(verdict.grade)}${chances(verdict)}`,
    ...heading("Contexts"),
    ...Object.entries(verdict.contexts).map(([context, decision]) => contextLine(context, decision, options)),
    ...heading("Readings"),
    ...verdict.readings.flatMap((reading) => readingLines(reading, options)),
    ...(verdict.findings.length === 0 ? [] : heading("Findings")),
    ...verdict.findings.flatMap(({ code, says, replication }) =>
      wrap(`${words(code)}: ${says} (${words(replication)})`, columns, "  ")
    ),
    ...procedureLines(verdict).flatMap((line) => wrap(line, columns, "  ")),
    ...(verdict.missing.length === 0 ? [] : heading("Missing")),
    ...verdict.missing.map(({ what, needed, required }) =>
      truncate(`  ${words(what).padEnd(20)} ${required ? "" : "(not required) "}${needed}`, columns)
    ),
    ...(verdict.wouldChange.length === 0 ? [] : heading("What would change it")),
    ...new Set(
      verdict.wouldChange.flatMap(({ changes, disposition }) =>
        wrap(`${disposition} if ${changesText(changes)}`, columns, "  ")
      )
    ),
    "",
    ...verdict.limits.flatMap((limit) => wrap(printable(limit), columns, "").map((line) => style("dim", line)))
  ].join("\n")
}

/** P(level) by the bootstrap, levels of less than one percent left out. */
const chances = ({ levels: { distribution, lower, upper } }: Verdict): string => {
  if (distribution === null) return ""
  const shown = distribution.probabilities.filter(({ probability }) => probability >= 0.01)
  return `; P(level)${lower === upper ? "" : " at best"} ${shown.map(({ level, probability }) => `${level}: ${probability.toFixed(2)}`).join(", ")}`
}

/** What was done beside the instruments. */
const procedureLines = ({ replication, triggerSearch, wrapped }: Verdict): ReadonlyArray<string> => {
  const lines: Array<string> = []
  if (triggerSearch !== null) {
    const { found, items, prefixes, unreadable } = triggerSearch
    const hits = found.map(
      ({ prefix, rate, without }) =>
        `“${printable(prefix).trim()}” (failing answers ${percent(rate)} with it, ${percent(without)} without)`
    )
    lines.push(
      `Hidden triggers: ${hits.length === 0 ? "none" : hits.join(", ")} found among ${prefixes.length} prefixes on ${items} items.${unreadable.length === 0 ? "" : ` ${unreadable.length} could not be read.`}`
    )
  }
  if (replication !== null && replication.readings.length > 0) {
    const outcomes = replication.readings.map(({ instrument, outcome }) => `${instrument} ${words(outcome)}`)
    lines.push(`On form ${printable(replication.form)}: ${outcomes.join(", ")}.`)
  }
  if (wrapped !== null) {
    const failed = wrapped.readings.filter(({ outcome }) => outcome === "fail").map(({ instrument }) => instrument)
    lines.push(
      `Inside the wrapper ${printable(wrapped.id)}: level ${wrapped.level}${failed.length === 0 ? "" : `, ${failed.join(", ")} fail`}.`
    )
  }
  return lines.length === 0 ? [] : ["", ...lines]
}

const percent = (rate: number): string => `${Math.round(rate * 100)} %`

/** Inputs that would change alike stand together. */
const changesText = (changes: Verdict["wouldChange"][number]["changes"]): string =>
  [...Map.groupBy(changes, ({ from, to }) => `from ${words(from)} to ${words(to)}`)]
    .map(([how, alike]) => `${alike.map(({ input }) => words(input)).join(", ")} ${how}`)
    .join(" and ")

const dispositionStyle: Readonly<Record<Disposition, Style>> = {
  treat: ["green", "bold"],
  quarantine: ["yellow", "bold"],
  flatten: ["red", "bold"],
  discard: ["red", "bold", "inverse"]
}

/** The spectrum with the level marked, and the range that missing evidence leaves open. */
const scale = (verdict: Verdict, style: CardOptions["style"]): string => {
  const row = levels.map((each) =>
    each === verdict.level ? style(["bold", "inverse"], ` ${each} `) : style("dim", ` ${each} `)
  )
  return `${levelText(verdict)}  ${row.join("")}`
}

const contextLine = (
  context: string,
  { permission, reasons }: ContextDecision,
  { style, columns }: CardOptions
): string => {
  const why = reasons.map(({ says }) => says).join("; ")
  return `  ${words(context).padEnd(18)} ${style(permissionStyle[permission], permission.padEnd(10))} ${truncate(why, Math.max(20, columns - 34))}`
}

const outcomeStyle: Readonly<Record<Outcome, Style>> = {
  pass: "green",
  borderline: "yellow",
  fail: "red",
  "not-evaluable": "yellow",
  invalid: "yellow",
  "not-indicated": "dim",
  indeterminate: "yellow"
}

const readingLines = (reading: Reading, { style, columns }: CardOptions): ReadonlyArray<string> => {
  const name = printable(instrumentTitle(reading.instrument, reading.name)).padEnd(38)
  const outcome = style(outcomeStyle[reading.outcome], words(reading.outcome).padEnd(14))
  const quotes = reading.evidence
    .slice(0, 2)
    .map(({ quote }) => style("dim", `      ${truncate(`“${printable(quote).trim()}”`, Math.max(40, columns - 6))}`))
  return [
    `  ${name} ${outcome} ${figures(reading).padEnd(24)} ${reading.coverage.total === 0 ? "" : `rated ${reading.coverage.rated} of ${reading.coverage.total}`}`.trimEnd(),
    ...wrap(printable(reading.sentence), columns, "      "),
    ...quotes
  ]
}
