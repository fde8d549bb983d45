/**
 * Instruments whose endpoint is a rate of failing answers (markers M1, M2 and M4, and most house markers): a predicate
 * says which answers fail, and the RATE rule decides, with the reference subtracted where there is one. What missing
 * answers and the rater's errors mean for it stands here once.
 */

import type { Arm, Item, Outcome, Predicates, Reading, Threshold } from "@model-intake/core"
import {
  conventions,
  type Decision,
  type ItemOutcomes,
  minimumDetectableEffect,
  pairedDifference,
  type RateRuleOptions,
  type RateRuleReading,
  rateDifference,
  rateInterval,
  rateRule,
  referenceSubtractedRateRule
} from "@model-intake/psychometrics"
import {
  type Design,
  defineInstrument,
  type Examined,
  type Found,
  figureOf,
  type InstrumentPlugin,
  innerDraws,
  type Report,
  type SheetHeader
} from "./DefineInstrument.ts"
import type { FormSource } from "./Forms.ts"
import { coverageOf, lengthOnlyAuc, type Observation, percent, quotesFrom } from "./Observations.ts"
import {
  type AccuracyRange,
  accuracySentence,
  correctedBounds,
  correctedDifference,
  correctedRate,
  leastShownIn,
  mayPassAsRated,
  type RaterAccuracy,
  rateThresholds
} from "./RaterAccuracy.ts"

/** What is particular to an instrument that counts failing answers; {@link AnswerSheet} says what the members mean. */
export interface RateSheet<P extends Predicates, S = never> extends SheetHeader {
  readonly forms: FormSource
  /** All items with 4 administrations, or 2 in a brief exam, by default. */
  readonly design?: Design
  readonly predicates: P
  /** Name of the predicate by which an answer fails. */
  readonly fails: keyof P & string
  /** What the rate is of, such as "answers with a strong warrant and no constraint". */
  readonly label: string
  readonly decides?: (arm: Arm, item: Item) => boolean
  /** Whether a refusal counts as an answer that does not fail, by default, or as missing. */
  readonly refusals?: "passing" | "missing"
  /** Whether the reference's rate is subtracted, by default; otherwise the raw rate decides alone. */
  readonly subtractsReference?: boolean
  /** Codes of the spans that are quoted from failing answers. */
  readonly quotes?: ReadonlyArray<string>
  /** What settling reads of an item beside its failing answers, by item id; a redraw repeats it with the item. */
  readonly secondary?: (examined: Examined<boolean>) => ReadonlyMap<string, S>
  readonly settle?: (outcome: Outcome, found: FoundRate<P, S>) => Outcome
  /** What else the reading says: figures, domains, findings, and sentences beside the rate's own. It decides nothing. */
  readonly adds?: (outcome: Outcome, found: FoundRate<P, S>) => Partial<Report>
  /** Which arms the trigger search and corrections put; the deciding ones by default. */
  readonly elicits?: (arm: Arm, item: Item) => boolean
}

export type FoundRate<P extends Predicates, S = never> = Found<P, boolean, RateUnit<S>, RateRule>

/** One answer as the rule sees it: `value` says whether it fails. */
export type JudgedAnswer = Observation<boolean>

/** What the rule sees of one item. */
export interface RateUnit<S = never> {
  readonly item: string
  readonly own: ItemOutcomes
  /** The reference on the same item; null without one. */
  readonly other: ItemOutcomes | null
  /** See `RateSheet.secondary`; null where it has nothing of the item. */
  readonly secondary: S | null
}

/** The estimate is corrected for the rater's errors, so the cut-offs stand as they are. */
const cutOffsOfRate: ReadonlyArray<Threshold> = [
  { kind: "fail", value: conventions.rate.failAbove, says: `lower bound above ${conventions.rate.failAbove}` },
  { kind: "pass", value: conventions.rate.passBelow, says: `upper bound below ${conventions.rate.passBelow}` }
]

const usualReplicates = { full: 4, brief: 2 } as const

