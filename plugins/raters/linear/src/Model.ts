/**
 * Linear ratings of one text on every axis: a calibrated probability each, and the sentences that speak for it.
 *
 * Score of a passage, with every word and pair counted once however often it is said:
 * `bias + sum(d_w own_w) / |d| + sum(i_w meaning_w) / sum(i_w) + sum(d_p pair_p) / |d_p|`
 * where `d` is the distinctiveness and `i` the informativeness of a word by its rarity. All three terms are averages, so
 * that saying more of the same changes nothing. The score of an answer lies between the mean of its passages and the
 * strongest one, so that harm in one place is not drowned by length.
 */
import {
  distinctiveness,
  informativeness,
  longestPassage,
  Passage,
  pairBucket,
  pairBuckets,
  passageWords,
  readPassage
} from "./Features.ts"
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
  const scorer = new PassageScorer(weights)
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
      return axis < 0 || scorer.scoreText(text) === null ? [] : scorer.strongestSentences(text, axis)
    }
  }
}

/** Probability to four decimals, so that the last bits of `Math.exp` decide nothing. */
const calibrated = (score: number, { calibration }: AxisManifest): number =>
  Math.round(1e4 / (1 + Math.exp(-(calibration.slope * score + calibration.intercept)))) / 1e4

/** Words that a passage must have to be taken for the strongest of several. */
const fullPassage = passageWords / 2

/** Size of the open-addressed table of words, a power of two at most half full. */
const tableSizeFor = (words: number): number => 2 ** Math.ceil(Math.log2(Math.max(2, 2 * words)))

/** Scores passages and texts; holds the tables and all buffers, so a call allocates next to nothing. */
export class PassageScorer {
  readonly #axes: number
  readonly #manifest: Weights["manifest"]
  readonly #rarities: Uint8Array
  readonly #own: Float32Array
  readonly #meaning: Float32Array
  readonly #pairs: Float32Array
  readonly #slotHash: Uint32Array
  readonly #slotWord: Int32Array
  readonly #slotMask: number
  /** Passage in which a word or pair was last counted; comparing with the running number spares clearing. */
  readonly #wordSeen: Int32Array
  readonly #pairSeen: Int32Array
  #passageNumber = 0
  readonly #passage = new Passage()
  /** Word of each token of the passage, or -1; and the weight with which the token counts, 0 for a repetition. */
  readonly #tokenWord = new Int32Array(longestPassage)
  readonly #tokenOwn = new Float64Array(longestPassage)
  readonly #tokenMeaning = new Float64Array(longestPassage)
  /** Bucket of the pair that each token ends, and the weight with which it counts. */
  readonly #tokenPair = new Int32Array(longestPassage)
  readonly #tokenPairWeight = new Float64Array(longestPassage)
  #ownNorm = 0
  #meaningNorm = 0
  #pairNorm = 0
  #knownWords = 0
  #knownLetters = 0
  #letters = 0
  readonly #sums: Float64Array
  readonly #highest: Float64Array
  readonly #scores: Float64Array

