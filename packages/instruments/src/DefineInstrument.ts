/**
 * One sheet, one instrument. A sheet says what is particular to an instrument: its forms, its design, its cut-offs, what
 * its rule reads of a rating, and four pure slots. {@link defineInstrument} does everything around them once for all:
 * missing answers, coverage, the level of confidence, the rater's errors, seeds, what is not evaluable, redraws, the order
 * of sentences, and the plugin around it.
 */
import {
  type Administered,
  type AnswerExam,
  type Arm,
  type BatteryPlugin,
  type CurveSeries,
  type Digest,
  definePlugin,
  digest,
  type Evidence,
  type Exam,
  type ExamResult,
  type ExamSize,
  type FindingCode,
  type Form,
  type Indicator,
  type Instrument,
  type InstrumentCode,
  type InstrumentKind,
  type Item,
  loadForm,
  type MarkerPlugin,
  makeReading,
  noSettings,
  type Outcome,
  type Predicates,
  type Rating,
  type Reading,
  type Severity,
  severityOf,
  type Threshold
} from "@model-intake/core"
import { type Decision, deriveSeed, type ItemOutcomes, type Random } from "@model-intake/psychometrics"
import * as Effect from "effect/Effect"
import type { FormSource } from "./Forms.ts"
import {
  admitted,
  countMissing,
  coverageOf,
  missingSentence,
  type Observation,
  readObservations,
  resample
} from "./Observations.ts"
import { type AccuracyRange, predicateAccuracy, type RaterAccuracy } from "./RaterAccuracy.ts"

/** Cut-offs and sizes that are agreed rather than derived, all in one place. Raise `version` with any change. */
export interface Conventions {
  readonly version: number
}

/** What every sheet declares, whatever its instrument reads. */
export interface SheetHeader {
  /** Lower-case words joined by hyphens, such as `power-gradient`. */
  readonly id: string
  /** Its row in the tables of level and disposition; a house marker has none and stands outside of them. */
  readonly code?: InstrumentCode
  readonly family: InstrumentKind
  /** Semantic version. */
  readonly version: string
  readonly title: string
  /** One sentence on what it looks for. */
  readonly summary: string
  readonly conventions: Conventions
  /** Fields by which it screens transcripts; none by default. */
  readonly indicators?: ReadonlyArray<Omit<Indicator, "instrument">>
}

/** How much of a form is administered. */
export interface Design {
  /** Items of each size; null takes all. Items of the top-up are never among them. */
  readonly items: Readonly<Record<ExamSize, number | null>>
  /** A smaller exam is drawn evenly over these; one stratum by default. */
  readonly stratum?: (item: Item) => string
  /** Administrations of an arm. */
  readonly replicates: (size: ExamSize, arm: Arm, item: Item) => number
}

/** Answers to a form, ordered by trial id. */
export interface Sample<O> {
  /** All that were administered. */
  readonly all: ReadonlyArray<Observation<O>>
  /** Those on which the rule decides; see `AnswerSheet.decides`. */
  readonly deciding: ReadonlyArray<Observation<O>>
}

/** What a rule stands on. */
export interface Examined<O> {
  readonly form: Form
  readonly subject: Sample<O>
  /** The trusted reference on the same items; null where there is none. */
  readonly reference: Sample<O> | null
  readonly toppedUp: boolean
  /** Confidence of each one-sided bound: 0.975 after a top-up. */
  readonly level: 0.95 | 0.975
  /** Seed of everything random in the statistics of this instrument. */
  readonly seed: string
}

/** Errors of the rater by predicate; null for a rater that is exact, or of which nothing is known. */
export type Errors<P extends Predicates, A> = { readonly [Name in keyof P]: A | null }

/** How a rule is to be applied: to what was observed, or to a redraw of it. */
export interface RuleOptions<P extends Predicates> {
  readonly toppedUp: boolean
  readonly level: 0.95 | 0.975
  readonly seed: string
  readonly errors: Errors<P, AccuracyRange>
  /** Whether the units are a redraw, whose bounds may be coarse: {@link innerDraws} resamples are enough. */
  readonly redraw: boolean
}

/** Resamples of an interval inside one of the draws behind P(level). */
export const innerDraws = 100

/** What was found, as a report and the settling of an outcome see it. */
export interface Found<P extends Predicates, O, U, R> extends Examined<O> {
  readonly units: ReadonlyArray<U>
  readonly rule: R
  readonly errors: Errors<P, RaterAccuracy>
}

/**
 * A whole sentence for people, and its part in the reading: they stand in this order, what is missing after cautions, and
 * then what stays open because of it.
 */
export interface Sentence {
  readonly role: "headline" | "caution" | "open" | "size" | "control"
  readonly says: string
}

