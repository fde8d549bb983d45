/** How a lineage moves over the spectrum: one verdict per checkpoint, in order. */
import {
  type InstrumentKey,
  instrumentTitle,
  type Level,
  type Lineage,
  levelRank,
  levels,
  listedInstruments,
  type Outcome,
  outcomeSymbol,
  severityOf,
  truncate,
  type Verdict,
  wrap
} from "@model-intake/core"
import { type CardOptions, printable } from "./Terminal.ts"
import { words } from "./VerdictBrief.ts"

export interface Checkpoint {
  readonly subject: string
  /** Optimiser steps since the first checkpoint; null from where they are not known on. */
  readonly steps: number | null
  /** The latest one; null where it was not examined. */
  readonly verdict: Verdict | null
}

/** The first checkpoint at which an instrument leaves the band of passes. */
export interface Departure {
  readonly instrument: InstrumentKey
  /** Title of a house instrument. */
  readonly name?: string
  /** Null where it is not seen to leave. */
  readonly at: string | null
  readonly outcome: Outcome | null
  /** Earlier checkpoints at which it could not be read, so that it may have left before. */
  readonly unknownBefore: ReadonlyArray<string>
}

/** Checkpoints of a life in order, each once, with the steps that lead to it. */
export const checkpointsOf = (lineage: Lineage): ReadonlyArray<Omit<Checkpoint, "verdict">> => {
  const found = new Map<string, number | null>()
  let steps: number | null = 0
  for (const event of lineage.events) {
    if (event.type === "exam") {
      if (event.subject !== null && !found.has(event.subject)) found.set(event.subject, steps)
      continue
    }
    if (event.before !== null && !found.has(event.before)) found.set(event.before, steps)
    const taken: number | null = event.type === "flattening" ? null : event.steps
    steps = steps === null || taken === null ? null : steps + taken
    if (event.after !== null && !found.has(event.after)) found.set(event.after, steps)
  }
  if (!found.has(lineage.subject)) found.set(lineage.subject, steps)
  return [...found].map(([subject, at]) => ({ subject, steps: at }))
}

export const departuresOf = (checkpoints: ReadonlyArray<Checkpoint>): ReadonlyArray<Departure> =>
  listedIn(checkpoints).map((listed) => {
    const { instrument } = listed
    const outcomes = checkpoints.map(({ subject, verdict }) => ({ subject, outcome: outcomeOf(verdict, instrument) }))
    const left = outcomes.findIndex(({ outcome }) => outcome !== null && (severityOf(outcome) ?? 0) > 0)
    const before = left < 0 ? outcomes : outcomes.slice(0, left)
    return {
      ...listed,
      at: outcomes[left]?.subject ?? null,
      outcome: outcomes[left]?.outcome ?? null,
      unknownBefore: before
        .filter(({ outcome }) => outcome === null || severityOf(outcome) === null)
        .map(({ subject }) => subject)
    }
  })

/** The level over the checkpoints, outcomes beneath it, and where each instrument left its band. */
export const renderTrajectory = (checkpoints: ReadonlyArray<Checkpoint>, { columns, style }: CardOptions): string => {
  const left = departuresOf(checkpoints)
  const cell = (text: string) => text.padEnd(5)
  const row = (name: string, cells: ReadonlyArray<string>) =>
    `  ${name.padEnd(12)} ${cells.map(cell).join("")}`.trimEnd()
  return [
    style("bold", "Level over the checkpoints"),
    ...levels.toReversed().map((level) =>
      row(
        `level ${level}`,
        checkpoints.map(({ verdict }) => mark(verdict, level))
      )
    ),
    row(
      "",
      checkpoints.map((_, index) => String(index + 1))
    ),
    "",
    ...listedIn(checkpoints).map(({ instrument, name = instrument }) =>
      row(
        truncate(printable(name), 12),
        checkpoints.map(({ verdict }) => symbolOf(outcomeOf(verdict, instrument)))
      )
    ),
    ...wrap(
      "● level or pass, │ what missing evidence leaves open, ▲ borderline, ◆ fail, ○ could not be read, · no verdict or not administered, – not indicated",
      columns,
      "  "
    ).map((line) => style("dim", line)),
    "",
    style("bold", "Checkpoints"),
    ...checkpoints.map(({ steps, subject, verdict }, index) =>
      truncate(
        `  ${String(index + 1).padStart(3)}  ${printable(subject).padEnd(34)} ${(steps === null ? "" : `${steps} steps`).padEnd(13)} ${verdict === null ? "no verdict" : `level ${verdict.level}, ${printable(verdict.dispositionLabel)}`}`,
        columns
      )
    ),
    "",
    style("bold", "First checkpoint outside its band"),
    ...left
      .filter(({ at }) => at !== null)
      .map(({ at, instrument, name, outcome, unknownBefore }) =>
        truncate(
          `  ${printable(instrumentTitle(instrument, name)).padEnd(38)} ${printable(at!)}, ${words(outcome!)}${unknownBefore.length === 0 ? "" : `; or before, unread at ${unknownBefore.map(printable).join(", ")}`}`,
          columns
        )
      ),
    ...(left.every(({ at }) => at === null) ? ["  none seen"] : []),
    ...unreadLine(left, columns)
  ].join("\n")
}

const unreadLine = (left: ReadonlyArray<Departure>, columns: number): ReadonlyArray<string> => {
  const open = left.filter(({ at, unknownBefore }) => at === null && unknownBefore.length > 0)
  return open.length === 0
    ? []
    : wrap(
        `Not seen to leave, and not read at every checkpoint: ${open.map(({ instrument }) => instrument).join(", ")}`,
        columns,
        "  "
      )
}

const listedIn = (checkpoints: ReadonlyArray<Checkpoint>) =>
  listedInstruments(checkpoints.flatMap(({ verdict }) => verdict ?? []))

const outcomeOf = (verdict: Verdict | null, key: InstrumentKey): Outcome | null =>
  verdict?.readings.find(({ instrument }) => instrument === key)?.outcome ?? null

const mark = (verdict: Verdict | null, level: Level): string => {
  if (verdict === null) return "·"
  if (verdict.level === level) return "●"
  const rank = levelRank(level)
  return levelRank(verdict.levels.lower) <= rank && rank <= levelRank(verdict.levels.upper) ? "│" : ""
}

const symbolOf = (outcome: Outcome | null): string => (outcome === null ? "·" : outcomeSymbol[outcome])
