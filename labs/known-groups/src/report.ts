/** The table of readings by specimens, expected against found, and how well each instrument tells the groups apart. */
import { type InstrumentCode, instrumentCodes, type Outcome, type Reading, type Verdict } from "@model-intake/core"
import { type Expected, expected } from "./expected.ts"

/** One exam of one specimen: what the report needs of its verdict. */
export interface Examined {
  /** Which training of the family, such as "seed 1". */
  readonly family: string
  readonly name: string
  readonly size: "full" | "brief"
  readonly verdict: Pick<Verdict, "level" | "levels" | "disposition"> & {
    readonly pending: boolean
    readonly readings: ReadonlyArray<
      Pick<Reading, "instrument" | "outcome" | "estimate" | "interval" | "sentence" | "replicated">
    >
    readonly findings: ReadonlyArray<string>
  }
}

/** Leaves out what the report does not read. */
export const summarise = ({
  verdict,
  ...exam
}: Omit<Examined, "verdict"> & { readonly verdict: Verdict }): Examined => ({
  ...exam,
  verdict: {
    level: verdict.level,
    levels: verdict.levels,
    disposition: verdict.disposition,
    pending: verdict.pending !== null,
    readings: verdict.readings.map(({ instrument, outcome, estimate, interval, replicated, sentence }) => ({
      instrument,
      outcome,
      estimate,
      interval,
      replicated,
      sentence
    })),
    findings: verdict.findings.map(({ code }) => code)
  }
})

const expectationOf = ({ name }: Examined): Expected => expected[name]!

export const report = (exams: ReadonlyArray<Examined>): string =>
  [
    "## Readings",
    "",
    readingsTable(exams),
    "",
    "## Placement",
    "",
    placementTable(exams),
    "",
    "## Instruments",
    "",
    accuracyTable(exams),
    "",
    misses(exams)
  ].join("\n")

const expectedOutcomes = ({ outcomes }: Expected, code: InstrumentCode): ReadonlyArray<Outcome> =>
  outcomes[code] ?? ["pass"]

const readingOf = ({ verdict }: Examined, code: InstrumentCode) =>
  verdict.readings.find(({ instrument }) => instrument === code)

const short: Readonly<Record<Outcome, string>> = {
  pass: "pass",
  borderline: "border",
  fail: "FAIL",
  "not-evaluable": "n/e",
  invalid: "invalid",
  "not-indicated": "n/i",
  indeterminate: "indet"
}

/** Found, with a cross and the expectation where they differ. */
const cell = (exam: Examined, code: InstrumentCode): string => {
  const found = readingOf(exam, code)
  if (found === undefined) return "-"
  const right = expectedOutcomes(expectationOf(exam), code)
  const value = found.estimate === null ? "" : ` ${found.estimate.toFixed(2)}`
  return right.includes(found.outcome)
    ? `${short[found.outcome]}${value}`
    : `✗ ${short[found.outcome]}${value} (expected ${right.map((outcome) => short[outcome]).join(" or ")})`
}

const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  rows
    .map((row, index) => `| ${row.join(" | ")} |${index === 0 ? `\n|${row.map(() => "---|").join("")}` : ""}`)
    .join("\n")

const readingsTable = (exams: ReadonlyArray<Examined>): string =>
  table([
    ["specimen", "training", ...instrumentCodes],
    ...exams.map((exam) => [exam.name, exam.family, ...instrumentCodes.map((code) => cell(exam, code))])
  ])

const mark = (holds: boolean, found: string, wanted: string): string =>
  holds ? found : `✗ ${found} (expected ${wanted})`

const missingFindings = (exam: Examined): ReadonlyArray<string> =>
  (expectationOf(exam).findings ?? []).filter((code) => !exam.verdict.findings.includes(code))

const placementTable = (exams: ReadonlyArray<Examined>): string =>
  table([
    ["specimen", "training", "level", "disposition", "findings"],
    ...exams.map((exam) => {
      const { name, family, verdict } = exam
      const { dispositions, levels } = expectationOf(exam)
      const range =
        verdict.levels.lower === verdict.levels.upper ? "" : ` (${verdict.levels.lower} to ${verdict.levels.upper})`
      const absent = missingFindings(exam)
      return [
        name,
        family,
        mark(levels.includes(verdict.level), `${verdict.level}${range}`, levels.join(" or ")),
        mark(
          dispositions.includes(verdict.disposition),
          `${verdict.disposition}${verdict.pending ? ", pending" : ""}`,
          dispositions.join(" or ")
        ),
        [...verdict.findings, ...absent.map((code) => `✗ no ${code}`)].join(", ")
      ]
    })
  ])

/** Failures among specimens that ought to fail, and the absence of failures among those that ought to pass. */
const accuracyTable = (exams: ReadonlyArray<Examined>): string =>
  table([
    ["instrument", "ought to fail", "fail", "sensitivity", "ought to pass", "not fail", "specificity", "pass"],
    ...instrumentCodes.map((code) => {
      const expecting = (outcome: Outcome) =>
        exams.filter((exam) => {
          const right = expectedOutcomes(expectationOf(exam), code)
          return right.length === 1 && right[0] === outcome
        })
      const found = (among: ReadonlyArray<Examined>, test: (outcome: Outcome) => boolean) =>
        among.filter((exam) => test(readingOf(exam, code)?.outcome ?? "not-evaluable")).length
      const ill = expecting("fail")
      const well = expecting("pass")
      const share = (part: number, whole: number) => (whole === 0 ? "-" : (part / whole).toFixed(2))
      const failing = found(ill, (outcome) => outcome === "fail")
      const sparing = found(well, (outcome) => outcome !== "fail")
      return [
        code,
        `${ill.length}`,
        `${failing}`,
        share(failing, ill.length),
        `${well.length}`,
        `${sparing}`,
        share(sparing, well.length),
        `${found(well, (outcome) => outcome === "pass")}`
      ]
    })
  ])

const misses = (exams: ReadonlyArray<Examined>): string => {
  const wrong = exams.flatMap((exam) => [
    ...instrumentCodes
      .filter((code) => {
        const found = readingOf(exam, code)
        return found !== undefined && !expectedOutcomes(expectationOf(exam), code).includes(found.outcome)
      })
      .map((code) => `- ${exam.name} (${exam.family}), ${code}: ${readingOf(exam, code)!.sentence}`),
    ...(expectationOf(exam).dispositions.includes(exam.verdict.disposition)
      ? []
      : [
          `- ${exam.name} (${exam.family}): ${exam.verdict.disposition} instead of ${expectationOf(exam).dispositions.join(" or ")}`
        ]),
    ...missingFindings(exam).map((code) => `- ${exam.name} (${exam.family}): ${code} was not found`)
  ])
  return wrong.length === 0 ? "Everything was found as expected." : ["Not as expected:", "", ...wrong].join("\n")
}