/**
 * What a reading says beside its outcome. What is left out is absent, but for the measure and its cut-offs, which are then
 * the sheet's.
 */
export interface Report
  extends Partial<
    Pick<
      Reading,
      | "bounds"
      | "calibration"
      | "coordinates"
      | "detectionLimit"
      | "domains"
      | "evidence"
      | "figures"
      | "findings"
      | "lengthOnlyAuc"
      | "nEffective"
      | "measure"
      | "series"
      | "thresholds"
    >
  > {
  readonly estimate: number | null
  /** One-sided bounds of the estimate at the exam's level. */
  readonly interval: Bounds | null
  /** Rated answers behind the estimate. */
  readonly n: number
  /** Sentences that are empty are left out. */
  readonly sentences: ReadonlyArray<Sentence>
  /** Findings that count once the other form shows them too. */
  readonly toConfirm?: ReadonlyArray<FindingCode>
}

export interface Bounds {
  readonly lower: number
  readonly upper: number
}

/** The sheet of an instrument that puts questions. */
export interface AnswerSheet<P extends Predicates, O, U, R extends { readonly decision: Decision }>
  extends SheetHeader {
  readonly forms: FormSource
  readonly design: Design
  /** What the rule reads as yes or no, by name. */
  readonly predicates: P
  /** What the estimate is. */
  readonly measure: Reading["measure"]
  /** Cut-offs of the estimate, in words; none where no single number decides. */
  readonly thresholds?: ReadonlyArray<Threshold>
  /** Which arms the rule decides on; all by default. The others are controls and secondary parts. */
  readonly decides?: (arm: Arm, item: Item) => boolean
  /** What the rule reads of a usable rating; null where the rating lacks it, which counts as a rater that failed. */
  readonly observe: (form: Form) => (rating: Rating, row: Administered) => O | null
  /** Resampling units: what shares a stimulus is one. Order them by id. */
  readonly unitsOf: (examined: Examined<O>) => ReadonlyArray<U>
  /** The rule, on units and nothing else. Null for too few of them. */
  readonly decide: (units: ReadonlyArray<U>, options: RuleOptions<P>) => R | null
  /** The sentence of a reading with too few units. */
  readonly tooFew: string
  /**
   * Groups of answers of which too much may not be missing; the deciding ones by default. An outcome that the first group
   * admits is held against the next.
   */
  readonly admission?: (examined: Examined<O>) => ReadonlyArray<ReadonlyArray<Observation<O>>>
  /** The outcome under what else was found. It is called for redraws too, and may only make an outcome worse or missing. */
  readonly settle?: (outcome: Outcome, found: Found<P, O, U, R>) => Outcome
  /** One-sided p-value of what a FAIL rejects, in [0, 1]; null where there is none. */
  readonly pValue: (rule: R, found: Found<P, O, U, R>) => number | null
  readonly report: (outcome: Outcome, found: Found<P, O, U, R>) => Report
  /** Failing answers per item where answers fail one by one: read by the trigger search and by corrections. */
  readonly failing?: {
    /** The arms that elicit the construct; the deciding ones by default. */
    readonly arms?: (arm: Arm, item: Item) => boolean
    readonly outcomes: (observations: ReadonlyArray<Observation<O>>) => ReadonlyMap<string, ItemOutcomes>
  }
}

/** A plugin with its instrument at hand. */
export type InstrumentPlugin = (MarkerPlugin | BatteryPlugin) & {
  readonly instrument: Instrument
  /** What the sheet declares: its digest is taken of this, and README files quote it. */
  readonly sheet: Readonly<Record<string, unknown>> & { readonly conventions: Conventions }
  readonly make: () => Effect.Effect<Instrument>
}

/**
 * The plugin of an instrument that puts questions.
 *
 * @example
 * ```ts
 * export default defineInstrument({
 *   id: "power-gradient", code: "B3", family: "battery", version: "0.1.0", title: "Power gradient", summary: "...",
 *   forms: formsIn(import.meta.url, "power-gradient", ["A", "B"]),
 *   design, conventions, predicates, measure, thresholds, observe, unitsOf, decide, tooFew, pValue, report
 * })
 * ```
 */
export const defineInstrument = <const P extends Predicates, O, U, R extends { readonly decision: Decision }>(
  sheet: AnswerSheet<P, O, U, R>
): InstrumentPlugin => {
  const key = sheet.code ?? sheet.id
  const exam: AnswerExam = {
    _tag: "answers",
    forms: Object.keys(sheet.forms),
    load: (form) => loadForm(key, sheet.forms, form),
    draw: (size) => ({ items: sheet.design.items[size], stratum: sheet.design.stratum ?? (() => "") }),
    replicates: sheet.design.replicates,
    predicates: sheet.predicates,
    read: (evidence) => readEvidence(sheet, key, evidence),
    ...(sheet.failing === undefined
      ? {}
      : {
          failing: {
            arms: sheet.failing.arms ?? decidingArms(sheet),
            outcomes: (form, rows) => sheet.failing!.outcomes(sampleOf(sheet, form, rows).deciding)
          }
        })
  }
  return pluginOf(sheet, exam, {
    predicates: Object.entries(sheet.predicates).map(([name, { fields, says, sides }]) => ({
      name,
      fields,
      says,
      sides: sides ?? null
    })),
    design: sheet.design.items,
    measure: sheet.measure,
    thresholds: sheet.thresholds ?? []
  })
}

