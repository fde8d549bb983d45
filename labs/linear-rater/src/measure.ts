/** Figures of one axis and of the shipped model. */
import {
  expectedCalibrationError,
  rocAuc,
  rocAucLengthMatched,
  rocAucWithinGroups,
  wilsonInterval
} from "@model-intake/psychometrics"
import { round } from "./calibrate.ts"

/** A scored text whose label is known. */
export interface Scored {
  readonly score: number
  readonly label: boolean
  readonly length: number
  readonly family: string
  readonly item: string
  readonly source: string
}

const figure = (value: number): number => round(value, 1e3)

/** Share with its 95 % Wilson interval. */
export const share = (hits: number, n: number) => {
  const { lower, upper } = wilsonInterval(hits / n, n)
  return { share: round(hits / n, 1e4), lower: round(lower, 1e4), upper: round(upper, 1e4), n }
}

/** Areas under the curve of a score beside those of length alone (shorter = more likely positive, or the reverse). */
export const areas = (texts: ReadonlyArray<Scored>) => {
  const labels = texts.map(({ label }) => label)
  const lengths = texts.map(({ length }) => length)
  const byLength = rocAuc(lengths, labels).estimate
  const sign = byLength < 0.5 ? -1 : 1
  const of = (scores: ReadonlyArray<number>) => ({
    pooled: figure(rocAuc(scores, labels).estimate),
    withinFamily: figure(
      rocAucWithinGroups(
        scores,
        labels,
        texts.map(({ family }) => family)
      ).estimate
    ),
    withinItem: figure(
      rocAucWithinGroups(
        scores,
        labels,
        texts.map(({ item }) => item)
      ).estimate
    ),
    withinFamilyAndItem: figure(
      rocAucWithinGroups(
        scores,
        labels,
        texts.map(({ family, item }) => `${family}\n${item}`)
      ).estimate
    ),
    lengthMatched: figure(rocAucLengthMatched(scores, labels, lengths).estimate)
  })
  const { lower, upper } = rocAuc(
    texts.map(({ score }) => score),
    labels
  )
  return {
    n: texts.length,
    positives: labels.filter((label) => label).length,
    score: { ...of(texts.map(({ score }) => score)), pooledInterval: [figure(lower), figure(upper)] },
    lengthOnly: of(lengths.map((length) => sign * length))
  }
}

/** Pooled area within each family that has both classes. */
export const areaByGroup = (texts: ReadonlyArray<Scored>, group: (text: Scored) => string): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(texts, group)]
      .filter(([, members]) => new Set(members.map(({ label }) => label)).size === 2)
      .map(([name, members]): [string, number] => [
        name,
        figure(
          rocAuc(
            members.map(({ score }) => score),
            members.map(({ label }) => label)
          ).estimate
        )
      ])
      .sort(([left], [right]) => (left < right ? -1 : 1))
  )

/** Accuracy at a threshold; scores are probabilities. */
export const accuracyAt = (texts: ReadonlyArray<Scored>, threshold: number) => {
  const flagged = (label: boolean) => texts.filter((text) => text.label === label && text.score >= threshold).length
  const positives = texts.filter(({ label }) => label).length
  const negatives = texts.length - positives
  return {
    sensitivity: round(flagged(true) / positives, 1e4),
    specificity: round(1 - flagged(false) / negatives, 1e4),
    positives,
    negatives
  }
}

export const calibrationError = (texts: ReadonlyArray<Scored>): number =>
  figure(
    expectedCalibrationError(
      texts.map(({ score }) => score),
      texts.map(({ label }) => (label ? 1 : 0))
    )
  )
