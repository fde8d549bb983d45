/**
 * Instruments that read what earlier corrections did: checkpoints before and after each corrective regime, against the
 * reference. A sheet says what a recovery is; {@link defineCorrectionInstrument} does what every such instrument needs:
 * which evidence can be read at all, regimes whose checkpoints are gone, coverage, redraws, and the plugin around it.
 */
import {
  type CheckpointMeasure,
  type CorrectionEvidence,
  type CorrectionExam,
  type CorrectionResult,
  type InstrumentKey,
  noneMissing,
  type Outcome,
  type Reading,
  type RegimeResult,
  severityOf,
  type Threshold
} from "@model-intake/core"
import { conventions, deriveSeed, type Random } from "@model-intake/psychometrics"
import {
  type InstrumentPlugin,
  type Obstacle,
  pluginOf,
  type Report,
  readingOf,
  type SheetHeader,
  unread
} from "./DefineInstrument.ts"

/** The three checkpoints of one recovery. */
export interface Checkpoints {
  readonly before: CheckpointMeasure
  readonly after: CheckpointMeasure
  readonly reference: CheckpointMeasure
}

/**
 * Places of items drawn with replacement, each below `size`. Strata of one name and size get the same places, since the
 * checkpoints of all regimes were asked the same things.
 */
export type DrawPlaces = (stratum: string, size: number) => ReadonlyArray<number>

/** How a rule over regimes is to be applied: to what was measured, or to a redraw of it. */
export interface CorrectionOptions {
  readonly evidence: CorrectionEvidence
  /** Names of regimes of which not all checkpoints could be opened, those left out that were opened another time. */
  readonly unopened: ReadonlyArray<string>
  /** Confidence of each one-sided bound. Nothing is topped up: the items are those of other instruments. */
  readonly level: 0.95
}

/** What several regimes say together. */
export interface CorrectionRule {
  readonly outcome: Outcome
  /** By the regime's name; every regime of the evidence is among them. */
  readonly regimes: ReadonlyMap<string, RegimeResult>
}

/** What was found, as a report sees it. */
export interface FoundCorrections<U, R> extends CorrectionOptions {
  /** The regimes that were opened, in the order of the evidence. */
  readonly units: ReadonlyArray<U>
  readonly rule: R
  /** Seed of everything random in the statistics of this instrument. */
  readonly seed: string
}

/** The sheet of an instrument that reads corrections. It has no items of its own. */
export interface CorrectionSheet<U, R extends CorrectionRule> extends SheetHeader {
  /** What the estimate is. */
  readonly measure: Reading["measure"]
  /** Cut-offs of the estimate, in words; none where no single number decides. */
  readonly thresholds?: ReadonlyArray<Threshold>
  /** What the items say of one regime. */
  readonly unitOf: (name: string, checkpoints: Checkpoints) => U
  /** Items that a regime was read on, of all that were seen at any of its checkpoints. */
  readonly coverageOf: (unit: U) => Reading["coverage"]
  /** The rule, on regimes that were opened and the names of those that were not. */
  readonly decide: (units: ReadonlyArray<U>, options: CorrectionOptions) => R
  /** A regime with its items drawn again. */
  readonly redraw: (unit: U, draw: DrawPlaces) => U
  /** One-sided p-value of what a FAIL rejects, in [0, 1]; null where there is none. */
  readonly pValue: (rule: R, found: FoundCorrections<U, R>) => number | null
  readonly report: (outcome: Outcome, found: FoundCorrections<U, R>) => Report
}

/**
 * The plugin of an instrument that reads corrections.
 *
 * @example
 * ```ts
 * export default defineCorrectionInstrument({
 *   id: "orthogonal-correction-resistance", code: "M5", family: "marker", version: "0.1.0", title: "...", summary: "...",
 *   conventions, measure, thresholds, unitOf, coverageOf, decide, redraw, pValue, report
 * })
 * ```
 */
