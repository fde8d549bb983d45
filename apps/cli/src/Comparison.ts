/** Two verdicts side by side, as far as their documents allow. */
import {
  type DeploymentContext,
  deploymentContexts,
  dispositionRank,
  formatSubject,
  type InstrumentKey,
  instrumentTitle,
  levelRank,
  listedInstruments,
  type Outcome,
  type Reading,
  truncate,
  type Verdict,
  wrap
} from "@model-intake/core"
import { differenceOfEstimates, type Interval } from "@model-intake/psychometrics"
import { type CardOptions, printable } from "./Terminal.ts"
import { figures, words } from "./VerdictBrief.ts"

export interface ReadingComparison {
  readonly instrument: InstrumentKey
  /** Title of a house instrument. */
  readonly name?: string
  /** Null where the verdict has no reading of it. */
  readonly outcomes: readonly [Outcome | null, Outcome | null]
  /** Second minus first, with one-sided bounds; null where it cannot be taken. */
  readonly difference: Interval | null
  /** Whether the exam of the second asked the first as its reference, item by item; otherwise the two are independent. */
  readonly paired: boolean
  /** Whether 0 lies outside the bounds. */
  readonly shown: boolean
  /** Why there is no difference, or what stands against taking it at its word; empty where nothing does. */
  readonly notes: ReadonlyArray<string>
}

export interface Comparison {
  readonly subjects: readonly [string, string]
  readonly issuedAt: readonly [string, string]
  readonly levels: readonly [Verdict["level"], Verdict["level"]]
  readonly dispositions: readonly [string, string]
  readonly grades: readonly [Verdict["grade"], Verdict["grade"]]
  /** Second against first, by level and disposition together. */
  readonly direction: "worse" | "better" | "same" | "mixed"
  readonly contexts: ReadonlyArray<{
    readonly context: DeploymentContext
    readonly permissions: readonly [string, string]
  }>
  readonly readings: ReadonlyArray<ReadingComparison>
  readonly notes: ReadonlyArray<string>
}

/** Differences are those of `after` minus `before`. */
export const compareVerdicts = (before: Verdict, after: Verdict): Comparison => ({
  subjects: [formatSubject(before.subject), formatSubject(after.subject)],
  issuedAt: [before.issuedAt, after.issuedAt],
  levels: [before.level, after.level],
  dispositions: [before.dispositionLabel, after.dispositionLabel],
  grades: [before.grade, after.grade],
  direction: directionOf(
    Math.sign(levelRank(after.level) - levelRank(before.level)),
    Math.sign(dispositionRank(after.disposition) - dispositionRank(before.disposition))
  ),
  contexts: deploymentContexts.map((context) => ({
    context,
    permissions: [before.contexts[context].permission, after.contexts[context].permission]
  })),
  readings: listedInstruments([before, after]).map((listed) => compareReadings(listed, before, after)),
  notes: [
    "Paired: the exam of B asked A the same items as its reference. Unpaired: the difference is taken from the bounds on either side (MOVER); where both were given the same items, that is too wide rather than too narrow.",
    "Each bound is one-sided, and nothing is corrected for the number of comparisons.",
    ...(before.form === after.form ? [] : [`The forms differ (${before.form} and ${after.form}).`]),
    ...(sameReference(before, after) ? [] : ["The references differ, and some readings are relative to them."])
  ]
})

export const renderComparison = (comparison: Comparison, { columns, style }: CardOptions): string => {
  const { direction, dispositions, grades, issuedAt, levels, subjects } = comparison
  const side = (index: 0 | 1) =>
    `  ${"AB"[index]}  ${printable(subjects[index])}: level ${levels[index]}, ${printable(dispositions[index])}, ${words(grades[index])}  ${style("dim", issuedAt[index])}`
  const changed = comparison.contexts.filter(({ permissions: [a, b] }) => a !== b)
  return [
    style("bold", `B is ${directionSays[direction]} A in level and disposition`),
    side(0),
    side(1),
    "",
    ...(changed.length === 0
      ? ["  No context differs."]
      : changed.map(({ context, permissions: [a, b] }) => `  ${words(context).padEnd(18)} ${a} -> ${b}`)),
    "",
    style("bold", "Readings, B minus A with bounds"),
    ...comparison.readings.flatMap((reading) => readingLines(reading, columns)),
    "",
    ...comparison.notes.flatMap((note) => wrap(note, columns, "").map((line) => style("dim", printable(line))))
  ].join("\n")
}

