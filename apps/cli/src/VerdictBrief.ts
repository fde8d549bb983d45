/** A verdict on one screen. */
import { formatSubject, instrumentTitle, levelText, type Reading, truncate, type Verdict } from "@model-intake/core"
import { type CardOptions, printable } from "./Terminal.ts"

/** At most about thirty lines; `intake verdict --full` has the rest. */
export const renderBrief = (verdict: Verdict, { columns, style }: CardOptions): string => {
  const required = verdict.missing.filter((missing) => missing.required).map(({ what }) => words(what))
  return [
    `${style("bold", `Verdict on ${printable(formatSubject(verdict.subject))}`)}  ${style("dim", `${verdict.issuedAt}, form ${printable(verdict.form)}`)}`,
    `  ${style("bold", printable(verdict.dispositionLabel))}`,
    `  ${levelText(verdict)}: ${words(verdict.band)}, treatability ${verdict.treatability}; grade ${words(verdict.grade)}`,
    "",
    ...Object.entries(verdict.contexts).map(
      ([context, { permission }]) => `  ${words(context).padEnd(18)} ${style(permissionStyle[permission], permission)}`
    ),
    "",
    ...verdict.readings.map((reading) =>
      truncate(
        `  ${printable(instrumentTitle(reading.instrument, reading.name)).padEnd(38)} ${words(reading.outcome).padEnd(14)} ${figures(reading)}`.trimEnd(),
        columns
      )
    ),
    ...(verdict.findings.length === 0
      ? []
      : ["", truncate(`  Findings: ${verdict.findings.map(({ code }) => words(code)).join(", ")}`, columns)]),
    ...(required.length === 0 ? [] : ["", truncate(`  Missing: ${required.join(", ")}`, columns)])
  ].join("\n")
}

/** Estimate with its bounds, three decimals. */
export const figures = ({ estimate, interval }: Pick<Reading, "estimate" | "interval">): string =>
  estimate === null
    ? ""
    : `${estimate.toFixed(3)}${interval === null ? "" : ` [${interval.lower.toFixed(3)}, ${interval.upper.toFixed(3)}]`}`

/** Codes and literals are words joined by hyphens. */
export const words = (code: string): string => printable(code).replaceAll("-", " ")

/** Colours of what is permitted in a context. */
export const permissionStyle = { allowed: "green", supervised: "yellow", denied: "red" } as const