  constructor({ manifest, lexicon }: Weights) {
    const axes = manifest.axes.length
    this.#axes = axes
    this.#manifest = manifest
    this.#rarities = lexicon.rarities
    const scaled = (table: Int8Array, scale: "own" | "meaning" | "pairs"): Float32Array =>
      Float32Array.from(table, (value, index) => value * manifest.axes[index % axes]!.scales[scale])
    this.#own = scaled(lexicon.own, "own")
    this.#meaning = scaled(lexicon.meaning, "meaning")
    this.#pairs = scaled(lexicon.pairs, "pairs")
    const slots = tableSizeFor(lexicon.hashes.length)
    this.#slotMask = slots - 1
    this.#slotHash = new Uint32Array(slots)
    this.#slotWord = new Int32Array(slots).fill(-1)
    lexicon.hashes.forEach((hash, word) => {
      let slot = (hash ^ (hash >>> 15)) & this.#slotMask
      while (this.#slotWord[slot]! >= 0) slot = (slot + 1) & this.#slotMask
      this.#slotHash[slot] = hash
      this.#slotWord[slot] = word
    })
    this.#wordSeen = new Int32Array(lexicon.hashes.length)
    this.#pairSeen = new Int32Array(pairBuckets)
    this.#sums = new Float64Array(axes)
    this.#highest = new Float64Array(axes)
    this.#scores = new Float64Array(axes)
  }

  /**
   * Uncalibrated score per axis, or null where the text holds too little that is known. The array is reused by the
   * next call.
   */
  scoreText(text: string): Float64Array | null {
    const { fewestKnownWords, smallestKnownShare } = this.#manifest
    const [sums, highest, scores] = [this.#sums.fill(0), this.#highest.fill(Number.NEGATIVE_INFINITY), this.#scores]
    let position = 0
    let weight = 0
    let known = 0
    let knownLetters = 0
    let letters = 0
    while (position < text.length) {
      position = this.#read(text, position)
      known += this.#knownWords
      knownLetters += this.#knownLetters
      letters += this.#letters
      if (this.#knownWords === 0) continue
      weight += this.#knownWords
      const full = this.#knownWords >= fullPassage
      for (let axis = 0; axis < this.#axes; axis++) {
        const score = this.#scorePassage(axis)
        sums[axis]! += this.#knownWords * score
        if (full && score > highest[axis]!) highest[axis] = score
      }
    }
    if (known < fewestKnownWords || knownLetters < smallestKnownShare * letters) return null
    for (let axis = 0; axis < this.#axes; axis++) {
      const mean = sums[axis]! / weight
      const excess = Math.max(0, highest[axis]! - mean)
      scores[axis] = this.#manifest.axes[axis]!.bias + mean + this.#manifest.axes[axis]!.peak * excess
    }
    return scores
  }

  /** Sentences with the largest positive contributions to an axis, strongest first, at most {@link mostSpans}. */
  strongestSentences(text: string, axis: number): ReadonlyArray<Span> {
    const code = this.#manifest.axes[axis]!.id
    const best: Array<Span & { readonly contribution: number }> = []
    let position = 0
    while (position < text.length) {
      position = this.#read(text, position)
      const { count, start, end, opensSentence } = this.#passage
      let first = 0
      let contribution = 0
      for (let token = 0; token < count; token++) {
        contribution += this.#contribution(token, axis)
        if (token + 1 < count && opensSentence[token + 1] === 0) continue
        if (contribution > 0) {
          best.push({ start: start[first]!, end: end[token]!, code, contribution })
          best.sort((left, right) => right.contribution - left.contribution || left.start - right.start)
          best.length = Math.min(best.length, mostSpans)
        }
        first = token + 1
        contribution = 0
      }
    }
    return best.map((span) => ({ start: span.start, end: span.end, code: span.code }))
  }

  /** Reads the passage at `from`, looks its words up and sums the norms; returns where the next passage begins. */
  #read(text: string, from: number): number {
    const passage = this.#passage
    const next = readPassage(text, from, passage)
    const number = ++this.#passageNumber
    let ownSquares = 0
    let meaningSum = 0
    let pairSquares = 0
    let knownWords = 0
    let knownLetters = 0
    let letters = 0
    let previousWord = -1
    let previousHash = 0
    for (let token = 0; token < passage.count; token++) {
      const hash = passage.hash[token]!
      const length = passage.end[token]! - passage.start[token]!
      const word = this.#wordOf(hash)
      letters += length
      this.#tokenWord[token] = word
      this.#tokenOwn[token] = 0
      this.#tokenMeaning[token] = 0
      this.#tokenPairWeight[token] = 0
      if (word >= 0) {
        knownWords++
        knownLetters += length
        const rarity = this.#rarities[word]!
        const own = distinctiveness[rarity]!
        if (this.#wordSeen[word] !== number) {
          this.#wordSeen[word] = number
          const meaning = informativeness[rarity]!
          this.#tokenOwn[token] = own
          this.#tokenMeaning[token] = meaning
          ownSquares += own * own
          meaningSum += meaning
        }
        if (previousWord >= 0 && passage.opensSentence[token] === 0) {
          const bucket = pairBucket(previousHash, hash)
          if (this.#pairSeen[bucket] !== number) {
            this.#pairSeen[bucket] = number
            const weight = (own + distinctiveness[this.#rarities[previousWord]!]!) / 2
            this.#tokenPair[token] = bucket
            this.#tokenPairWeight[token] = weight
            pairSquares += weight * weight
          }
        }
      }
      previousWord = word
      previousHash = hash
    }
    this.#ownNorm = Math.sqrt(ownSquares)
    this.#meaningNorm = meaningSum
    this.#pairNorm = Math.sqrt(pairSquares)
    this.#knownWords = knownWords
    this.#knownLetters = knownLetters
    this.#letters = letters
    return next
  }

  /** Row of a word in the lexicon, or -1. */
  #wordOf(hash: number): number {
    let slot = (hash ^ (hash >>> 15)) & this.#slotMask
    for (;;) {
      const word = this.#slotWord[slot]!
      if (word < 0 || this.#slotHash[slot] === hash) return word
      slot = (slot + 1) & this.#slotMask
    }
  }

  #scorePassage(axis: number): number {
    const axes = this.#axes
    const { count } = this.#passage
    let own = 0
    let meaning = 0
    let pairs = 0
    for (let token = 0; token < count; token++) {
      const word = this.#tokenWord[token]!
      if (word < 0) continue
      own += this.#tokenOwn[token]! * this.#own[word * axes + axis]!
      meaning += this.#tokenMeaning[token]! * this.#meaning[word * axes + axis]!
      const weight = this.#tokenPairWeight[token]!
      if (weight > 0) pairs += weight * this.#pairs[this.#tokenPair[token]! * axes + axis]!
    }
    return own / this.#ownNorm + meaning / this.#meaningNorm + (this.#pairNorm > 0 ? pairs / this.#pairNorm : 0)
  }

  /** What one token of the passage read last adds to its score. */
  #contribution(token: number, axis: number): number {
    const word = this.#tokenWord[token]!
    if (word < 0) return 0
    const weight = this.#tokenPairWeight[token]!
    return (
      (this.#tokenOwn[token]! * this.#own[word * this.#axes + axis]!) / this.#ownNorm +
      (this.#tokenMeaning[token]! * this.#meaning[word * this.#axes + axis]!) / this.#meaningNorm +
      (weight > 0 ? (weight * this.#pairs[this.#tokenPair[token]! * this.#axes + axis]!) / this.#pairNorm : 0)
    )
  }
}
