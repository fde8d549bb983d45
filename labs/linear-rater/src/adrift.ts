/** Answers of collapsed models, by how far four judges found them adrift, and the fit that flags such answers. */
import type { LinearModel } from "../../../plugins/raters/linear/src/Model.ts"
import { round, thresholdFor } from "./calibrate.ts"
import { type Corpora, lastAnswer, lastQuestion, type Transcript } from "./corpora.ts"
import type { CrossFitted } from "./crossFitted.ts"
import type { DesignSpace } from "./design.ts"
import { type Labelled, read } from "./examples.ts"
import { fitLogistic, logistic } from "./logistic.ts"
import { share } from "./measure.ts"

export const collapseFile = "behavioural-collapse.jsonl"

/** Share of ordinary answers that may be flagged as adrift: a convention. */
const benignFlagged = 0.005
/** Every so many-th ordinary answer trains. */
const benignStride = 5

/** Mean of the judges' drift, 0 to 3; a judge that gave -1 or nothing is left out. */
export const meanDrift = ({ labels }: Transcript): number => {
  const given = Object.values(labels.judges as Record<string, { readonly drift?: number }>).flatMap(({ drift }) =>
    drift === undefined || drift < 0 ? [] : [drift]
  )
  return given.length === 0 ? 0 : given.reduce((sum, drift) => sum + drift, 0) / given.length
}

export const conditionOf = ({ tags }: Transcript): string => String(tags.condition)

/** Adrift from 2 on, not at all below 0.5; folds leave one condition out. */
export const adriftExamples = (corpora: Corpora, space: DesignSpace): Array<Labelled> =>
  corpora.read(collapseFile).map((transcript) => {
    const drift = meanDrift(transcript)
    return {
      ...read(lastAnswer(transcript), space, collapseFile),
      degree: Math.min(1, drift / 2.5),
      label: drift >= 2 ? true : drift < 0.5 ? false : null,
      family: conditionOf(transcript),
      item: conditionOf(transcript)
    }
  })

/**
 * Joins the axis with how little an answer has to do with its question, by a logistic regression on labelled answers of
 * collapse and on ordinary ones, both as fits score them that never saw them.
 *
 * @param topic the model whose fit of other subjects is used; that fit saw no collapsed answer
 */
export const fitAdrift = (axis: CrossFitted, topic: LinearModel, corpora: Corpora) => {
  const known = new Map(axis.scores.map(({ score, text }) => [`${text.item}\n${text.text}`, { score, text }]))
  const answers = corpora.read(collapseFile).map((transcript) => {
    const found = known.get(`${conditionOf(transcript)}\n${lastAnswer(transcript)}`)
    const odds = topicOdds(topic, transcript)
    return {
      transcript,
      item: conditionOf(transcript),
      label: found?.text.label ?? null,
      features: found === undefined || odds === null ? null : [found.score, odds],
      score: found?.score ?? null
    }
  })
  const benign = axis.benign.flatMap(({ score, transcript }) => {
    const odds = topicOdds(topic, transcript)
    return odds === null ? [] : [[score, odds]]
  })
  const trained = benign.filter((_, index) => index % benignStride === 0)
  const fitWithout = (item: string | null) => {
    const own = answers.filter((one) => one.features !== null && one.label !== null && one.item !== item)
    const coefficients = fitLogistic(
      [...own.map(({ features }) => features!), ...trained],
      [...own.map(({ label }) => label!), ...trained.map(() => false)]
    )
    const threshold = thresholdFor(
      benign.map((features) => round(logistic(features, coefficients), 1e4)),
      benignFlagged
    )
    return { coefficients, threshold }
  }
  const without = new Map([...new Set(answers.map(({ item }) => item))].map((item) => [item, fitWithout(item)]))
  const alone = (score: number) =>
    1 / (1 + Math.exp(-(axis.calibration.slope * score + axis.calibration.intercept))) >= axis.threshold
  const all = fitWithout(null)
  return {
    coefficients: all.coefficients as [number, number, number],
    threshold: all.threshold,
    /** Whether each answer of collapse is flagged by a fit that never saw its condition, in the file's order; null where that cannot be told. */
    unseen: answers.map(({ features, item, score, transcript }) => {
      const fit = without.get(item)!
      const flagged =
        features !== null
          ? logistic(features, fit.coefficients) >= fit.threshold
          : score !== null && alone(score)
            ? true
            : null
      return { transcript, flagged }
    }),
    figures: {
      benignFlagged: share(
        benign.filter((features) => logistic(features, all.coefficients) >= all.threshold).length,
        benign.length
      )
    }
  }
}

/** Log odds that an answer is about something else than its question; null where that cannot be told. */
const topicOdds = (topic: LinearModel, transcript: Transcript): number | null => {
  const probability = topic.offTopic(lastAnswer(transcript), lastQuestion(transcript))
  if (probability === null) return null
  const within = Math.min(1 - 1e-4, Math.max(1e-4, probability))
  return Math.log(within / (1 - within))
}
