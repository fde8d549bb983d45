/**
 * Phrases found in the words of a passage: a second use of the one pass over a text.
 *
 * A phrase is looked up at its rarest word and the word beside that, so that nearly every word of a text costs a test or
 * two of a bit. Words are compared by hash, as everywhere in this rater.
 */
import { hashOfWord, type Passage } from "./Features.ts"

/** A phrase that was found; offsets count UTF-16 code units. */
export interface Hit {
  readonly cue: number
  readonly start: number
  readonly end: number
  /** Number of the phrase's first word within the passage. */
  readonly token: number
}

const anyWord = "*"
/** Stands for any word among hashes. */
const anyHash = 0
const gateMask = (1 << 16) - 1

/** Where the word stands that a phrase is looked up by beside its rarest one. */
const beside = { after: 0x3c6ef372, before: 0x1b873593 } as const

const lookedUp = (word: number, neighbour: number, side: number): number => {
  const mixed = Math.imul(word ^ side, 0x85ebca6b) ^ neighbour
  return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) | 0
}

const noEntries: ReadonlyArray<number> = []

/** All phrases of all cues. */
export class PhraseBook {
  /** Words of all phrases, one phrase after the other. */
  readonly #words: Int32Array
  /** By number of a phrase: its cue, where its words begin and end, and the place of its rarest word. */
  readonly #cues: ReadonlyArray<number>
  readonly #offsets: ReadonlyArray<number>
  readonly #keys: ReadonlyArray<number>
  /** Numbers of the phrases by what they are looked up by, ascending. */
  readonly #byPair: ReadonlyMap<number, ReadonlyArray<number>>
  readonly #byWord: ReadonlyMap<number, ReadonlyArray<number>>
  readonly #wordGate = new Uint8Array(gateMask + 1)
  readonly #pairGate = new Uint8Array(gateMask + 1)

  /**
   * @param cues patterns of each cue; a cue is known by its place
   * @param rarityOf rarity class of a word by its hash, as a signed integer
   */
  constructor(cues: ReadonlyArray<ReadonlyArray<string>>, rarityOf: (hash: number) => number) {
    const words: Array<number> = []
    const offsets = [0]
    const cueOf: Array<number> = []
    const keys: Array<number> = []
    const byPair = new Map<number, Array<number>>()
    const byWord = new Map<number, Array<number>>()
    const rarities = new Map<number, number>([[anyHash, -1]])
    const rarity = (hash: number): number => {
      const known = rarities.get(hash)
      if (known !== undefined) return known
      const found = rarityOf(hash)
      rarities.set(hash, found)
      return found
    }
    const enter = (cue: number, phrase: ReadonlyArray<number>): void => {
      const number = cueOf.length
      let key = 0
      for (let place = 1; place < phrase.length; place++) if (rarity(phrase[place]!) > rarity(phrase[key]!)) key = place
      for (const word of phrase) words.push(word)
      offsets.push(words.length)
      cueOf.push(cue)
      keys.push(key)
      const word = phrase[key]!
      const after = phrase[key + 1] ?? anyHash
      const before = phrase[key - 1] ?? anyHash
      this.#wordGate[word & gateMask] = 1
      if (after === anyHash && before === anyHash) append(byWord, word, number)
      else {
        const pair = after !== anyHash ? lookedUp(word, after, beside.after) : lookedUp(word, before, beside.before)
        this.#pairGate[pair & gateMask] = 1
        append(byPair, pair, number)
      }
    }
    for (const [cue, patterns] of cues.entries()) {
      const seen = new Set<number>()
      for (const pattern of patterns)
        spellOut(pattern, (phrase) => {
          const identity = identityOf(phrase)
          if (seen.has(identity)) return
          seen.add(identity)
          enter(cue, phrase)
        })
    }
    this.#words = Int32Array.from(words)
    this.#cues = cueOf
    this.#offsets = offsets
    this.#keys = keys
    this.#byPair = byPair
    this.#byWord = byWord
  }

