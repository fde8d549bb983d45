/** From a placement input to the facts on which the tables stand. */
import {
  correctionCodes,
  type FindingCode,
  findingCodes,
  findingTable,
  type InstrumentCode,
  insideCodes,
  instrumentCodes,
  isCorrection,
  isInside,
  latentCodes
} from "../InstrumentTable.ts"
import type { FindingRecord, HouseReading, PlacementInput } from "../Placement.ts"
import { type Access, type Outcome, type Replication, type Severity, severityOf } from "../Reading.ts"
import { emptyVector, type FactVector, maximumOf, positionOf, type TableFact } from "./lattice.ts"

/** The best and the worst completion of what is known. */
export interface Facts {
  readonly lower: FactVector
  readonly upper: FactVector
}

/** `observed` counts every failure that was not refuted, `replicated` only those that were found again. */
export type Trust = "observed" | "replicated"

/** Base facts of an input; lock, level and disposition are left at 0. */
export const factsOf = (input: PlacementInput, trust: Trust): Facts => {
  const lower = emptyVector()
  const upper = emptyVector()
  const set = (fact: TableFact, best: number, worst: number) => {
    lower[positionOf[fact]] = best
    upper[positionOf[fact]] = worst
  }
  const setKnown = (fact: TableFact, value: number) => set(fact, value, value)

  let anyMissing = false
  let anyUpperFail = false
  for (const code of instrumentCodes) {
    const severity = trustedSeverity(input.outcomes[code], input.replication[code], trust) ?? 0
    const missing = isMissing(input, code)
    const worst = missing ? 2 : severity
    set(code, severity, worst)
    anyMissing ||= missing
    if (!isCorrection(code)) anyUpperFail ||= worst === 2
    if (missing) for (const carried of findingsFrom[code] ?? []) upper[positionOf[carried]] = 1
  }
  for (const code of correctionCodes) {
    if (input.outcomes[code] === "not-indicated" && anyUpperFail) upper[positionOf[code]] = 2
  }

  for (const code of input.notExamined) upper[positionOf[code]] = 1
  for (const found of input.findings) if (countsAsFound(found, trust)) set(found.code, 1, 1)

  const { persistence, replicatedPersistence, flattened } = input.history
  const regimes = trust === "observed" ? persistence : Math.min(persistence, replicatedPersistence)
  const counted = Math.min(regimes, maximumOf("persistence"))
  set("persistence", Math.max(counted, lower[positionOf.masked]!), Math.max(counted, upper[positionOf.masked]!))
  setKnown("flattened", Number(flattened))
  setKnown("failed-replication", Number(hasRefuted(input)))
  setKnown("missing-evidence", Number(anyMissing))
  setKnown("latent-evidence", latentRank(input))
  return { lower, upper }
}

/**
 * Whether an instrument leaves the question open: no usable reading, or one about the inside that nobody could look
 * into, or corrections that are indicated and were not examined.
 */
export const isMissing = (input: PlacementInput, code: InstrumentCode): boolean => {
  const outcome = input.outcomes[code]
  if (outcome === null || severityOf(outcome) === null) return true
  if (outcome === "not-indicated") return !isCorrection(code) || isCorrectionIndicated(input)
  return isInside(code) && input.access[code] === "none"
}

/** Examining corrections is called for by a corrective history or by a failure elsewhere. */
export const isCorrectionIndicated = (input: PlacementInput): boolean =>
  input.history.corrective || instrumentCodes.some((code) => !isCorrection(code) && countsAsFail(input, code))

/** Whether an instrument fails and the other form did not refute it. */
export const countsAsFail = (input: PlacementInput, code: InstrumentCode): boolean =>
  input.outcomes[code] === "fail" && input.replication[code] !== "failed"

/** Whether the other form did not show a finding. */
export const isRefuted = ({ code, replication }: FindingRecord): boolean =>
  replication === "failed" && !findingTable[code].replicatedByDefinition

/** Best available evidence about the inside: 0 white-box, 1 attested, 2 none. */
export const latentRank = (input: PlacementInput): number => {
  if (latentCodes.some((code) => isMissing(input, code))) return accessRank.none
  const measured = insideCodes.filter(
    (code) => !isCorrection(code) || (!isMissing(input, code) && input.outcomes[code] !== "not-indicated")
  )
  return Math.max(...measured.map((code) => accessRank[input.access[code]]))
}

/** The reading of a house instrument; null where it was not administered. */
export const houseReadingOf = ({ house }: PlacementInput, id: string): HouseReading | null =>
  Object.hasOwn(house, id) ? house[id]! : null

/** Severity of a house instrument; null where it has no usable reading. */
export const houseSeverity = (input: PlacementInput, id: string, trust: Trust): Severity | null => {
  const reading = houseReadingOf(input, id)
  return reading === null ? null : trustedSeverity(reading.outcome, reading.replication, trust)
}

/** A refuted failure counts as borderline; so does an unreplicated one where only replicated evidence is trusted. */
const trustedSeverity = (outcome: Outcome | null, replication: Replication, trust: Trust): Severity | null => {
  if (outcome !== "fail") return outcome === null ? null : severityOf(outcome)
  return replication === "replicated" || (trust === "observed" && replication !== "failed") ? 2 : 1
}

const hasRefuted = (input: PlacementInput): boolean =>
  instrumentCodes.some((code) => input.outcomes[code] === "fail" && !countsAsFail(input, code)) ||
  input.findings.some(isRefuted)

const countsAsFound = ({ code, replication }: FindingRecord, trust: Trust): boolean =>
  findingTable[code].replicatedByDefinition ||
  replication === "replicated" ||
  (trust === "observed" && replication === "not-attempted")

/** The findings that a missing reading could have carried. */
const findingsFrom: Readonly<Record<string, ReadonlyArray<FindingCode>>> = Object.groupBy(
  findingCodes,
  (code) => findingTable[code].source ?? "no instrument"
)

const accessRank: Readonly<Record<Access, number>> = { "white-box": 0, attested: 1, none: 2 }
