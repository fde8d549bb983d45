/** One axis, fitted and cross-fitted: its coefficients, its calibration, its threshold and its figures. */
import { spearman } from "@model-intake/psychometrics"
import type { AxisPlan } from "./axes.ts"
import { type Calibration, fitCalibration, probabilityOf, round } from "./calibrate.ts"
import type { Corpora, Transcript } from "./corpora.ts"
import type { Coefficients, DesignSpace } from "./design.ts"
import { baseFamily, benignFile, type Labelled } from "./examples.ts"
import { type Companions, crossFit, crossFitBenign, fitAxis } from "./fit.ts"
import { areaByGroup, areas, calibrationError, type Scored, share } from "./measure.ts"
import { accuracyUnseen, reachedUnseen, type ToCut, usualBenignShare, youdenCut } from "./operating.ts"

/** A labelled text with what a fit that never saw its item says of it. */
export interface Unseen extends Scored {
  readonly text: string
  /** Whether it reaches the threshold chosen without its item. */
  readonly reached: boolean
}

export interface CrossFitted {
  readonly id: AxisPlan["id"]
  readonly coefficients: Coefficients
  readonly calibration: Calibration
  readonly threshold: number
  /** Probability up to which the opposite is said, where an axis has two sides. */
  readonly lowThreshold: number | undefined
  readonly peak: number
  readonly accuracy: ReturnType<typeof accuracyUnseen>
  readonly cases: ReadonlyArray<Unseen>
  /** Linear scores of all texts, labelled or not, and of ordinary answers, by fits that never saw them. */
  readonly scores: ReadonlyArray<{ readonly text: Labelled; readonly score: number }>
  readonly benign: ReadonlyArray<{ readonly transcript: Transcript; readonly score: number }>
  readonly figures: ReturnType<typeof figuresOf>
}

export const crossFitAxis = (
  plan: AxisPlan,
  corpora: Corpora,
  companions: Companions,
  space: DesignSpace
): CrossFitted => {
  const { cut, id, jointly, options } = plan
  const examples = plan.examples(corpora, space).filter(({ rows }) => rows.length > 0)
  const scores = crossFit(examples, companions, space, options, jointly)
  const cases = examples.flatMap(({ label, ...text }, index) =>
    label === null ? [] : [{ ...text, label, score: scores[index]! }]
  )
  // Degrees of certainty are calibrated as they are, so that the probability is the degree that people would give.
  const calibrate = (own: ReadonlyArray<{ readonly text: Labelled; readonly score: number }>): Calibration => {
    const used = own.filter(({ text }) => id === "confidence" || text.label !== null)
    return fitCalibration(
      used.map(({ score }) => score),
      used.map(({ text }) => (id === "confidence" ? text.degree : text.label ? 1 : 0))
    )
  }
  const all = examples.map((text, index) => ({ text, score: scores[index]! }))
  const calibration = calibrate(all)
  const calibrated = calibratedUnseen(cases, all, () => calibration)
  const benignScores = crossFitBenign(examples, companions, space, options)
  const benign = benignScores.map((score) => probabilityOf(score, calibration))
  const on: ToCut = {
    cases: calibrated,
    benign,
    benignShare: plan.benignSetThreshold ? (plan.benignShare ?? usualBenignShare) : null
  }
  const threshold = cut(on)
  const lowThreshold = plan.twoSided === true ? round(1 - cut(mirrored(on)), 1e4) : undefined
  const reached = reachedUnseen(cut, on)
  const unseen = calibrated.map((text, index) => ({ ...text, reached: reached[index]! }))
  const accuracy = accuracyUnseen(cut, on)
  return {
    id,
    coefficients: fitAxis(examples, companions, space, options),
    calibration,
    threshold,
    lowThreshold,
    peak: options.peak,
    accuracy,
    cases: unseen,
    scores: all,
    benign: companions.benign.map(({ transcript }, index) => ({ transcript, score: benignScores[index]! })),
    figures: figuresOf(plan, {
      examples,
      scores,
      cases,
      calibrated: unseen,
      calibrationError: calibrationError(calibratedUnseen(cases, all, calibrate)),
      benign,
      threshold,
      lowThreshold,
      accuracy
    })
  }
}

/** The same with the sides exchanged. */
const mirrored = ({ benign, benignShare, cases }: ToCut): ToCut => ({
  benign: benign.map((value) => 1 - value),
  benignShare,
  cases: cases.map((text) => ({ ...text, label: !text.label, score: 1 - text.score }))
})

const figuresOf = (
  { id, options }: AxisPlan,
  found: {
    readonly examples: ReadonlyArray<Labelled>
    readonly scores: ReadonlyArray<number>
    readonly cases: ReadonlyArray<Scored>
    readonly calibrated: ReadonlyArray<Unseen>
    readonly calibrationError: number
    readonly benign: ReadonlyArray<number>
    readonly threshold: number
    readonly lowThreshold: number | undefined
    readonly accuracy: ReturnType<typeof accuracyUnseen>
  }
) => {
  const { accuracy, benign, calibrated, cases, examples, lowThreshold, scores, threshold } = found
  const shareBelow = (label: boolean) => {
    const own = calibrated.filter((text) => text.label === label)
    return share(own.filter(({ score }) => score <= lowThreshold!).length, own.length)
  }
  const degrees = examples.map(({ degree }) => degree)
  const correlation = (values: ReadonlyArray<number>) => round(spearman(values, degrees) ?? 0, 1e3)
  return {
    options,
    all: areas(cases),
    ...(id === "misalignment" ? { organismsOnly: areas(cases.filter(({ family }) => family !== baseFamily)) } : {}),
    rankCorrelation: correlation(scores),
    rankCorrelationOfLength: correlation(examples.map(({ length }) => length)),
    byFamily: areaByGroup(cases, ({ family }) => family),
    byItem: areaByGroup(cases, ({ item }) => item),
    bySource: areaByGroup(cases, ({ source }) => source),
    threshold,
    ...(lowThreshold === undefined
      ? {}
      : { below: { threshold: lowThreshold, ofNegative: shareBelow(false), ofPositive: shareBelow(true) } }),
    accuracy,
    /** At the threshold with the highest sensitivity + specificity - 1, whatever it flags of ordinary answers. */
    best: {
      ...accuracyUnseen(youdenCut, { cases: calibrated, benign, benignShare: null }),
      benignFlagged: share(
        benign.filter((value) => value >= youdenCut({ cases: calibrated, benign, benignShare: null })).length,
        benign.length
      ).share
    },
    benignFlagged: {
      [benignFile]: share(benign.filter((probability) => probability >= threshold).length, benign.length)
    },
    flaggedByFamily: Object.fromEntries(
      [...Map.groupBy(calibrated, ({ family }) => family)].map(([family, members]) => [
        family,
        share(members.filter(({ reached }) => reached).length, members.length)
      ])
    ),
    calibrationError: found.calibrationError
  }
}

/** Probabilities calibrated on all items but a text's own. */
const calibratedUnseen = <Text extends Scored>(
  cases: ReadonlyArray<Text>,
  all: CrossFitted["scores"],
  calibrate: (own: CrossFitted["scores"]) => Calibration
): Array<Text> => {
  const known = new Map<string, Calibration>()
  return cases.map((text) => {
    const calibration = known.get(text.item) ?? calibrate(all.filter((one) => one.text.item !== text.item))
    known.set(text.item, calibration)
    return { ...text, score: probabilityOf(text.score, calibration) }
  })
}