  /** Adds the phrases of a passage to `hits`; of one cue at one place only the first. */
  find(passage: Passage, hits: Array<Hit>): void {
    const { count, hash } = passage
    const wordGate = this.#wordGate
    const pairGate = this.#pairGate
    for (let token = 0; token < count; token++) {
      const word = hash[token]! | 0
      if (wordGate[word & gateMask] === 0) continue
      const after = token + 1 < count ? lookedUp(word, hash[token + 1]! | 0, beside.after) : 0
      const before = token > 0 ? lookedUp(word, hash[token - 1]! | 0, beside.before) : 0
      const byAfter = pairGate[after & gateMask] === 0 ? noEntries : (this.#byPair.get(after) ?? noEntries)
      const byBefore = pairGate[before & gateMask] === 0 ? noEntries : (this.#byPair.get(before) ?? noEntries)
      const alone = this.#byWord.get(word) ?? noEntries
      if (byAfter.length + byBefore.length + alone.length === 0) continue
      const found: Array<number> = []
      for (const entries of [byAfter, byBefore, alone]) {
        for (const entry of entries) if (this.#stands(entry, passage, token)) found.push(entry)
      }
      if (found.length > 1) found.sort((left, right) => left - right)
      for (const entry of found) this.#add(entry, passage, token, hits)
    }
  }

  #stands(entry: number, { count, hash }: Passage, token: number): boolean {
    const words = this.#words
    const from = token - this.#keys[entry]!
    const first = this.#offsets[entry]!
    const length = this.#offsets[entry + 1]! - first
    if (from < 0 || from + length > count) return false
    for (let place = 0; place < length; place++) {
      const word = words[first + place]!
      if (word !== anyHash && word !== (hash[from + place]! | 0)) return false
    }
    return true
  }

  #add(entry: number, { start, end }: Passage, token: number, hits: Array<Hit>): void {
    const cue = this.#cues[entry]!
    const from = token - this.#keys[entry]!
    const last = hits.at(-1)
    const first = start[from]!
    if (last !== undefined && last.cue === cue && last.start <= first && first < last.end) return
    const words = this.#offsets[entry + 1]! - this.#offsets[entry]!
    hits.push({ cue, start: first, end: end[from + words - 1]!, token: from })
  }
}

const append = (map: Map<number, Array<number>>, key: number, entry: number): void => {
  const entries = map.get(key)
  if (entries === undefined) map.set(key, [entry])
  else entries.push(entry)
}

/**
 * Hands out the phrases of a pattern, each as hashes of its words in an array that is reused: words separated by blanks,
 * `[a|b c|]` for a choice (which may be empty), `*` for any one word. Choices do not nest.
 */
const spellOut = (pattern: string, use: (phrase: ReadonlyArray<number>) => void): void => {
  const parts = [...pattern.matchAll(/\[([^[\]]*)\](?= |$)|[^ ]+/g)].map(([part, choices]) => {
    if (choices === undefined && /[[\]]/.test(part)) throw new Error(`the pattern "${pattern}" has a stray "${part}"`)
    return (choices === undefined ? [part] : choices.split("|")).map(hashesOf)
  })
  const phrase: Array<number> = []
  const extend = (part: number): void => {
    if (part === parts.length) use(phrase)
    const length = phrase.length
    for (const words of parts[part] ?? []) {
      for (const word of words) phrase.push(word)
      extend(part + 1)
      phrase.length = length
    }
  }
  extend(0)
}

const hashesOf = (words: string): ReadonlyArray<number> =>
  words
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => (word === anyWord ? anyHash : hashOfWord(word) | 0))

/** Tells phrases apart, by 52 bits. */
const identityOf = (phrase: ReadonlyArray<number>): number => {
  let high = phrase.length
  let low = 0x9e3779b9
  for (const word of phrase) {
    high = Math.imul(high ^ word, 0x01000193)
    low = Math.imul(low ^ (word >>> 7) ^ (high >>> 13), 0x85ebca6b)
  }
  return (high >>> 0) * 2 ** 20 + (low >>> 12)
}