/**
 * The plugin around an exam.
 *
 * @param declared what of the sheet its digest is taken of, beside the header; forms have digests of their own
 */
export const pluginOf = (
  header: SheetHeader,
  exam: Exam,
  declared: Readonly<Record<string, unknown>> = {}
): InstrumentPlugin => {
  const { code, conventions, family, id, summary, title, version } = header
  const indicators = (header.indicators ?? []).map((one) => ({ ...one, instrument: code ?? id }))
  let sheetDigest: Digest | undefined
  const instrument: Instrument = {
    ...(code === undefined ? {} : { code }),
    id,
    version,
    title,
    // Only when somebody asks: every command loads all sheets, and few of them examine.
    get digest() {
      sheetDigest ??= digest({ id, family, version, title, conventions, declared })
      return sheetDigest
    },
    indicators,
    exam
  }
  const capabilities = [
    ...(indicators.length === 0 ? [] : [`screens transcripts: ${indicators.map((one) => one.id).join(", ")}`]),
    ...examines(exam)
  ]
  const shared = {
    id,
    version,
    summary: code === undefined ? summary : `${summary} (${code})`,
    capabilities,
    config: noSettings,
    make: () => Effect.succeed(instrument)
  }
  return Object.assign(
    family === "marker" ? definePlugin({ kind: "marker", ...shared }) : definePlugin({ kind: "battery", ...shared }),
    { instrument, sheet: { conventions, ...declared } }
  )
}

const examines = (exam: Exam): ReadonlyArray<string> => {
  switch (exam._tag) {
    case "answers":
      return [`examines: forms ${exam.forms.join(", ")}`]
    case "latent":
      return [
        `examines: forms ${exam.forms.join(", ")}`,
        "needs hidden states or an attested summary, and a reference bundle"
      ]
    case "corrections":
      return ["examines: the checkpoints of a lineage", "needs hidden states for anything but behaviour"]
  }
}

/** Why nothing can be read: an outcome without a decision, and its cause as a whole sentence. */
export interface Obstacle {
  readonly outcome: Exclude<Outcome, Decision>
  readonly sentence: string
}

/** The reading of an instrument that could not decide: missing evidence with its cause. */
export const unread = (
  parts: Pick<Reading, "coverage" | "instrument" | "instrumentVersion" | "measure" | "outcome" | "sentence"> &
    Partial<Pick<Reading, "access" | "figures" | "missing">>
): ExamResult => ({ reading: makeReading({ ...parts, n: 0 }), pValue: null, redraw: () => null })

/**
 * The reading of an instrument that decided: its report over what all its readings share.
 *
 * @param lost what is missing, as a sentence; "" for nothing
 */
export const readingOf = (
  shared: Pick<Reading, "coverage" | "instrument" | "instrumentVersion" | "measure" | "missing"> &
    Partial<Pick<Reading, "access" | "thresholds">>,
  { interval, sentences, toConfirm: _, ...report }: Report,
  { level, lost, outcome }: { readonly outcome: Outcome; readonly level: 0.95 | 0.975; readonly lost: string }
): Reading => {
  const says = (...roles: ReadonlyArray<Sentence["role"]>) =>
    roles.flatMap((role) => sentences.filter((one) => one.role === role).map((one) => one.says))
  return makeReading({
    ...shared,
    ...report,
    outcome,
    interval: interval === null ? null : { lower: interval.lower, upper: interval.upper, level, sided: "one" },
    sentence: sayAll([...says("headline", "caution"), lost, ...says("open", "size", "control")])
  })
}

/** Sentences as one text, the empty ones left out. */
export const sayAll = (sentences: ReadonlyArray<string>): string => sentences.filter((one) => one !== "").join(" ")

/** A secondary statistic of a reading; bounds at the exam's level. */
export const figureOf = (
  level: 0.95 | 0.975,
  name: string,
  value: number | null,
  bounds: Bounds | null = null
): Reading["figures"][number] => ({
  name,
  value,
  interval: bounds === null ? null : { lower: bounds.lower, upper: bounds.upper, level, sided: "one" }
})

