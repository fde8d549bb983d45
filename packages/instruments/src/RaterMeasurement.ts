/**
 * Measuring a rater on labelled text: how well it tells the two sides of a field or a predicate apart, what its
 * probability is worth, and how much of that is length or knowing the model. Pure: the caller rates and reads the labels.
 */

import type { Accreditation, Digest, MeasuredOn } from "@model-intake/core"
import { expectedCalibrationError, quantile, rocAuc, rocAucWithinGroups } from "@model-intake/psychometrics"

/** One labelled answer with what the rater made of it. */
export interface LabelledRating {
  /** Whether somebody labelled it positive. */
  readonly label: boolean
  /** Whether the rater says so; null where it gave no rating, which counts as a miss of the label's side. */
  readonly rated: boolean | null
  /** Anything that orders answers, such as a probability; null where nothing does, as with a predicate. */
  readonly score: number | null
  /** The score is a probability, whose calibration can be told. */
  readonly isProbability: boolean
  /** Characters of the answer. */
  readonly length: number
  /** Who gave the answer; null where it is not known. */
  readonly model: string | null
  /** Where the answer and its label come from; not known unless given. */
  readonly source?: string | null | undefined
  /** What was asked last, and what was answered, or digests of them: equal ones are counted once. Not known unless given. */
  readonly asked?: { readonly question: string; readonly answer: string } | undefined
}

export interface Measurement {
  readonly accreditation: Accreditation
  /** One-sided bounds of the AUC; null without one. */
  readonly aucInterval: { readonly lower: number; readonly upper: number } | null
  /** Labelled answers that the rater gave no rating. */
  readonly unrated: number
}

/**
 * Measures a rater on labelled answers.
 *
 * An answer without a rating is wrong on whichever side it is labelled: a rater that passes over what is hard gains
 * nothing. The areas are over rated answers; each is null where it cannot be told (one class, no order, no models).
 *
 * @param answers at least one of each class
 */
export const measureRater = (
  answers: ReadonlyArray<LabelledRating>,
  about: MeasuredOn & {
    readonly form: string | null
    readonly dataDigest: Digest
    readonly threshold?: number | undefined
    /** Which labels counted as positive and negative, for people. */
    readonly labels?: string | undefined
    readonly on: string
    readonly measuredAt: string
  }
): Measurement => {
  const positives = answers.filter(({ label }) => label)
  const negatives = answers.filter(({ label }) => !label)
  const rated = answers.filter(({ rated: said }) => said !== null)
  const hasScores = rated.every(({ score }) => score !== null)
  const scores = rated.map(({ rated: said, score }) => (hasScores ? score! : Number(said)))
  const sides = rated.map(({ label }) => label)
  const lengths = rated.map(({ length }) => length)
  const hasBoth = (own: ReadonlyArray<boolean>) => own.includes(true) && own.includes(false)
  const known = [...rated.keys()].filter((index) => rated[index]!.model !== null)
  const byModel = Map.groupBy(known, (index) => rated[index]!.model!)
  const models = [...byModel.values()].filter((own) => hasBoth(own.map((index) => sides[index]!))).length
  const area = hasBoth(sides) ? rocAuc(scores, sides) : null
  const byLength = hasBoth(sides) ? rocAuc(lengths, sides).estimate : null
  const { form, dataDigest, labels, measuredAt, on, threshold } = about
  return {
    accreditation: {
      ...(about.field === undefined ? { predicate: about.predicate } : { field: about.field }),
      form,
      sensitivity: positives.filter((one) => one.rated === true).length / positives.length,
      specificity: negatives.filter((one) => one.rated === false).length / negatives.length,
      auc: area?.estimate ?? null,
      positives: positives.length,
      negatives: negatives.length,
      dataDigest,
      ...(threshold === undefined ? {} : { threshold }),
      ...(labels === undefined ? {} : { labels }),
      calibrationError:
        hasScores && rated.length > 0 && rated.every(({ isProbability }) => isProbability)
          ? expectedCalibrationError(
              scores,
              sides.map((label) => (label ? 1 : 0))
            )
          : null,
      lengthOnlyAuc: byLength === null ? null : Math.max(byLength, 1 - byLength),
      lengthMatchedAuc: matched(scores, sides, lengths),
      withinModelAuc: withinGroups(
        known.map((index) => scores[index]!),
        known.map((index) => sides[index]!),
        known.map((index) => rated[index]!.model!)
      ),
      models,
      ...spreadOf(answers),
      on,
      measuredAt
    },
    aucInterval: area === null ? null : { lower: area.lower, upper: area.upper },
    unrated: answers.length - rated.length
  }
}

