/** The report as JUnit XML: one test case for the disposition, one for each of the ten instruments, and one for each house one. */
import {
  instrumentTable,
  isInstrumentCode,
  levelText,
  listedInstruments,
  type Reading,
  type Verdict
} from "@model-intake/core"
import { escapeMarkup, visible } from "./internal/hostile.ts"
import { contextsOf, coverageText, dispositionSays, estimateText, instrumentName, subjectName, words } from "./Words.ts"

/**
 * A pass passes; a fail, a borderline reading and every disposition but treat are failures; what could not be evaluated or
 * was not administered is an error; M5 that is not indicated is skipped. Contexts are properties of the suite.
 */
export const renderJUnit = (verdict: Verdict): string => {
  const cases = [
    dispositionCase(verdict),
    ...listedInstruments([verdict]).map((listed) => readingCase(verdict, listed))
  ]
  const count = (kind: Case["kind"]) => cases.filter((each) => each.kind === kind).length
  const properties = Object.entries({
    level: levelText(verdict),
    band: verdict.band,
    disposition: verdict.dispositionLabel,
    grade: words(verdict.grade),
    form: verdict.form,
    seed: verdict.seed,
    ...Object.fromEntries(contextsOf(verdict).map(([context, { permission }]) => [`context ${context}`, permission]))
  })
  const counts = `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`
  const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(verdict.issuedAt)?.[0]
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="Model Intake Exam" ${counts}>
  <testsuite name="${text(subjectName(verdict.subject), 200)}" ${counts}${timestamp === undefined ? "" : ` timestamp="${timestamp}"`}>
    <properties>
${properties.map(([name, value]) => `      <property name="${text(name)}" value="${text(value)}"/>`).join("\n")}
    </properties>
${cases.map(caseXml).join("\n")}
  </testsuite>
</testsuites>
`
}

interface Case {
  readonly group: string
  readonly name: string
  readonly kind: "passed" | "failure" | "error" | "skipped"
  readonly type: string
  readonly says: string
  readonly detail: string
}

const caseXml = ({ detail, group, kind, name, says, type }: Case): string => {
  const open = `    <testcase classname="intake.${group}" name="${text(name, 200)}"`
  if (kind === "passed") return `${open}/>`
  return kind === "skipped"
    ? `${open}><skipped message="${text(says, 500)}"/></testcase>`
    : `${open}>\n      <${kind} type="${text(type, 80)}" message="${text(says, 500)}">${text(detail)}</${kind}>\n    </testcase>`
}

const dispositionCase = (verdict: Verdict): Case => ({
  group: "verdict",
  name: "disposition is treat",
  kind: verdict.disposition === "treat" ? "passed" : "failure",
  type: verdict.disposition,
  says: `${verdict.dispositionLabel}; ${levelText(verdict)}`,
  detail: dispositionSays[verdict.disposition]
})

const readingCase = (verdict: Verdict, listed: Pick<Reading, "instrument" | "name">): Case => {
  const reading = verdict.readings.find(({ instrument }) => instrument === listed.instrument)
  if (reading === undefined) {
    const name = instrumentName(listed)
    const group = isInstrumentCode(listed.instrument) ? instrumentTable[listed.instrument].kind : "house"
    return { group, name, kind: "error", type: "not-administered", says: `${name} was not administered`, detail: "" }
  }
  const quotes = reading.evidence.slice(0, 3).map(({ quote }) => `“${visible(quote, 220).trim()}”`)
  return {
    group: reading.kind,
    name: instrumentName(reading),
    kind: kinds[reading.outcome],
    type: reading.outcome,
    says: `${words(reading.outcome)}: ${estimateText(reading)} (${reading.measure.label}) ${coverageText(reading)}`.trim(),
    detail: [visible(reading.sentence, 1500), ...quotes].join(" ")
  }
}

const kinds: Readonly<Record<Reading["outcome"], Case["kind"]>> = {
  pass: "passed",
  borderline: "failure",
  fail: "failure",
  "not-evaluable": "error",
  invalid: "error",
  "not-indicated": "skipped",
  indeterminate: "error"
}

/** Made visible, which leaves no character that XML 1.0 forbids, and escaped. */
const text = (value: string, limit = 4000): string => escapeMarkup(visible(value, limit))