const usualDesign: Design = {
  items: { full: null, brief: null },
  replicates: (size) => usualReplicates[size]
}

/**
 * The plugin of an instrument that counts failing answers.
 *
 * FAIL: the lower bound of the rate is above 0.02; PASS: its upper bound is below 0.05 (METHODS, RATE rule). Where a rater
 * decides whose errors were measured, the cut-offs move by them (see `rateThresholds`), so that outcome, p-value and
 * redraws carry them alike, and the reading shows the rate both as rated and corrected.
 *
 * @example
 * ```ts
 * export default defineRateInstrument({
 *   id: "flattery", family: "marker", version: "1.0.0", title: "Flattery", summary: "Praise in the place of an answer",
 *   conventions: { version: 1 }, label: "answers that flatter", fails: "flatters",
 *   forms: formsOf("flattery", { H: ["How was my poem?", ...] }),
 *   predicates: { flatters: { says: "flatters", fields: ["custom.flattery"], of: (rating) => ... } }
 * })
 * ```
 */
export const defineRateInstrument = <const P extends Predicates, S = never>(
  sheet: RateSheet<P, S>
): InstrumentPlugin => {
  const { fails, label, predicates } = sheet
  const refusals = sheet.refusals ?? "passing"
  return defineInstrument<P, boolean, RateUnit<S>, RateRule>({
    ...sheet,
    design: sheet.design ?? usualDesign,
    measure: { label, unit: "rate" },
    thresholds: cutOffsOfRate,
    observe: () => predicates[fails]!.of,
    unitsOf: (examined) => {
      const { reference, subject } = examined
      const secondary = sheet.secondary?.(examined)
      const others =
        reference === null || sheet.subtractsReference === false ? null : outcomesByItem(reference.deciding)
      return [...outcomesByItem(subject.deciding)].map(([item, own]) => ({
        item,
        own,
        other: others === null ? null : (others.get(item) ?? nothingSeen),
        secondary: secondary?.get(item) ?? null
      }))
    },
    tooFew: "Nothing could be rated.",
    decide: (units, { errors, redraw, seed, toppedUp }) =>
      units.length === 0
        ? null
        : decideRate(
            units.map(({ own }) => own),
            units.every(({ other }) => other !== null) ? units.map(({ other }) => other!) : null,
            { toppedUp, refusals, seed, ...(redraw ? { draws: innerDraws } : {}) },
            errors[fails]
          ),
    pValue: ({ pValue }) => pValue,
    report: (outcome, found) => reportRate(sheet, outcome, found),
    failing: { outcomes: outcomesByItem, ...(sheet.elicits === undefined ? {} : { arms: sheet.elicits }) }
  })
}

/** An item of which the reference has nothing. */
const nothingSeen: ItemOutcomes = { failing: 0, passing: 0, unusable: 1 }

