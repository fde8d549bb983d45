/** What a question asks about, and whether an answer has to do with it. */
import type { Passage } from "./Features.ts"
import type { TopicManifest } from "./TopicManifest.ts"

/** Numbers of a word's meaning by which answers are compared with questions. */
export const topicDimensions = 32

/** Passages of a question and of an answer that are compared. */
export const topicPassages = 2

/** What a question asks about. */
export class Topic {
  /** Unit vector, or zeros where the question holds no known word. */
  readonly vector: Float64Array
  /** Sum of the weights of its words. */
  readonly information: number
  /** Open-addressed table of its words, at most a quarter full; a weight of 0 marks an empty slot. */
  readonly #mask: number
  readonly #hashes: Int32Array
  readonly #weights: Float64Array
  /** Number of the answer that a word was seen in last. */
  readonly #seen: Int32Array
  #answer = 0
  #covered = 0

  /** @param weights weight of each word by its hash, above 0: its informativeness, 1 for an unknown one */
  constructor(vector: Float64Array, weights: ReadonlyMap<number, number>) {
    this.vector = vector
    const slots = 2 ** Math.ceil(Math.log2(4 * Math.max(1, weights.size)))
    this.#mask = slots - 1
    this.#hashes = new Int32Array(slots)
    this.#weights = new Float64Array(slots)
    this.#seen = new Int32Array(slots)
    let information = 0
    for (const [hash, weight] of weights) {
      let slot = hash & this.#mask
      while (this.#weights[slot] !== 0) slot = (slot + 1) & this.#mask
      this.#hashes[slot] = hash
      this.#weights[slot] = weight
      information += weight
    }
    this.information = information
  }

  /** Begins another answer, of which nothing is covered yet. */
  begin(): void {
    this.#answer++
    this.#covered = 0
  }

  /** Counts the words of a passage of the answer. */
  cover({ count, hash }: Passage): void {
    const mask = this.#mask
    const weights = this.#weights
    for (let token = 0; token < count; token++) {
      const word = hash[token]! | 0
      let slot = word & mask
      while (weights[slot] !== 0 && this.#hashes[slot] !== word) slot = (slot + 1) & mask
      if (weights[slot] === 0 || this.#seen[slot] === this.#answer) continue
      this.#seen[slot] = this.#answer
      this.#covered += weights[slot]!
    }
  }

  /** Share of the question's words, by weight, that the answer holds. */
  coverage(): number {
    return this.information === 0 ? 0 : this.#covered / this.information
  }
}

/** How far an answer takes up its question. */
export interface Overlap {
  /** Of the mean meanings, -1 to 1. */
  readonly cosine: number
  /** Share of the question's words, by weight, that the answer holds; 0 to 1. */
  readonly coverage: number
  /** Words of the answer that were compared. */
  readonly words: number
}

/** Questions that say less than this, and answers of fewer words, cannot be told to be about something else. */
export const leastInformation = 0.1
export const fewestTopicWords = 12

/** Features of {@link offTopicProbability}, without the constant. */
export const topicFeatures = (
  { cosine, coverage, words }: Overlap,
  { information }: Pick<Topic, "information">
): ReadonlyArray<number> => [
  cosine,
  Math.sqrt(coverage),
  Math.log2(1 + words),
  Math.log2(1 + information),
  cosine * Math.log2(1 + words)
]

/** Probability, to four decimals, that an answer is about something else than its question asks. */
export const offTopicProbability = (features: ReadonlyArray<number>, coefficients: ReadonlyArray<number>): number => {
  let score = coefficients[0]!
  for (const [index, feature] of features.entries()) score += coefficients[index + 1]! * feature
  return Math.round(1e4 / (1 + Math.exp(-score))) / 1e4
}

/**
 * Probability of another subject from which on an answer is off topic: lower for one that reads like no answer to
 * anything.
 *
 * @param score of the axis `adrift`; null where the answer was not scored
 */
export const offTopicCut = ({ adrift, topic }: TopicManifest, score: number | null): number => {
  if (score === null) return topic.threshold
  const [constant, ofScore, ofTopic] = adrift.coefficients
  const odds = (Math.log(adrift.threshold / (1 - adrift.threshold)) - constant - ofScore * score) / ofTopic
  return Math.min(topic.threshold, 1 / (1 + Math.exp(-odds)))
}

/** Just beyond what a cosine can be, so that rounding cannot matter. */
const farthest = 1.001

/**
 * Whether {@link offTopicProbability} reaches the threshold. The probability is monotonic in the cosine: where it lies on
 * the same side at both ends, the cosine need not be computed.
 */
export const reachesOffTopic = (
  covered: Omit<Overlap, "cosine">,
  topic: Topic,
  coefficients: ReadonlyArray<number>,
  threshold: number,
  cosine: () => number
): boolean => {
  const reaches = (value: number): boolean =>
    offTopicProbability(topicFeatures({ ...covered, cosine: value }, topic), coefficients) >= threshold
  const least = reaches(-farthest)
  return least === reaches(farthest) ? least : reaches(cosine())
}
