/** Scores texts by the lexicon: the hot path of rating. */
import {
  distinctiveness,
  informativeness,
  longestPassage,
  Passage,
  pairBucket,
  passageWords,
  readPassage
} from "./Features.ts"
import type { Weights } from "./Weights.ts"

/** A stretch of text and what it adds to the score of an axis. */
export interface Contribution {
  readonly start: number
  readonly end: number
  readonly contribution: number
}

/** Words that a passage must have to be taken for the strongest of several. */
const fullPassage = passageWords / 2

/** Slots of the open-addressed table of words: a power of two, at most half full. */
const slotsFor = (words: number): number => 2 ** Math.ceil(Math.log2(Math.max(2, 2 * words)))

/** Slots of the table of pairs within a passage: a power of two, at most a third full. */
const pairSlots = 512

/**
 * Fields of a slot, four bytes each. All that is known of a word lies side by side, so that a word costs one cache
 * line; the weights of the axes follow, own before meaning.
 */
const slotHash = 0
const slotSeen = 1
/** 0 marks an empty slot: no word is that common. */
const slotDistinctiveness = 2
const slotInformativeness = 3
const slotWeights = 4

/** Holds the tables and all buffers, so that a call allocates next to nothing. */
export class Scorer {
  readonly #axes: number
  readonly #manifest: Weights["manifest"]
  readonly #stride: number
  readonly #mask: number
  /** The same bytes as whole numbers and as floats. */
  readonly #words: Int32Array
  readonly #values: Float32Array
  readonly #pairs: Int8Array
  readonly #pairScale: Float64Array
  /** Bucket and passage of each pair of the passage that was counted. */
  readonly #pairSlotBucket = new Int32Array(pairSlots)
  readonly #pairSlotSeen = new Int32Array(pairSlots)
  /** Number of the running passage; comparing with it spares clearing the marks of what was seen. */
  #number = 0
  readonly #passage = new Passage()
  /** Slot of each token's word, or -1; and the weight with which the token counts, 0 for a repetition. */
  readonly #tokenSlot = new Int32Array(longestPassage)
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
  readonly #own: Float64Array
  readonly #meaning: Float64Array
  readonly #pair: Float64Array
  readonly #sums: Float64Array
  readonly #highest: Float64Array
  readonly #scores: Float64Array