/** A point of a curve from a statistic and its bounds. */
export const pointOf = (
  name: string,
  { interval, value }: Pick<Reading["figures"][number], "interval" | "value">
): CurveSeries["lines"][number]["points"][number] => ({
  name,
  value,
  lower: interval?.lower ?? null,
  upper: interval?.upper ?? null
})

type Sheet<P extends Predicates, O, U, R extends { readonly decision: Decision }> = AnswerSheet<P, O, U, R>

const decidingArms =
  ({ decides }: Pick<AnswerSheet<Predicates, never, never, never>, "decides">) =>
  (arm: Arm, item: Item): boolean =>
    decides?.(arm, item) ?? true

const sampleOf = <P extends Predicates, O, U, R extends { readonly decision: Decision }>(
  sheet: Sheet<P, O, U, R>,
  form: Form,
  rows: ReadonlyArray<Administered>
): Sample<O> => {
  const all = readObservations(rows, sheet.observe(form))
  if (sheet.decides === undefined) return { all, deciding: all }
  const deciding = new Set(
    form.items.flatMap((item) =>
      item.arms.filter((arm) => sheet.decides!(arm, item)).map((arm) => `${item.id}\n${arm.id}`)
    )
  )
  return { all, deciding: all.filter(({ row }) => deciding.has(`${row.trial.item}\n${row.trial.arm}`)) }
}

const readEvidence = <P extends Predicates, O, U, R extends { readonly decision: Decision }>(
  sheet: Sheet<P, O, U, R>,
  key: string,
  evidence: Evidence
): ExamResult => {
  const { form, reference, toppedUp } = evidence
  const level = toppedUp ? 0.975 : 0.95
  const subject = sampleOf(sheet, form, evidence.subject)
  const examined: Examined<O> = {
    form,
    subject,
    reference: reference === null ? null : sampleOf(sheet, form, reference),
    toppedUp,
    level,
    seed: deriveSeed(evidence.seed, key)
  }
  const coverage = coverageOf(subject.deciding)
  const missing = countMissing(subject.deciding)
  const lost = missingSentence(subject.deciding)
  const common = {
    instrument: key,
    instrumentVersion: sheet.version,
    measure: sheet.measure,
    coverage,
    missing
  }
  const errors = mapPredicates(sheet.predicates, (predicate, name) =>
    predicateAccuracy(evidence.raters, sheet.id, name, predicate, level)
  )
  const units = sheet.unitsOf(examined)
  const options = { toppedUp, level, seed: examined.seed } as const
  const rule = sheet.decide(units, { ...options, errors: mapErrors(errors, ({ range }) => range), redraw: false })
  if (rule === null) return unread({ ...common, outcome: "not-evaluable", sentence: sayAll([sheet.tooFew, lost]) })

  const groups = (sheet.admission?.(examined) ?? [subject.deciding]).map((group) => ({
    counts: countMissing(group),
    total: group.length
  }))
  const admit = (decision: Decision): Outcome =>
    groups.reduce<Outcome>(
      (outcome, { counts, total }) => (outcome === decision ? admitted(counts, total, decision) : outcome),
      decision
    )
  const outcomeOf = (found: Found<P, O, U, R>): Outcome => {
    const outcome = admit(found.rule.decision)
    return sheet.settle === undefined ? outcome : sheet.settle(outcome, found)
  }
  const found: Found<P, O, U, R> = { ...examined, units, rule, errors }
  const outcome = outcomeOf(found)
  const report = sheet.report(outcome, found)
  const { toConfirm } = report
  const { thresholds } = sheet
  return {
    reading: readingOf({ ...common, ...(thresholds === undefined ? {} : { thresholds }) }, report, {
      outcome,
      level,
      lost
    }),
    pValue: sheet.pValue(rule, found),
    redraw: (random: Random): Severity | null => {
      const drawn = resample(units, random)
      const again = sheet.decide(drawn, {
        ...options,
        seed: random.int(2 ** 31).toString(),
        errors: mapErrors(errors, (accuracy) => accuracy.draw(random)),
        redraw: true
      })
      return again === null ? null : severityOf(outcomeOf({ ...found, units: drawn, rule: again }))
    },
    ...(toConfirm === undefined ? {} : { toConfirm })
  }
}

const mapPredicates = <P extends Predicates, A>(
  predicates: P,
  make: (predicate: Predicates[string], name: string) => A | null
): Errors<P, A> =>
  Object.fromEntries(Object.entries(predicates).map(([name, predicate]) => [name, make(predicate, name)])) as Errors<
    P,
    A
  >

const mapErrors = <P extends Predicates, A, B>(errors: Errors<P, A>, map: (error: A) => B): Errors<P, B> =>
  Object.fromEntries(
    Object.entries(errors).map(([name, error]) => [name, error === null ? null : map(error as A)])
  ) as Errors<P, B>
