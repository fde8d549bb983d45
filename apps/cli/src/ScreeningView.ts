/** A screening report as a person reads it in a terminal. */
import {
  type Indication,
  type IndicatorResult,
  type ScreeningGroup,
  type ScreeningReport,
  truncate
} from "@model-intake/core"
import { printable, type Style } from "./Terminal.ts"

export interface ViewOptions {
  readonly style: (style: Style, text: string) => string
  readonly columns: number
  /** Groups shown with their quotes; the others are named in one line each. */
  readonly quotes: boolean
}

export const renderScreening = (report: ScreeningReport, { style, columns, quotes }: ViewOptions): string => {
  const titles = new Map(
    report.indicators.map(({ id, title, instrument }) => [id, instrument === null ? title : `${instrument} ${title}`])
  )
  const width = Math.max(0, ...[...titles.values()].map((title) => printable(title).length))
  const indicatorLines = (result: IndicatorResult): ReadonlyArray<string> => {
    const title = printable(titles.get(result.indicator) ?? result.indicator).padEnd(width)
    const row = `  ${title}  ${shareOf(result)}  ${coverageOf(result)}  ${mark(result.indication, style)}`
    if (!quotes) return [row]
    return [row, ...result.evidence.flatMap((evidence) => evidenceLines(evidence, columns, style))]
  }
  const groupLines = (group: ScreeningGroup): ReadonlyArray<string> => [
    "",
    `${style("bold", printable(group.label))}  ${style("dim", `${count(group.turns, "answer")}, mean ${group.meanCharacters ?? 0} characters`)}`,
    ...group.indicators.flatMap(indicatorLines),
    `  ${style("dim", "→")} ${group.next}`
  ]
  return [
    `${style("bold", "Screening")}  ${count(report.totals.transcripts, "transcript")}, ${count(report.totals.turns, "answer")}, by ${printable(report.by.join(", "))}`,
    style(
      "dim",
      report.raters.map((rater) => `rater ${rater.id} ${rater.version} (${rater.digest.slice(7, 15)})`).join(", ")
    ),
    style(
      "dim",
      `flagged: ${report.indicators.map(({ id, threshold }) => `${printable(id)} at least ${threshold}`).join(", ")}`
    ),
    style("dim", "share flagged [one-sided 95 % bounds, clustered by prompt], coverage, indication"),
    ...report.groups.flatMap(groupLines),
    "",
    ...invalidLines(report, style),
    ...failureLines(report, style),
    ...report.limits.map((limit) => style("dim", limit))
  ].join("\n")
}

const count = (n: number, noun: string): string => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(7)

const shareOf = ({ share, interval }: IndicatorResult): string =>
  share === null || interval === null
    ? "not rated".padEnd(24)
    : `${percent(share)} [${percent(interval.lower).trim()} – ${percent(interval.upper).trim()}]`.padEnd(24)

const coverageOf = ({ rated, total }: IndicatorResult): string =>
  `rated ${rated.toLocaleString("en")} of ${total.toLocaleString("en")}`

const marks: Readonly<Record<Indication, readonly [Style, string]>> = {
  indicated: [["red", "bold"], "indicated"],
  unclear: ["yellow", "unclear"],
  "not-indicated": ["green", "not indicated"],
  "not-evaluable": ["yellow", "not evaluable"]
}

const mark = (indication: Indication, style: ViewOptions["style"]): string => style(...marks[indication])

const evidenceLines = (
  evidence: IndicatorResult["evidence"][number],
  columns: number,
  style: ViewOptions["style"]
): ReadonlyArray<string> => {
  const where = style(
    "dim",
    `${printable(evidence.file)}:${evidence.line} turn ${evidence.turn} score ${evidence.score.toFixed(2)}`
  )
  const quote = evidence.quotes.map(({ text }) => printable(text).trim()).join(" … ")
  return quote === ""
    ? [`    ${where}`]
    : [`    ${truncate(`“${quote}”`, Math.max(40, columns - 4))}`, `      ${where}`]
}

const failureLines = ({ failures = [] }: ScreeningReport, style: ViewOptions["style"]): ReadonlyArray<string> =>
  failures.length === 0
    ? []
    : [
        style("yellow", "answers without a rating because a rater failed:"),
        ...failures.map(({ answers, message }) => `  ${count(answers, "answer")}: ${printable(message)}`),
        ""
      ]

const invalidLines = (report: ScreeningReport, style: ViewOptions["style"]): ReadonlyArray<string> =>
  report.totals.invalid === 0
    ? []
    : [
        style("yellow", `${count(report.totals.invalid, "invalid line")} passed over:`),
        ...report.invalid.map(({ message }) => `  ${printable(message)}`),
        ...(report.totals.invalid > report.invalid.length
          ? [`  and ${report.totals.invalid - report.invalid.length} more`]
          : []),
        ""
      ]
