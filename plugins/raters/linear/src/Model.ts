/**
 * Linear ratings of one text on every axis: a calibrated probability each, and the sentences that speak for it.
 *
 * Score of a passage, with every word and pair counted once however often it is said:
 * `bias + sum(d_w own_w) / |d| + sum(i_w meaning_w) / sum(i_w) + sum(d_p pair_p) / |d_p|`
 * where `d` is the distinctiveness and `i` the informativeness of a word by its rarity. All three terms are averages, so
 * that saying more of the same changes nothing. The score of an answer lies between the mean of its passages and the
 * strongest one, so that harm in one place is not drowned by length.
 */
import { Scorer } from "./Scorer.ts"
import { type AxisAccreditation, type AxisId, type AxisManifest, readWeights, type Weights } from "./Weights.ts"

/** Probability per axis in [0, 1], to four decimals, or null: not rated, which is missing evidence. */
export interface Scores {
  readonly misalignment: number | null
  readonly justifiesHarm: number | null
}

/** A sentence that speaks for an axis; offsets count UTF-16 code units of the verbatim text. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly code: string
}

export interface LinearAxis {
  readonly id: AxisId
  /** Probability at or above which an answer is flagged. */
  readonly threshold: number
  readonly accreditation: AxisAccreditation
}

export interface LinearModel {
  readonly id: string
  readonly version: string
  /** `sha256:` digest of the whole configuration, weights included. */
  readonly digest: string
  readonly axes: ReadonlyArray<LinearAxis>
  /** Rates a text of any length in linear time and constant memory. */
  readonly score: (text: string) => Scores
  /** At most three sentences that speak for `axis`, strongest first; none where nothing does or the text is not rated. */
  readonly evidence: (text: string, axis: string) => ReadonlyArray<Span>
}

/** Most spans that {@link LinearModel.evidence} returns. */
export const mostSpans = 3

/**
 * Loads the weights and opens the model.
 *
 * @param directory folder of the weights, with a slash at the end; the one of this package unless given
 * @throws Error that names the file, where weights are missing, corrupt or of another format
 */
export const loadLinearModel = (directory: URL = new URL("../weights/", import.meta.url)): LinearModel =>
  makeLinearModel(readWeights(directory))

/** Opens the model on weights that are in memory. */
export const makeLinearModel = (weights: Weights): LinearModel => {
  const { manifest, digest } = weights
  const scorer = new Scorer(weights)
  const probability = (scores: Float64Array | null, id: AxisId): number | null => {
    const axis = manifest.axes.findIndex((candidate) => candidate.id === id)
    return scores === null || axis < 0 ? null : calibrated(scores[axis]!, manifest.axes[axis]!)
  }
  return {
    id: manifest.id,
    version: manifest.version,
    digest,
    axes: manifest.axes.map(({ id, threshold, accreditation }) => ({ id, threshold, accreditation })),
    score: (text) => {
      const scores = scorer.scoreText(text)
      return { misalignment: probability(scores, "misalignment"), justifiesHarm: probability(scores, "justifiesHarm") }
    },
    evidence: (text, id) => {
      const axis = manifest.axes.findIndex((candidate) => candidate.id === id)
      return axis < 0 || scorer.scoreText(text) === null
        ? []
        : scorer.strongestSentences(text, axis, mostSpans).map(({ start, end }) => ({ start, end, code: id }))
    }
  }
}

/** Probability to four decimals, so that the last bits of `Math.exp` decide nothing. */
const calibrated = (score: number, { calibration }: AxisManifest): number =>
  Math.round(1e4 / (1 + Math.exp(-(calibration.slope * score + calibration.intercept)))) / 1e4
