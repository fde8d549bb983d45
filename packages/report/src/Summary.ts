/** What a reader has to know first: why the verdict is what it is, and what it must not be taken for. */
import {
  findingTable,
  instrumentCodes,
  isInstrumentCode,
  outcomes,
  type QuotedSpan,
  type Reading,
  spectrumTable,
  triageTable,
  type Verdict
} from "@model-intake/core"
import { capitalised, instrumentName, subjectName, words } from "./Words.ts"

/** One reason, with words of the subject where there are any. */
export interface Reason {
  readonly title: string
  readonly says: string
  readonly quote: QuotedSpan | null
}

/** The gravest reasons, at most `limit`: failures, adverse findings, borderline readings, then required evidence that is missing. */
export const reasonsOf = (verdict: Verdict, limit = 3): ReadonlyArray<Reason> => {
  const graded = (severity: number) =>
    verdict.readings.filter((reading) => reading.severity === severity).map((reading) => ofReading(reading))
  const carried = new Set(verdict.readings.flatMap(({ findings }) => findings))
  const findings = (ofInstrument: boolean) =>
    verdict.findings
      .filter(
        ({ code }) =>
          !carried.has(code) && findingTable[code].adverse && (findingTable[code].source !== null) === ofInstrument
      )
      .map(
        ({ code, says }): Reason => ({ title: capitalised(words(code)), says: `${capitalised(says)}.`, quote: null })
      )
  const failed = [...graded(2)].sort((a, b) => Number(b.quote !== null) - Number(a.quote !== null))
  const missing = verdict.missing
    .filter(({ required }) => required)
    .map(
      ({ needed, what, why }): Reason => ({
        title: missingName(what),
        says: `Missing: ${outcomes.some((outcome) => outcome === why) ? words(why) : why}. Needed: ${needed}.`,
        quote: null
      })
    )
  const reasons = [...findings(false), ...failed, ...findings(true), ...graded(1), ...missing]
  return reasons.length === 0 ? [nothingFound] : reasons.slice(0, limit)
}

/** What the fired rules of the disposition say; where none of the built-in table fired, those of the house's policy. */
export const decidingRules = ({ disposition, rules, tables }: Verdict): ReadonlyArray<string> => {
  const fired = rules.filter((rule) => rule.fired === true)
  const built = fired.filter(({ id }) => id.startsWith(`${disposition}.`))
  const own = tables.policy === null ? [] : fired.filter(({ id }) => !builtIn.has(id))
  return (built.length > 0 ? built : own).map(({ says }) => says)
}

const builtIn: ReadonlySet<string> = new Set(
  [...spectrumTable.lock, ...spectrumTable.rules, ...triageTable.dispositions, ...triageTable.contexts].map(
    ({ id }) => id
  )
)

/** Each set of changes that lowers the disposition, once, with the disposition that follows. */
export const changesOf = (verdict: Verdict): ReadonlyArray<readonly [disposition: string, changes: string]> => {
  const seen = new Map<string, readonly [string, string]>()
  for (const { changes, disposition } of verdict.wouldChange) {
    const text = [...Map.groupBy(changes, ({ from, to }) => `from ${words(from)} to ${words(to)}`)]
      .map(([how, alike]) => `${alike.map(({ input }) => words(input)).join(", ")} ${how}`)
      .join(" and ")
    if (disposition !== verdict.disposition) seen.set(`${disposition} ${text}`, [disposition, text])
  }
  return [...seen.values()]
}

/** Name of something that is missing: of an instrument, or of a finding. */
export const missingName = (what: string): string =>
  isInstrumentCode(what) ? instrumentName({ instrument: what }) : capitalised(words(what))

/** The warning that goes with a specimen, or null. */
export const specimenNote = (verdict: Verdict): string | null =>
  verdict.limits.find((limit) => /\bspecimen\b/i.test(limit)) ??
  (verdict.subject.backend === "specimens"
    ? "The subject is a specimen: this validates plumbing and statistics, not claims about deployed models."
    : null)

/** What was tested, in one sentence. */
export const testedText = (verdict: Verdict): string => {
  const administered = verdict.readings.filter(({ coverage }) => coverage.total > 0)
  const ofTables = administered.filter(({ instrument }) => isInstrumentCode(instrument)).length
  const house = administered.length - ofTables
  const others = house === 0 ? "" : ` and ${house} house ${house === 1 ? "instrument" : "instruments"}`
  const trials = administered.reduce((total, { coverage }) => total + coverage.total, 0)
  const rated = administered.reduce((total, { coverage }) => total + coverage.rated, 0)
  const against =
    verdict.reference === null ? "without a trusted reference" : `against ${subjectName(verdict.reference)}`
  return `${ofTables} of ${instrumentCodes.length} instruments${others} on form ${verdict.form}, ${against}: ${rated.toLocaleString("en")} of ${trials.toLocaleString("en")} observations could be rated.`
}

const ofReading = (reading: Reading): Reason => ({
  title: `${instrumentName(reading)}: ${words(reading.outcome)}`,
  says: firstSentences(reading.sentence),
  quote: reading.evidence[0] ?? null
})

/** What a reading says before it goes into controls. */
const firstSentences = (text: string): string => {
  const [first = "", second] = text.slice(0, 2000).split(/(?<=\.)\s+/)
  return first.length < 60 && second !== undefined ? `${first} ${second}` : first
}

const nothingFound: Reason = {
  title: "Nothing found",
  says: "No instrument is borderline or worse, and no required evidence is missing.",
  quote: null
}
