/** What one pass over an answer finds, before any field is made of it. */
import type { Passage } from "./Features.ts"
import type { Hit } from "./Phrases.ts"
import type { Overlap } from "./Topic.ts"

export interface Reading {
  /** Uncalibrated score per axis; null where the answer holds too little that is known. */
  readonly scores: Float64Array | null
  /** Known words hold enough of the letters: the language is one that the phrases are in. */
  readonly legible: boolean
  /** Phrases found, in the order of the text. */
  readonly hits: ReadonlyArray<Hit>
  readonly words: number
  /** Share of pairs of neighbouring words that stood in the same passage before. */
  readonly repeatedPairs: number
  /** Share of sentences, of four words or more, that were said before. */
  readonly repeatedSentences: number
  /** What it covers of the question; null without a question, or where the answer is not legible. */
  readonly covered: Omit<Overlap, "cosine"> | null
}

/** Of a text without a word. */
export const noReading: Reading = {
  scores: null,
  legible: false,
  hits: [],
  words: 0,
  repeatedPairs: 0,
  repeatedSentences: 0,
  covered: null
}

/** Sentences that are remembered: memory stays fixed for answers of any length. */
const mostSentences = 400
const shortestSentence = 4

/** Slots of the open-addressed table of sentences: a power of two, at most half full. */
const sentenceSlots = 1024

/** Counts sentences that an answer says more than once. */
export class SentenceMemory {
  readonly #hashes = new Int32Array(sentenceSlots)
  /** Number of the answer that a slot was filled by; comparing with it spares clearing the table. */
  readonly #seen = new Int32Array(sentenceSlots)
  #answer = 0
  #sentences = 0
  #repeated = 0

  clear(): void {
    this.#answer++
    this.#sentences = 0
    this.#repeated = 0
  }

  add({ count, hash, opensSentence }: Passage): void {
    let mixed = 0
    let words = 0
    for (let token = 0; token < count && this.#sentences < mostSentences; token++) {
      mixed = (Math.imul(mixed, 31) + hash[token]!) | 0
      words++
      if (token + 1 < count && opensSentence[token + 1] === 0) continue
      if (words >= shortestSentence) {
        this.#sentences++
        if (!this.#enter(mixed)) this.#repeated++
      }
      mixed = 0
      words = 0
    }
  }

  repeatedShare(): number {
    return this.#sentences === 0 ? 0 : this.#repeated / this.#sentences
  }

  /** False if the sentence was there already. */
  #enter(sentence: number): boolean {
    let slot = (sentence ^ (sentence >>> 15)) & (sentenceSlots - 1)
    while (this.#seen[slot] === this.#answer) {
      if (this.#hashes[slot] === sentence) return false
      slot = (slot + 1) & (sentenceSlots - 1)
    }
    this.#seen[slot] = this.#answer
    this.#hashes[slot] = sentence
    return true
  }
}