/** Labelled answers of each class that a source or model needs for rates of its own. */
const fewestOfClass = 20

/** How varied the answers are; nothing where their questions are not known. */
const spreadOf = (answers: ReadonlyArray<LabelledRating>): Pick<Accreditation, "spread"> => {
  const asked = answers.flatMap((one) => one.asked ?? [])
  if (asked.length < answers.length) return {}
  const youdens = [({ source }: LabelledRating) => source, ({ model }: LabelledRating) => model].flatMap((nameOf) =>
    [...Map.groupBy(answers, nameOf)].flatMap(([name, own]) => (name == null ? [] : youdenOf(own)))
  )
  const named = (names: ReadonlyArray<string | null | undefined>) => new Set(names.filter((name) => name != null)).size
  return {
    spread: {
      sources: named(answers.map(({ source }) => source)),
      models: named(answers.map(({ model }) => model)),
      questions: new Set(asked.map(({ question }) => question)).size,
      answers: new Set(asked.map(({ answer }) => answer)).size,
      leastYouden: youdens.length === 0 ? null : Math.min(...youdens)
    }
  }
}

const youdenOf = (answers: ReadonlyArray<LabelledRating>): ReadonlyArray<number> => {
  const shares = [true, false].map((side) => {
    const own = answers.filter(({ label }) => label === side)
    return own.length < fewestOfClass ? null : own.filter(({ rated }) => rated === side).length / own.length
  })
  return shares.some((share) => share === null) ? [] : [shares[0]! + shares[1]! - 1]
}

/** Labelled answers below which tenths of length hold too few of either class. */
const fewestMatched = 40

/** AUC over pairs of about the same length: within tenths of length. */
const matched = (
  scores: ReadonlyArray<number>,
  labels: ReadonlyArray<boolean>,
  lengths: ReadonlyArray<number>
): number | null => {
  const count = labels.filter((label) => label).length
  if (Math.min(count, labels.length - count) < fewestMatched) return null
  const cuts = Array.from({ length: tenths - 1 }, (_, index) => quantile(lengths, (index + 1) / tenths))
  return withinGroups(
    scores,
    labels,
    lengths.map((length) => cuts.filter((cut) => cut < length).length)
  )
}

const tenths = 10

/** Null where no group holds both classes. */
const withinGroups = <G>(
  scores: ReadonlyArray<number>,
  labels: ReadonlyArray<boolean>,
  groups: ReadonlyArray<G>
): number | null => {
  const members = [...Map.groupBy(labels.keys(), (index) => groups[index]!).values()]
  return members.some((own) => new Set(own.map((index) => labels[index]!)).size === 2)
    ? rocAucWithinGroups(scores, labels, groups).estimate
    : null
}

/** Says which labels are positive and which negative; a label that is neither is left out. */
export interface LabelRule {
  readonly positive: LabelTest
  readonly negative: LabelTest
}

export interface LabelTest {
  readonly expression: string
  readonly test: (label: unknown) => boolean
}

const operators = /^(<=|>=|!=|<|>|=)/

/**
 * A test of labels from an expression: `<=30`, `>=70`, `<0.5`, `true`, `defiant`, `!=none`. Without an operator the label
 * has to equal the text; a label that is a list has to hold it. Null for an expression that is none.
 */
export const parseLabelTest = (expression: string): LabelTest | null => {
  const text = expression.trim()
  const written = operators.exec(text)?.[0] ?? ""
  const operator = written === "" ? "=" : written
  const wanted = text.slice(written.length).trim()
  if (wanted === "") return null
  if (operator === "=" || operator === "!=") {
    const equals = (label: unknown) =>
      Array.isArray(label) ? label.some((one) => String(one) === wanted) : String(label) === wanted
    const isGiven = (label: unknown) => label !== undefined && label !== null
    return { expression, test: (label) => isGiven(label) && equals(label) === (operator === "=") }
  }
  const limit = Number(wanted)
  if (!Number.isFinite(limit)) return null
  const compare: Readonly<Record<string, (value: number) => boolean>> = {
    "<=": (value) => value <= limit,
    ">=": (value) => value >= limit,
    "<": (value) => value < limit,
    ">": (value) => value > limit
  }
  return { expression, test: (label) => typeof label === "number" && compare[operator]!(label) }
}
