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
import { type Hit, PhraseBook } from "./Phrases.ts"
import { noReading, type Reading, SentenceMemory } from "./Reading.ts"
import { Topic, topicPassages } from "./Topic.ts"
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
const slotWord = 4
const slotWeights = 5

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
  /** Where the weights begin of each word that counts, and of each pair, with the weights of their own. */
  readonly #countedAt = new Int32Array(longestPassage)
  readonly #countedOwn = new Float64Array(longestPassage)
  readonly #countedMeaning = new Float64Array(longestPassage)
  readonly #countedPair = new Int32Array(longestPassage)
  readonly #countedPairWeight = new Float64Array(longestPassage)
  #counted = 0
  /** Where the meaning begins of each word that is compared with the other text, and its weight. */
  readonly #meaningAt = new Int32Array(topicPassages * longestPassage)
  readonly #meaningWeight = new Float64Array(topicPassages * longestPassage)
  #meanings = 0
  #ownNorm = 0
  #meaningNorm = 0
  #pairNorm = 0
  #knownWords = 0
  #knownLetters = 0
  #letters = 0
  #pairsRead = 0
  #pairsRepeated = 0
  readonly #phrases: PhraseBook
  readonly #sentences = new SentenceMemory()
  readonly #vectors: Int8Array
  readonly #dimensions: number
  readonly #centre: ReadonlyArray<number>
  readonly #own: Float64Array
  readonly #meaning: Float64Array
  readonly #pair: Float64Array
  readonly #sums: Float64Array
  readonly #highest: Float64Array
  readonly #scores: Float64Array

  /** @param cues patterns of the phrases to look for, cue by cue */
  constructor({ manifest, lexicon }: Weights, cues: ReadonlyArray<ReadonlyArray<string>>) {
    const axes = manifest.axes.length
    this.#axes = axes
    this.#manifest = manifest
    this.#stride = slotWeights + 2 * axes
    const slots = slotsFor(lexicon.hashes.length)
    this.#mask = slots - 1
    this.#words = new Int32Array(slots * this.#stride)
    this.#values = new Float32Array(this.#words.buffer)
    for (let word = 0; word < lexicon.hashes.length; word++) this.#enter(word, lexicon)
    this.#phrases = new PhraseBook(cues, (hash) => {
      const at = this.#slotOf(hash)
      return at < 0 ? 255 : lexicon.rarities[this.#words[at + slotWord]!]!
    })
    this.#vectors = lexicon.vectors
    this.#dimensions = manifest.topic.centre.length
    this.#centre = manifest.topic.centre
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
   * Reads an answer: the uncalibrated score per axis, the phrases found, its form, and how much of the question's subject
   * it takes up. The arrays of scores are reused by the next call.
   *
   * @param topic of the question; null where there is none
   */
  read(text: string, topic: Topic | null): Reading {
    const { fewestKnownWords, smallestKnownShare } = this.#manifest
    const axes = this.#axes
    const sums = this.#sums.fill(0)
    const highest = this.#highest.fill(Number.NEGATIVE_INFINITY)
    const scores = this.#scores
    const hits: Array<Hit> = []
    topic?.begin()
    this.#meanings = 0
    this.#sentences.clear()
    let [position, weight, letters, knownLetters, words, pairs, repeatedPairs] = [0, 0, 0, 0, 0, 0, 0]
    let passages = 0
    let topicWords = 0
    while (position < text.length) {
      position = this.#read(text, position)
      const known = this.#knownWords
      words += this.#passage.count
      knownLetters += this.#knownLetters
      letters += this.#letters
      pairs += this.#pairsRead
      repeatedPairs += this.#pairsRepeated
      this.#phrases.find(this.#passage, hits)
      this.#sentences.add(this.#passage)
      if (topic !== null && passages++ < topicPassages) {
        this.#keepMeanings()
        topic.cover(this.#passage)
        topicWords += this.#passage.count
      }
      if (known === 0) continue
      weight += known
      for (let axis = 0; axis < axes; axis++) {
        const score =
          this.#own[axis]! / this.#ownNorm +
          this.#meaning[axis]! / this.#meaningNorm +
          (this.#pairNorm > 0 ? (this.#pair[axis]! * this.#pairScale[axis]!) / this.#pairNorm : 0)
        sums[axis]! += known * score
        if (known >= fullPassage && score > highest[axis]!) highest[axis] = score
      }
    }
    const legible = weight > 0 && knownLetters >= smallestKnownShare * letters
    if (words === 0) return noReading
    const rated = legible && weight >= fewestKnownWords
    for (let axis = 0; rated && axis < axes; axis++) {
      const mean = sums[axis]! / weight
      const excess = Math.max(0, highest[axis]! - mean)
      scores[axis] = this.#manifest.axes[axis]!.bias + mean + this.#manifest.axes[axis]!.peak * excess
    }
    return {
      scores: rated ? scores : null,
      legible,
      hits,
      words,
      repeatedPairs: pairs === 0 ? 0 : repeatedPairs / pairs,
      repeatedSentences: this.#sentences.repeatedShare(),
      covered: topic === null || !legible ? null : { coverage: topic.coverage(), words: topicWords }
    }
  }

  /** Cosine of the mean meanings of a question and of the answer that was read with it last. */
  cosine(topic: Topic): number {
    return product(topic.vector, this.#meanMeaning())
  }

  /** Phrases of a text that is not rated. */
  phrases(text: string): ReadonlyArray<Hit> {
    const hits: Array<Hit> = []
    for (let position = 0; position < text.length; ) {
      position = readPassage(text, position, this.#passage)
      this.#phrases.find(this.#passage, hits)
    }
    return hits
  }

  /** What a question asks about. */
  topicOf(question: string): Topic {
    const weights = new Map<number, number>()
    this.#meanings = 0
    let [position, passages] = [0, 0]
    while (position < question.length && passages++ < topicPassages) {
      position = this.#read(question, position)
      this.#keepMeanings()
      const { count, hash } = this.#passage
      for (let token = 0; token < count; token++) {
        const slot = this.#tokenSlot[token]!
        weights.set(hash[token]! | 0, slot < 0 ? 1 : this.#values[slot + slotInformativeness]!)
      }
    }
    return new Topic(this.#meanMeaning(), weights)
  }

  /** Keeps the words of the passage read last for {@link #meanMeaning}, each once. */
  #keepMeanings(): void {
    let meanings = this.#meanings
    for (let term = 0; term < this.#counted; term++) {
      this.#meaningAt[meanings] = this.#words[this.#countedAt[term]! - slotWeights + slotWord]! * this.#dimensions
      this.#meaningWeight[meanings++] = this.#countedMeaning[term]!
    }
    this.#meanings = meanings
  }

  /** Unit vector of the meanings of the words kept, by how informative they are. */
  #meanMeaning(): Float64Array {
    const vector = new Float64Array(this.#dimensions)
    const vectors = this.#vectors
    for (let index = 0; index < vector.length; index += 4) {
      // Four at a time, so that the sums stay in registers.
      let [first, second, third, fourth] = [0, 0, 0, 0]
      for (let word = 0; word < this.#meanings; word++) {
        const at = this.#meaningAt[word]! + index
        const weight = this.#meaningWeight[word]!
        first += weight * vectors[at]!
        second += weight * vectors[at + 1]!
        third += weight * vectors[at + 2]!
        fourth += weight * vectors[at + 3]!
      }
      vector[index] = first
      vector[index + 1] = second
      vector[index + 2] = third
      vector[index + 3] = fourth
    }
    return centred(vector, this.#centre)
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

  /** Where a word's slot begins; -1 for an unknown one. */
  #slotOf(hash: number): number {
    let slot = (hash ^ (hash >>> 15)) & this.#mask
    while (this.#values[slot * this.#stride + slotDistinctiveness] !== 0) {
      if (this.#words[slot * this.#stride + slotHash] === hash) return slot * this.#stride
      slot = (slot + 1) & this.#mask
    }
    return -1
  }

  #enter(word: number, { hashes, rarities, own, meaning }: Weights["lexicon"]): void {
    const axes = this.#axes
    const hash = hashes[word]! | 0
    let slot = (hash ^ (hash >>> 15)) & this.#mask
    while (this.#values[slot * this.#stride + slotDistinctiveness] !== 0) slot = (slot + 1) & this.#mask
    const at = slot * this.#stride
    this.#words[at + slotHash] = hash
    this.#words[at + slotWord] = word
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
    const countedAt = this.#countedAt
    const countedOwn = this.#countedOwn
    const countedMeaning = this.#countedMeaning
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
    let previousOwn = 0
    let previousHash = 0
    let pairsRead = 0
    let pairsRepeated = 0
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
          countedAt[counted] = at + slotWeights
          countedOwn[counted] = own
          countedMeaning[counted++] = meaning
        }
        if (previousOwn !== 0 && opensSentence[token] === 0) {
          const bucket = pairBucket(previousHash, hash)
          pairsRead++
          if (!this.#firstInPassage(bucket)) pairsRepeated++
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
    // Axis by axis, so that the sums stay in registers.
    for (let axis = 0; axis < axes; axis++) {
      let ownTerm = 0
      let meaningTerm = 0
      let pairTerm = 0
      for (let term = 0; term < counted; term++) {
        const at = countedAt[term]! + axis
        ownTerm += countedOwn[term]! * values[at]!
        meaningTerm += countedMeaning[term]! * values[at + axes]!
      }
      for (let term = 0; term < countedPairs; term++)
        pairTerm += countedPairWeight[term]! * pairs[countedPair[term]! + axis]!
      this.#own[axis] = ownTerm
      this.#meaning[axis] = meaningTerm
      this.#pair[axis] = pairTerm
    }
    this.#counted = counted
    this.#ownNorm = Math.sqrt(ownSquares)
    this.#meaningNorm = meaningSum
    this.#pairNorm = Math.sqrt(pairSquares)
    this.#knownWords = knownWords
    this.#knownLetters = knownLetters
    this.#letters = letters
    this.#pairsRead = pairsRead
    this.#pairsRepeated = pairsRepeated
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

/** Turns a vector into the unit vector in its direction, without what all texts share; zero where it has none. */
const centred = (vector: Float64Array, centre: ReadonlyArray<number>): Float64Array => {
  const unit = normalised(vector)
  for (let index = 0; index < unit.length; index++) unit[index]! -= centre[index]!
  return normalised(unit)
}

const normalised = (vector: Float64Array): Float64Array => {
  const norm = Math.sqrt(product(vector, vector))
  for (let index = 0; norm !== 0 && index < vector.length; index++) vector[index]! /= norm
  return vector
}

const product = (left: Float64Array, right: Float64Array): number => {
  let sum = 0
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!
  return sum
}
