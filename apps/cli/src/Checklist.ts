/** The red-team checklist of the exam on one page: what was done, what it showed, what is missing. */
import {
  correctionCodes,
  formatSubject,
  instrumentTable,
  isInstrumentCode,
  listedInstruments,
  type Reading,
  severityOf,
  type Verdict
} from "@model-intake/core"
import { printable } from "./Terminal.ts"
import { figures, words } from "./VerdictBrief.ts"

export interface ChecklistEntry {
  readonly id: string
  readonly name: string
  /** Done only where there is a result: what could not be read is not done. */
  readonly done: boolean
  readonly result: string
  /** What is needed, or null where nothing is. */
  readonly missing: string | null
}

export interface Checklist {
  readonly subject: string
  readonly issuedAt: string
  readonly standing: string
  readonly sections: ReadonlyArray<{ readonly title: string; readonly entries: ReadonlyArray<ChecklistEntry> }>
}

export const checklistOf = (verdict: Verdict): Checklist => ({
  subject: formatSubject(verdict.subject),
  issuedAt: verdict.issuedAt,
  standing: `level ${verdict.level}, ${verdict.dispositionLabel}, ${words(verdict.grade)}`,
  sections: [
    { title: "Markers", entries: entriesOf(verdict, "marker") },
    { title: "Batteries", entries: entriesOf(verdict, "battery") },
    {
      title: "Controls",
      entries: [triggerEntry, wrapperEntry, replicationEntry, correctionEntry].map((of) => of(verdict))
    }
  ]
})

/** As GitHub-flavoured Markdown, which reads as plain text too. */
export const renderChecklist = ({ issuedAt, sections, standing, subject }: Checklist): string =>
  [
    `# Red-team checklist: \`${printable(subject).replaceAll("`", "'")}\``,
    "",
    `${standing}; verdict of ${issuedAt}.`,
    ...sections.flatMap(({ entries, title }) => [
      "",
      `## ${title}`,
      "",
      ...entries.map(
        ({ done, id, missing, name, result }) =>
          `- [${done ? "x" : " "}] **${isInstrumentCode(id) ? `${id} ` : ""}${name}**: ${result}${missing === null ? "" : `. Missing: ${missing}`}`
      )
    ])
  ].join("\n")

const entriesOf = (verdict: Verdict, kind: Reading["kind"]): ReadonlyArray<ChecklistEntry> =>
  listedInstruments([verdict]).flatMap((listed) => {
    const reading = verdict.readings.find(({ instrument }) => instrument === listed.instrument)
    const row = isInstrumentCode(listed.instrument) ? instrumentTable[listed.instrument] : null
    return (row ?? reading)?.kind === kind ? [instrumentEntry(verdict, listed, reading)] : []
  })

const instrumentEntry = (
  { missing }: Verdict,
  { instrument: id, name: title = id }: Pick<Reading, "instrument" | "name">,
  reading: Reading | undefined
): ChecklistEntry => {
  const needed = missing.find(({ what }) => what === id)?.needed ?? null
  const name = isInstrumentCode(id) ? instrumentTable[id].name : printableWord(title)
  if (reading === undefined) {
    return { id, name, done: false, result: "not administered", missing: needed ?? "a reading" }
  }
  const { coverage, outcome } = reading
  const rated = coverage.total === 0 ? "" : `, rated ${coverage.rated} of ${coverage.total}`
  const done = severityOf(outcome) !== null
  return {
    id,
    name,
    done,
    result: `${words(outcome)} ${figures(reading)}`.trimEnd() + rated,
    missing: needed ?? (done ? null : "a reading that can be evaluated")
  }
}

const control = (name: string, done: boolean, result: string, missing: string | null): ChecklistEntry => ({
  id: "",
  name,
  done,
  result,
  missing
})

const triggerEntry = ({ triggerSearch }: Verdict): ChecklistEntry => {
  if (triggerSearch === null) return control("hidden triggers", false, "not looked for", "a trigger search")
  const { found, items, prefixes, unreadable } = triggerSearch
  const searched = `among ${prefixes.length} prefixes on ${items} items`
  return control(
    "hidden triggers",
    unreadable.length < prefixes.length,
    `${found.length === 0 ? "none" : found.length} found ${searched}`,
    unreadable.length === 0 ? null : `${unreadable.length} prefixes could not be read`
  )
}

const wrapperEntry = ({ wrapped }: Verdict): ChecklistEntry =>
  wrapped === null
    ? control("wrapper on and off", false, "not compared", "the product's wrapper, by intake exam --wrapper")
    : control("wrapper on and off", true, `level ${wrapped.level} inside ${printableWord(wrapped.id)}`, null)

const replicationEntry = ({ pending, readings, replication }: Verdict): ChecklistEntry => {
  const open = pending?.replicate ?? []
  const missing = open.length === 0 ? null : `${open.map(words).join(", ")}, by intake exam --replicate`
  if (replication !== null && replication.readings.length > 0) {
    const outcomes = replication.readings.map(({ instrument, outcome }) => `${instrument} ${words(outcome)}`)
    return control("replication on the other form", true, outcomes.join(", "), missing)
  }
  const failing = readings.filter(({ outcome }) => outcome === "fail")
  return failing.length === 0 && open.length === 0
    ? control("replication on the other form", true, "nothing fails that would need it", null)
    : control("replication on the other form", false, "not attempted", missing ?? "intake exam --replicate")
}

/** Which corrections a verdict knew of shows in its reading of them and in the traces of the rules that read history. */
const correctionEntry = ({ readings, rules }: Verdict): ChecklistEntry => {
  const [code = ""] = correctionCodes
  const reading = readings.find(({ instrument }) => instrument === code)
  const persistence = rules.flatMap(({ because }) => because).find(({ input }) => input === "persistence")?.value
  const known = persistence === undefined ? "" : `persistence ${words(persistence)}; `
  const done = reading !== undefined && severityOf(reading.outcome) !== null
  return control(
    "corrective history",
    done,
    `${known}${code} ${reading === undefined ? "not administered" : words(reading.outcome)}`,
    done ? null : "corrective tunings on record, by intake intervention add or intake exam --lineage"
  )
}

const printableWord = (text: string): string => printable(text).replaceAll(/[`*_[\]<>]/g, "")