  constructor({ manifest, lexicon }: Weights) {
    const axes = manifest.axes.length
    this.#axes = axes
    this.#manifest = manifest
    this.#stride = slotWeights + 2 * axes
    const slots = slotsFor(lexicon.hashes.length)
    this.#mask = slots - 1
    this.#words = new Int32Array(slots * this.#stride)
    this.#values = new Float32Array(this.#words.buffer)
    for (let word = 0; word < lexicon.hashes.length; word++) this.#enter(word, lexicon)
    this.#pairs = lexicon.pairs
    this.#pairScale = Float64Array.from(manifest.axes, ({ scales }) => scales.pairs)
    this.#own = new Float64Array(axes)
    this.#meaning = new Float64Array(axes)
    this.#pair = new Float64Array(axes)
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
    const axes = this.#axes
    const sums = this.#sums.fill(0)
    const highest = this.#highest.fill(Number.NEGATIVE_INFINITY)
    const scores = this.#scores
    let position = 0
    let weight = 0
    let known = 0
    let knownLetters = 0
    let letters = 0
    while (position < text.length) {
      position = this.#read(text, position)
      const words = this.#knownWords
      known += words
      knownLetters += this.#knownLetters
      letters += this.#letters
      if (words === 0) continue
      weight += words
      for (let axis = 0; axis < axes; axis++) {
        const score =
          this.#own[axis]! / this.#ownNorm +
          this.#meaning[axis]! / this.#meaningNorm +
          (this.#pairNorm > 0 ? (this.#pair[axis]! * this.#pairScale[axis]!) / this.#pairNorm : 0)
        sums[axis]! += words * score
        if (words >= fullPassage && score > highest[axis]!) highest[axis] = score
      }
    }
    if (known < fewestKnownWords || knownLetters < smallestKnownShare * letters) return null
    for (let axis = 0; axis < axes; axis++) {
      const mean = sums[axis]! / weight
      const excess = Math.max(0, highest[axis]! - mean)
      scores[axis] = this.#manifest.axes[axis]!.bias + mean + this.#manifest.axes[axis]!.peak * excess
    }
    return scores
  }

  /** The `most` sentences that add most to an axis, strongest first; only such as add something. */
  strongestSentences(text: string, axis: number, most: number): ReadonlyArray<Contribution> {
    const best: Array<Contribution> = []
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
          best.push({ start: start[first]!, end: end[token]!, contribution })
          best.sort((left, right) => right.contribution - left.contribution || left.start - right.start)
          best.length = Math.min(best.length, most)
        }
        first = token + 1
        contribution = 0
      }
    }
    return best
  }

  #enter(word: number, { hashes, rarities, own, meaning }: Weights["lexicon"]): void {
    const axes = this.#axes
    const hash = hashes[word]! | 0
    let slot = (hash ^ (hash >>> 15)) & this.#mask
    while (this.#values[slot * this.#stride + slotDistinctiveness] !== 0) slot = (slot + 1) & this.#mask
    const at = slot * this.#stride
    this.#words[at + slotHash] = hash
    this.#values[at + slotDistinctiveness] = distinctiveness[rarities[word]!]!
    this.#values[at + slotInformativeness] = informativeness[rarities[word]!]!
    for (let axis = 0; axis < axes; axis++) {
      const { scales } = this.#manifest.axes[axis]!
      this.#values[at + slotWeights + axis] = own[word * axes + axis]! * scales.own
      this.#values[at + slotWeights + axes + axis] = meaning[word * axes + axis]! * scales.meaning
    }
  }

  /** Reads the passage at `from` and sums its terms; returns where the next passage begins. */
  #read(text: string, from: number): number {
    const passage = this.#passage
    const next = readPassage(text, from, passage)
    const number = ++this.#number
    const axes = this.#axes
    const stride = this.#stride
    const mask = this.#mask
    const words = this.#words
    const values = this.#values
    const pairs = this.#pairs
    const { count, hash: hashes, start, end, opensSentence } = passage
    const tokenSlot = this.#tokenSlot
    const tokenOwn = this.#tokenOwn
    const tokenMeaning = this.#tokenMeaning
    const tokenPairWeight = this.#tokenPairWeight
    const ownTerms = this.#own.fill(0)
    const meaningTerms = this.#meaning.fill(0)
    const pairTerms = this.#pair.fill(0)
    let ownSquares = 0
    let meaningSum = 0
    let pairSquares = 0
    let knownWords = 0
    let knownLetters = 0
    let letters = 0
    let previousOwn = 0
    let previousHash = 0
    for (let token = 0; token < count; token++) {
      const hash = hashes[token]! | 0
      const length = end[token]! - start[token]!
      letters += length
      tokenOwn[token] = 0
      tokenMeaning[token] = 0
      tokenPairWeight[token] = 0
      let slot = (hash ^ (hash >>> 15)) & mask
      let at = slot * stride
      let own = values[at + slotDistinctiveness]!
      while (own !== 0 && words[at + slotHash] !== hash) {
        slot = (slot + 1) & mask
        at = slot * stride
        own = values[at + slotDistinctiveness]!
      }
      if (own === 0) tokenSlot[token] = -1
      else {
        tokenSlot[token] = at
        knownWords++
        knownLetters += length
        if (words[at + slotSeen] !== number) {
          words[at + slotSeen] = number
          const meaning = values[at + slotInformativeness]!
          tokenOwn[token] = own
          tokenMeaning[token] = meaning
          ownSquares += own * own
          meaningSum += meaning
          for (let axis = 0; axis < axes; axis++) {
            ownTerms[axis]! += own * values[at + slotWeights + axis]!
            meaningTerms[axis]! += meaning * values[at + slotWeights + axes + axis]!
          }
        }
        if (previousOwn !== 0 && opensSentence[token] === 0) {
          const bucket = pairBucket(previousHash, hash)
          if (this.#firstInPassage(bucket)) {
            const weight = (own + previousOwn) / 2
            this.#tokenPair[token] = bucket
            tokenPairWeight[token] = weight
            pairSquares += weight * weight
            for (let axis = 0; axis < axes; axis++) pairTerms[axis]! += weight * pairs[bucket * axes + axis]!
          }
        }
      }
      previousOwn = own
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

  /** Marks a pair as counted in the running passage; false if it was already. */
  #firstInPassage(bucket: number): boolean {
    const buckets = this.#pairSlotBucket
    const seen = this.#pairSlotSeen
    const number = this.#number
    let slot = bucket & (pairSlots - 1)
    while (seen[slot] === number) {
      if (buckets[slot] === bucket) return false
      slot = (slot + 1) & (pairSlots - 1)
    }
    seen[slot] = number
    buckets[slot] = bucket
    return true
  }

  /** What one token of the passage read last adds to its score. */
  #contribution(token: number, axis: number): number {
    const at = this.#tokenSlot[token]!
    if (at < 0) return 0
    const axes = this.#axes
    const weight = this.#tokenPairWeight[token]!
    return (
      (this.#tokenOwn[token]! * this.#values[at + slotWeights + axis]!) / this.#ownNorm +
      (this.#tokenMeaning[token]! * this.#values[at + slotWeights + axes + axis]!) / this.#meaningNorm +
      (weight > 0
        ? (weight * this.#pairs[this.#tokenPair[token]! * axes + axis]! * this.#pairScale[axis]!) / this.#pairNorm
        : 0)
    )
  }
}