const directionSays = {
  worse: "worse than",
  better: "better than",
  same: "the same as",
  mixed: "neither better nor worse than"
} as const

const directionOf = (level: number, disposition: number): Comparison["direction"] =>
  level * disposition < 0 ? "mixed" : level + disposition > 0 ? "worse" : level + disposition < 0 ? "better" : "same"

const readingOf = ({ readings }: Verdict, key: InstrumentKey): Reading | undefined =>
  readings.find(({ instrument }) => instrument === key)

const sameReference = (a: Verdict, b: Verdict): boolean =>
  (a.reference === null ? null : formatSubject(a.reference)) ===
  (b.reference === null ? null : formatSubject(b.reference))

const compareReadings = (
  { instrument, name }: Pick<Reading, "instrument" | "name">,
  first: Verdict,
  second: Verdict
): ReadingComparison => {
  const [before, after] = [readingOf(first, instrument), readingOf(second, instrument)]
  const without = (why: string): ReadingComparison => ({
    instrument,
    ...(name === undefined ? {} : { name }),
    outcomes: [before?.outcome ?? null, after?.outcome ?? null],
    difference: null,
    paired: false,
    shown: false,
    notes: [why]
  })
  if (before === undefined || after === undefined) {
    return without(before === after ? "not administered" : `administered only to ${before === undefined ? "B" : "A"}`)
  }
  const notes = before.instrumentVersion === after.instrumentVersion ? [] : ["the versions of the instrument differ"]
  const found = (difference: Interval, paired: boolean): ReadingComparison => ({
    ...without(""),
    difference,
    paired,
    shown: difference.lower > 0 || difference.upper < 0,
    notes
  })
  const [a, b] = [intervalOf(before), intervalOf(after)]
  const isReference = second.reference !== null && formatSubject(second.reference) === formatSubject(first.subject)
  if (isReference && b !== null && after.measure.label === `${before.measure.label}${subtracted}`) return found(b, true)
  if (before.measure.label !== after.measure.label || before.measure.unit !== after.measure.unit) {
    return without("measured differently")
  }
  if (after.measure.label.endsWith(subtracted) && !sameReference(first, second)) {
    return without("measured against different references")
  }
  return a === null || b === null
    ? without("no estimate with bounds on both sides")
    : found(differenceOfEstimates(b, a), false)
}

/** How a RATE reading names what it measures once its trusted reference is subtracted. */
const subtracted = ", the reference subtracted"

/** Null where there is none, or where a bound is on the wrong side, as bounds of a bootstrap can be. */
const intervalOf = ({ estimate, interval }: Reading): Interval | null =>
  estimate === null || interval === null || estimate < interval.lower || estimate > interval.upper
    ? null
    : { estimate, lower: interval.lower, upper: interval.upper, confidence: interval.level }

const readingLines = (
  { difference, instrument, name: title, notes, outcomes: [a, b], paired, shown }: ReadingComparison,
  columns: number
): ReadonlyArray<string> => {
  const name = printable(instrumentTitle(instrument, title)).padEnd(38)
  const outcomes = `${words(a ?? "none")} -> ${words(b ?? "none")}`.padEnd(30)
  const says =
    difference === null
      ? ""
      : `${figures({ estimate: difference.estimate, interval: { ...difference, level: 0.95, sided: "one" } })} ${shown ? (difference.estimate > 0 ? "higher" : "lower") : "not shown"}, ${paired ? "paired" : "unpaired"}`
  return [truncate(`  ${name} ${outcomes} ${[says, ...notes].filter((part) => part !== "").join("; ")}`, columns)]
}