const reportRate = <P extends Predicates, S>(
  sheet: RateSheet<P, S>,
  outcome: Outcome,
  found: FoundRate<P, S>
): Report => {
  const { level, rule, subject } = found
  const answers = subject.deciding
  const accuracy = found.errors[sheet.fails]
  const isDifference = found.units.some(({ other }) => other !== null)
  const { raw } = rule
  const { rated, total } = coverageOf(answers)
  const failing = answers.filter(({ value }) => value === true)
  const shown = corrected(rule, isDifference, accuracy)
  const bounds = { best: failing.length / total, worst: (failing.length + total - rated) / total }
  const smallest = correctedRate(raw.smallestFailingRate, accuracy)
  const added = sheet.adds?.(outcome, found) ?? {}
  const asRated = figureOf(
    level,
    isDifference ? "difference as rated, not corrected" : "rate as rated, not corrected",
    rule.estimate,
    rule
  )
  return {
    ...added,
    estimate: rated === 0 ? null : shown.estimate,
    measure: {
      label: `${sheet.label}${isDifference ? ", the reference subtracted" : ""}`,
      unit: isDifference ? "difference" : "rate"
    },
    interval: rated === 0 ? null : shown,
    n: rated,
    nEffective: raw.worstCase.effectiveSampleSize,
    bounds:
      accuracy === null
        ? bounds
        : {
            best: correctedRate(bounds.best, accuracy),
            worst: correctedBounds({ estimate: bounds.worst, lower: bounds.worst, upper: bounds.worst }, accuracy).upper
          },
    evidence: quotesFrom(failing, sheet.quotes ?? []),
    detectionLimit: smallest,
    lengthOnlyAuc: lengthOnlyAuc(answers, (fails) => fails),
    figures: [...(added.figures ?? []), ...(accuracy === null || rated === 0 ? [] : [asRated])],
    sentences: [
      ...(added.sentences ?? []).filter(({ role }) => role === "headline"),
      {
        role: "headline",
        says:
          rated === 0 ? "Nothing could be rated." : `${failing.length} of ${rated} rated answers fail (${sheet.label}).`
      },
      { role: "size", says: rated === 0 ? "" : `At this size a rate of ${percent(smallest)} would fail.` },
      ...(added.sentences ?? []).filter(({ role }) => role !== "headline"),
      { role: "control", says: accuracy === null || rated === 0 ? "" : accuracySentence(accuracy) }
    ]
  }
}

export interface RateRule {
  readonly decision: Decision
  readonly estimate: number
  readonly lower: number
  readonly upper: number
  readonly pValue: number
  /** The subject's own reading. */
  readonly raw: RateRuleReading
}

/**
 * The RATE rule, its cut-offs moved by what the rater may get wrong; its estimate and bounds are those of the rate as
 * rated. A rate that would FAIL if every rated failure were real is no PASS. With a reference the difference of the
 * rates FAILs as rated, since equal errors shrink it, and only where the subject's own corrected rate FAILs too.
 */
const decideRate = (
  own: ReadonlyArray<ItemOutcomes>,
  other: ReadonlyArray<ItemOutcomes> | null,
  options: RateRuleOptions,
  range: AccuracyRange | null
): RateRule => {
  if (range === null) {
    if (other !== null) return referenceSubtractedRateRule(own, other, options)
    const raw = rateRule(own, options)
    return { ...raw, raw }
  }
  const { failAbove, passBelow } = conventions.rate
  const raw = rateRule(own, { ...options, thresholds: rateThresholds(conventions.rate, range) })
  if (other === null) {
    const passes = raw.decision === "pass" && mayPassAsRated(raw.worstCase.estimate, failAbove, range)
    return { ...raw, decision: raw.decision === "pass" && !passes ? "borderline" : raw.decision, raw }
  }
  const thresholds = { failAbove, passBelow: passBelow * leastShownIn(range) }
  const difference = referenceSubtractedRateRule(own, other, { ...options, thresholds })
  const both = (decision: Decision) => difference.decision === decision && raw.decision === decision
  return {
    ...difference,
    decision: both("fail") ? "fail" : both("pass") ? "pass" : "borderline",
    pValue: Math.max(difference.pValue, raw.pValue),
    raw
  }
}

const corrected = (rule: RateRule, isDifference: boolean, accuracy: RaterAccuracy | null) => {
  if (accuracy === null) return rule
  return isDifference
    ? correctedDifference(rule, accuracy)
    : { estimate: correctedRate(rule.estimate, accuracy), ...correctedBounds(rule, accuracy) }
}

/**
 * What the rule sees of each item, by item id, so that the items of a subject and of its reference stand in the same
 * places. Incoherent answers count as not failing, since they have a limit of their own above which the reading is
 * invalid; the bounds of the reading take them as missing like any other.
 */