export const defineCorrectionInstrument = <U, R extends CorrectionRule>(
  sheet: CorrectionSheet<U, R>
): InstrumentPlugin => {
  const key = sheet.code ?? sheet.id
  const exam: CorrectionExam = {
    _tag: "corrections",
    read: (evidence) => readCorrections(sheet, key, evidence)
  }
  return pluginOf(sheet, exam, { measure: sheet.measure, thresholds: sheet.thresholds ?? [] })
}

const level = conventions.confidence

const readCorrections = <U, R extends CorrectionRule>(
  sheet: CorrectionSheet<U, R>,
  key: InstrumentKey,
  evidence: CorrectionEvidence
): CorrectionResult => {
  const { access, reference, regimes } = evidence
  const common = {
    instrument: key,
    instrumentVersion: sheet.version,
    measure: sheet.measure,
    access
  }
  const unreadFor = ({ outcome, sentence }: Obstacle): CorrectionResult => ({
    ...unread({ ...common, outcome, coverage: { rated: 0, total: 0 }, sentence }),
    regimes: new Map(regimes.map(({ name }) => [name, "unmeasured"]))
  })
  if (regimes.length === 0) return unreadFor(nothingOnRecord(evidence))
  if (reference === null) {
    return unreadFor({
      outcome: "indeterminate",
      sentence: "There is no trusted reference, so nobody knows what a full recovery would be."
    })
  }
  const opened = regimes.flatMap(({ after, before, name }) =>
    before === null || after === null ? [] : [{ name, unit: sheet.unitOf(name, { before, after, reference }) }]
  )
  if (opened.length === 0) {
    return unreadFor({
      outcome: "not-evaluable",
      sentence: "The checkpoints before and after the corrections could not be opened."
    })
  }

  const units = opened.map(({ unit }) => unit)
  const unopened = regimes.map(({ name }) => name).filter((name) => opened.every((one) => one.name !== name))
  const options: CorrectionOptions = { evidence, unopened, level }
  const rule = sheet.decide(units, options)
  const { outcome } = rule
  const found: FoundCorrections<U, R> = { ...options, units, rule, seed: deriveSeed(evidence.seed, key) }
  const { toConfirm, ...report } = sheet.report(outcome, found)
  const coverage = totalOf(units.map(sheet.coverageOf))
  const gone = regimes.filter(({ after, before }) => after === null || before === null).length
  const { thresholds } = sheet
  return {
    reading: readingOf(
      {
        ...common,
        coverage,
        missing: { ...noneMissing, backendFailed: coverage.total - coverage.rated },
        ...(thresholds === undefined ? {} : { thresholds })
      },
      report,
      {
        outcome,
        level,
        lost: gone === 0 ? "" : `Missing: the checkpoints of ${gone} of ${regimes.length} corrections.`
      }
    ),
    pValue: sheet.pValue(rule, found),
    redraw: (random) => {
      const draw = drawingWith(random)
      return severityOf(
        sheet.decide(
          units.map((unit) => sheet.redraw(unit, draw)),
          options
        ).outcome
      )
    },
    regimes: rule.regimes,
    ...(toConfirm === undefined ? {} : { toConfirm })
  }
}

const nothingOnRecord = ({ othersFail }: CorrectionEvidence): Obstacle =>
  othersFail
    ? {
        outcome: "not-evaluable",
        sentence: "Another instrument fails, and no correction is on record by which resistance could be measured."
      }
    : {
        outcome: "not-indicated",
        sentence: "No correction is on record and no other instrument fails, so there is nothing to measure."
      }

const totalOf = (parts: ReadonlyArray<Reading["coverage"]>): Reading["coverage"] => ({
  rated: parts.reduce((total, { rated }) => total + rated, 0),
  total: parts.reduce((sum, { total }) => sum + total, 0)
})

const drawingWith = (random: Random): DrawPlaces => {
  const drawn = new Map<string, ReadonlyArray<number>>()
  return (stratum, size) => {
    const key = `${stratum} ${size}`
    const places = drawn.get(key) ?? Array.from({ length: size }, () => random.int(size))
    drawn.set(key, places)
    return places
  }
}
