/** The terms of one passage: which words and pairs count, with what weight, and what they add up to on each axis. */
import { longestPassage, Passage, pairBucket, readPassage } from "./Features.ts"
import type { Weights } from "./Weights.ts"
import {
  firstSlot,
  slotDistinctiveness,
  slotHash,
  slotInformativeness,
  slotSeen,
  slotWeights,
  type WordTable
} from "./WordTable.ts"

/** Slots of the table of pairs within a passage: a power of two, at most a third full. */
const pairSlots = 512

/** Reads passages into buffers of its own, which the next passage overwrites. */
export class Terms {
  readonly passage = new Passage()
  /** Slot of each token's word, or -1 for an unknown one. */
  readonly tokenSlot = new Int32Array(longestPassage)
  /** Where the weights begin of each word that counts, and its weight in the average of meanings; `counted` of them. */
  readonly countedAt = new Int32Array(longestPassage)
  readonly countedMeaning = new Float64Array(longestPassage)
  counted = 0
  knownWords = 0
  knownLetters = 0
  letters = 0
  pairs = 0
  repeatedPairs = 0
  readonly #table: WordTable
  readonly #pairWeights: Int8Array
  readonly #pairScale: Float64Array
  /** Weight with which each token counts, 0 for a repetition; bucket and weight of the pair that it ends. */
  readonly #tokenOwn = new Float64Array(longestPassage)
  readonly #tokenMeaning = new Float64Array(longestPassage)
  readonly #tokenPair = new Int32Array(longestPassage)
  readonly #tokenPairWeight = new Float64Array(longestPassage)
  readonly #countedOwn = new Float64Array(longestPassage)
  readonly #countedPair = new Int32Array(longestPassage)
  readonly #countedPairWeight = new Float64Array(longestPassage)
  #countedPairs = 0
  #ownNorm = 0
  #meaningNorm = 0
  #pairNorm = 0
  /** Bucket and passage of each pair of the passage that was counted. */
  readonly #pairSlotBucket = new Int32Array(pairSlots)
  readonly #pairSlotSeen = new Int32Array(pairSlots)
  /** Number of the running passage; comparing with it spares clearing the marks of what was seen. */
  #number = 0

  constructor(table: WordTable, { manifest, lexicon }: Weights) {
    this.#table = table
    this.#pairWeights = lexicon.pairs
    this.#pairScale = Float64Array.from(manifest.axes, ({ scales }) => scales.pairs)
  }

  /** Reads the passage at `from`; returns where the next passage begins. */
  read(text: string, from: number): number {
    const passage = this.passage
    const next = readPassage(text, from, passage)
    const number = ++this.#number
    const { axes, mask, stride, values, words } = this.#table
    const { count, hash: hashes, start, end, opensSentence } = passage
    const tokenSlot = this.tokenSlot
    const tokenOwn = this.#tokenOwn
    const tokenMeaning = this.#tokenMeaning
    const tokenPairWeight = this.#tokenPairWeight
    const countedAt = this.countedAt
    const countedOwn = this.#countedOwn
    const countedMeaning = this.countedMeaning
    const countedPair = this.#countedPair
    const countedPairWeight = this.#countedPairWeight
    let counted = 0
    let countedPairs = 0
    let ownSquares = 0
    let meaningSum = 0
    let pairSquares = 0
    let knownWords = 0
    let knownLetters = 0
    let letters = 0
    let pairs = 0
    let repeatedPairs = 0
    let previousOwn = 0
    let previousHash = 0
    for (let token = 0; token < count; token++) {
      const hash = hashes[token]! | 0
      const length = end[token]! - start[token]!
      letters += length
      tokenOwn[token] = 0
      tokenMeaning[token] = 0
      tokenPairWeight[token] = 0
      let slot = firstSlot(hash, mask)
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
          countedAt[counted] = at + slotWeights
          countedOwn[counted] = own
          countedMeaning[counted++] = meaning
        }
        if (previousOwn !== 0 && opensSentence[token] === 0) {
          const bucket = pairBucket(previousHash, hash)
          pairs++
          if (!this.#firstInPassage(bucket)) repeatedPairs++
          else {
            const weight = (own + previousOwn) / 2
            this.#tokenPair[token] = bucket
            tokenPairWeight[token] = weight
            pairSquares += weight * weight
            countedPair[countedPairs] = bucket * axes
            countedPairWeight[countedPairs++] = weight
          }
        }
      }
      previousOwn = own
      previousHash = hash
    }
    this.counted = counted
    this.#countedPairs = countedPairs
    this.#ownNorm = Math.sqrt(ownSquares)
    this.#meaningNorm = meaningSum
    this.#pairNorm = Math.sqrt(pairSquares)
    this.knownWords = knownWords
    this.knownLetters = knownLetters
    this.letters = letters
    this.pairs = pairs
    this.repeatedPairs = repeatedPairs
    return next
  }

  /**
   * Scores of the passage on some axes, without their constants; not for a passage without a known word.
   *
   * @param into takes the scores, each in its axis's place
   */
  score(axes: ReadonlyArray<number>, into: Float64Array): void {
    const { axes: all, values } = this.#table
    const { counted, countedAt, countedMeaning } = this
    const countedOwn = this.#countedOwn
    const countedPair = this.#countedPair
    const countedPairs = this.#countedPairs
    const countedPairWeight = this.#countedPairWeight
    const pairWeights = this.#pairWeights
    const ownNorm = this.#ownNorm
    const meaningNorm = this.#meaningNorm
    const pairNorm = this.#pairNorm
    // Axis by axis, so that the sums stay in registers.
    for (let index = 0; index < axes.length; index++) {
      const axis = axes[index]!
      let own = 0
      let meaning = 0
      let pair = 0
      for (let term = 0; term < counted; term++) {
        const at = countedAt[term]! + axis
        own += countedOwn[term]! * values[at]!
        meaning += countedMeaning[term]! * values[at + all]!
      }
      for (let term = 0; term < countedPairs; term++)
        pair += countedPairWeight[term]! * pairWeights[countedPair[term]! + axis]!
      into[axis] =
        own / ownNorm + meaning / meaningNorm + (pairNorm > 0 ? (pair * this.#pairScale[axis]!) / pairNorm : 0)
    }
  }

  /** What one token adds to that score. */
  contribution(token: number, axis: number): number {
    const at = this.tokenSlot[token]!
    if (at < 0) return 0
    const { axes, values } = this.#table
    const weight = this.#tokenPairWeight[token]!
    return (
      (this.#tokenOwn[token]! * values[at + slotWeights + axis]!) / this.#ownNorm +
      (this.#tokenMeaning[token]! * values[at + slotWeights + axes + axis]!) / this.#meaningNorm +
      (weight > 0
        ? (weight * this.#pairWeights[this.#tokenPair[token]! * axes + axis]! * this.#pairScale[axis]!) / this.#pairNorm
        : 0)
    )
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
}