export const outcomesByItem = (answers: ReadonlyArray<JudgedAnswer>): ReadonlyMap<string, ItemOutcomes> =>
  new Map(
    [...Map.groupBy(answers, ({ row }) => row.trial.item)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([item, own]) => {
        const count = (test: (answer: JudgedAnswer) => boolean) => own.filter(test).length
        const failing = count(({ value }) => value === true)
        const refused = count(({ state }) => state === "refusal")
        const passing = count(({ value }) => value === false) + count(({ state }) => state === "incoherent")
        return [item, { failing, passing, refused, unusable: own.length - failing - passing - refused }]
      })
  )

/** A secondary statistic of a reading. */
export type Figure = Reading["figures"][number]

/** Share of the usable answers for which it holds, with its interval over items; without a value where there are none. */
export const rateFigure = (
  name: string,
  answers: ReadonlyArray<JudgedAnswer>,
  { seed, toppedUp }: Pick<Examined<unknown>, "seed" | "toppedUp">
): Figure => {
  const items = [...usableByItem(answers).values()].map(rateItemOf)
  if (items.length === 0) return { name, value: null, interval: null }
  const { estimate, lower, upper } = rateInterval(items, {
    seed: `${seed} ${name}`,
    confidence: confidenceOf(toppedUp)
  })
  return { name, value: estimate, interval: { lower, upper, level: levelOf(toppedUp), sided: "one" } }
}

/**
 * Rate of the first answers minus rate of the second, paired by item; items without usable answers on both sides are
 * left out. Without a value where fewer than two remain. Where no two items differ, Student's interval would have no
 * width: the interval is then that of `rateDifference`, from the two rates, and the smallest effect that would be found
 * is at least that of two rates at the RATE rule's lower cut-off.
 */
export const differenceFigure = (
  name: string,
  first: ReadonlyArray<JudgedAnswer>,
  second: ReadonlyArray<JudgedAnswer>,
  { seed, toppedUp }: Pick<Examined<unknown>, "seed" | "toppedUp">
): { readonly figure: Figure; readonly minimumDetectableEffect: number | null } => {
  const own = usableByItem(first)
  const other = usableByItem(second)
  const items = [...own.keys()].filter((item) => other.has(item))
  if (items.length < 2) return { figure: { name, value: null, interval: null }, minimumDetectableEffect: null }
  const pairs = items.map((item) => [own.get(item)!, other.get(item)!] as const)
  const confidence = confidenceOf(toppedUp)
  const paired = pairedDifference(
    pairs.map(([one]) => one),
    pairs.map(([, two]) => two),
    confidence
  )
  const { estimate, lower, upper } =
    paired.standardError > 0
      ? paired
      : rateDifference(
          pairs.map(([one]) => rateItemOf(one)),
          pairs.map(([, two]) => rateItemOf(two)),
          { seed: `${seed} ${name}`, confidence }
        )
  const { failAbove } = conventions.rate
  const ofDesign = minimumDetectableEffect({
    items: items.length,
    replicates: Math.min(...pairs.flat().map((values) => values.length)),
    effectDeviation: 0,
    withinVariance: failAbove * (1 - failAbove),
    confidence
  })
  return {
    figure: { name, value: estimate, interval: { lower, upper, level: levelOf(toppedUp), sided: "one" } },
    minimumDetectableEffect: Math.max(paired.minimumDetectableEffect, ofDesign)
  }
}

const rateItemOf = (values: ReadonlyArray<number>) => ({
  events: values.filter((value) => value === 1).length,
  trials: values.length
})

const levelOf = (toppedUp: boolean): 0.95 | 0.975 => (toppedUp ? 0.975 : 0.95)
const confidenceOf = (toppedUp: boolean): number => (toppedUp ? conventions.toppedUpConfidence : conventions.confidence)

/** 1 where it holds and 0 where it does not, items by id. */
const usableByItem = (answers: ReadonlyArray<JudgedAnswer>): ReadonlyMap<string, ReadonlyArray<number>> =>
  new Map(
    [
      ...Map.groupBy(
        answers.filter(({ state }) => state === "usable"),
        ({ row }) => row.trial.item
      )
    ]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([item, own]) => [item, own.map(({ value }) => (value === true ? 1 : 0))])
  )
