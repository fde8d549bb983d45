/** Scores texts by the lexicon, passage by passage: the hot path of rating. */
import { Passage, passageWords, readPassage } from "./Features.ts"
import { MeanMeaning, product } from "./MeanMeaning.ts"
import { type Hit, PhraseBook } from "./Phrases.ts"
import { noReading, type Reading, SentenceMemory } from "./Reading.ts"
import { Terms } from "./Terms.ts"
import { Topic, topicPassages } from "./Topic.ts"
import type { Weights } from "./Weights.ts"
import { slotInformativeness, slotWord, WordTable } from "./WordTable.ts"

/** A stretch of text and what it adds to the score of an axis. */
export interface Contribution {
  readonly start: number
  readonly end: number
  readonly contribution: number
}

/** What is looked for in an answer. */
export interface Wanted {
  /** Numbers of the axes; the scores of the others mean nothing. */
  readonly axes: ReadonlyArray<number>
  /** Whether phrases are looked for, and sentences counted that are said again. */
  readonly phrases: boolean
}

/** Words that a passage must have to be taken for the strongest of several. */
const fullPassage = passageWords / 2

/** Holds the tables and all buffers, so that a call allocates next to nothing. */
export class Scorer {
  readonly #manifest: Weights["manifest"]
  readonly #table: WordTable
  readonly #terms: Terms
  readonly #meaning: MeanMeaning
  /** Made when phrases are first looked for: screening by indicators alone looks for none. */
  #phrases: PhraseBook | null = null
  readonly #makePhrases: () => PhraseBook
  readonly #passage = new Passage()
  readonly #sentences = new SentenceMemory()
  readonly #sums: Float64Array
  readonly #highest: Float64Array
  readonly #scores: Float64Array

  /** @param cues patterns of the phrases to look for, cue by cue */
  constructor(weights: Weights, cues: ReadonlyArray<ReadonlyArray<string>>) {
    const { manifest, lexicon } = weights
    const axes = manifest.axes.length
    const table = new WordTable(weights)
    this.#manifest = manifest
    this.#table = table
    this.#terms = new Terms(table, weights)
    this.#meaning = new MeanMeaning(table, lexicon.vectors, manifest.topic.centre)
    this.#makePhrases = () =>
      new PhraseBook(cues, (hash) => {
        const at = table.slotOf(hash)
        return at < 0 ? 255 : lexicon.rarities[table.words[at + slotWord]!]!
      })
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
  read(text: string, topic: Topic | null, wanted: Wanted): Reading {
    const { fewestKnownWords, smallestKnownShare } = this.#manifest
    const { axes } = wanted
    const terms = this.#terms
    const { passage } = terms
    const sums = this.#sums.fill(0)
    const highest = this.#highest.fill(Number.NEGATIVE_INFINITY)
    const scores = this.#scores
    const hits: Array<Hit> = []
    const phrases = wanted.phrases ? this.#phraseBook() : null
    topic?.begin()
    this.#meaning.clear()
    this.#sentences.clear()
    let [position, weight, letters, knownLetters, words, pairs, repeatedPairs] = [0, 0, 0, 0, 0, 0, 0]
    let passages = 0
    let topicWords = 0
    while (position < text.length) {
      position = terms.read(text, position)
      const known = terms.knownWords
      words += passage.count
      knownLetters += terms.knownLetters
      letters += terms.letters
      pairs += terms.pairs
      repeatedPairs += terms.repeatedPairs
      if (phrases !== null) {
        phrases.find(passage, hits)
        this.#sentences.add(passage)
      }
      if (topic !== null && passages++ < topicPassages) {
        this.#meaning.add(terms)
        topic.cover(passage)
        topicWords += passage.count
      }
      if (known === 0) continue
      weight += known
      terms.score(axes, scores)
      for (let index = 0; index < axes.length; index++) {
        const axis = axes[index]!
        sums[axis]! += known * scores[axis]!
        if (known >= fullPassage && scores[axis]! > highest[axis]!) highest[axis] = scores[axis]!
      }
    }
    if (words === 0) return noReading
    const legible = weight > 0 && knownLetters >= smallestKnownShare * letters
    return {
      scores: legible && weight >= fewestKnownWords ? this.#pooled(axes, weight) : null,
      legible,
      hits,
      words,
      repeatedPairs: pairs === 0 ? 0 : repeatedPairs / pairs,
      repeatedSentences: this.#sentences.repeatedShare(),
      covered: topic === null || !legible ? null : { coverage: topic.coverage(), words: topicWords }
    }
  }

  /** Scores of the whole answer, from the sums over its passages. */
  #pooled(axes: ReadonlyArray<number>, weight: number): Float64Array {
    for (const axis of axes) {
      const { bias, peak } = this.#manifest.axes[axis]!
      const mean = this.#sums[axis]! / weight
      this.#scores[axis] = bias + mean + peak * Math.max(0, this.#highest[axis]! - mean)
    }
    return this.#scores
  }

  /** Cosine of the mean meanings of a question and of the answer that was read with it last. */
  cosine(topic: Topic): number {
    return product(topic.vector, this.#meaning.vector())
  }

  /** Phrases of a text that is not rated. */
  phrases(text: string): ReadonlyArray<Hit> {
    const hits: Array<Hit> = []
    const phrases = this.#phraseBook()
    for (let position = 0; position < text.length; ) {
      position = readPassage(text, position, this.#passage)
      phrases.find(this.#passage, hits)
    }
    return hits
  }

  #phraseBook(): PhraseBook {
    this.#phrases ??= this.#makePhrases()
    return this.#phrases
  }

  /** What a question asks about. */
  topicOf(question: string): Topic {
    const weights = new Map<number, number>()
    const { passage, tokenSlot } = this.#terms
    this.#meaning.clear()
    let [position, passages] = [0, 0]
    while (position < question.length && passages++ < topicPassages) {
      position = this.#terms.read(question, position)
      this.#meaning.add(this.#terms)
      for (let token = 0; token < passage.count; token++) {
        const slot = tokenSlot[token]!
        weights.set(passage.hash[token]! | 0, slot < 0 ? 1 : this.#table.values[slot + slotInformativeness]!)
      }
    }
    return new Topic(this.#meaning.vector(), weights)
  }

  /** The `most` sentences that add most to an axis, strongest first; only such as add something. */
  strongestSentences(text: string, axis: number, most: number): ReadonlyArray<Contribution> {
    const best: Array<Contribution> = []
    let position = 0
    while (position < text.length) {
      position = this.#terms.read(text, position)
      const { count, start, end, opensSentence } = this.#terms.passage
      let first = 0
      let contribution = 0
      for (let token = 0; token < count; token++) {
        contribution += this.#terms.contribution(token, axis)
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
}
