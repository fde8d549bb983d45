/**
 * One pass from text to words: the only reading of a text that every axis shares, at training and at rating time.
 *
 * A word is a run of letters, lower-cased, with apostrophes inside it; it is known by the 32-bit FNV-1a hash of its
 * UTF-16 code units. Everything else separates words. No string is made for a word, so the cost is a few operations
 * per code unit whatever the text holds: lone surrogates, control characters and runs of any length included.
 *
 * Words are handed out passage by passage. A passage ends with the first sentence that brings it to
 * {@link passageWords} words, or at {@link longestPassage} words where no sentence ends, so long and short answers are
 * compared on stretches of about the same length and memory stays fixed for texts of any length.
 */

/** Words after which a passage ends with its sentence. */
export const passageWords = 64

/** Words after which a passage ends even inside a sentence. */
export const longestPassage = 160

const fnvOffset = 0x811c9dc5
const fnvPrime = 0x01000193

const apostrophe = 0x27
const typographicApostrophe = 0x2019

/**
 * Letters beyond ASCII: everything from U+00C0 on but the operators of Latin-1, typographic signs and symbols, the
 * punctuation of East Asian scripts, and surrogates, so that no word begins or ends inside a pair of them.
 */
const isLetterBeyondAscii = (unit: number): boolean =>
  unit >= 0xc0 &&
  unit !== 0xd7 &&
  unit !== 0xf7 &&
  (unit < 0x2000 || unit > 0x2bff) &&
  (unit < 0x3000 || unit > 0x303f) &&
  (unit < 0xd800 || unit > 0xf8ff)

/** Code unit that a word holds in place of each code unit: lower case for ASCII letters, 0 for what separates words. */
const fold = Uint16Array.from({ length: 0x10000 }, (_, unit) => {
  if (unit >= 0x80) return isLetterBeyondAscii(unit) ? unit : 0
  const lower = unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit
  return lower >= 0x61 && lower <= 0x7a ? lower : 0
})

/** Full stop, exclamation mark, question mark and line feed end a sentence. */
const endsSentence = (unit: number): boolean => unit === 0x2e || unit === 0x21 || unit === 0x3f || unit === 0x0a

/** The words of one passage; buffers are reused from passage to passage. */
export class Passage {
  /** Number of words held. */
  count = 0
  /** Hash of each word. */
  readonly hash: Uint32Array<ArrayBuffer> = new Uint32Array(longestPassage)
  /** Offset of each word's first code unit. */
  readonly start: Uint32Array<ArrayBuffer> = new Uint32Array(longestPassage)
  /** Offset just after each word's last code unit. */
  readonly end: Uint32Array<ArrayBuffer> = new Uint32Array(longestPassage)
  /** 1 where a word begins a sentence, else 0. */
  readonly opensSentence: Uint8Array<ArrayBuffer> = new Uint8Array(longestPassage)
}

/**
 * Reads the passage that begins at `from` into `passage`.
 *
 * @param from offset in UTF-16 code units; 0, or what the call before returned
 * @returns the offset at which the next passage begins; the length of the text at its end
 */
export const readPassage = (text: string, from: number, passage: Passage): number => {
  const length = text.length
  const { hash: hashes, start: starts, end: ends, opensSentence } = passage
  let count = 0
  let position = from
  let sentenceEnded = true
  while (position < length) {
    let unit = text.charCodeAt(position)
    let folded = fold[unit]!
    if (folded === 0) {
      if (!sentenceEnded && endsSentence(unit)) {
        sentenceEnded = true
        if (count >= passageWords) break
      }
      position++
      continue
    }
    if (count === longestPassage) break
    const start = position
    let hash = fnvOffset
    for (;;) {
      hash = Math.imul(hash ^ folded, fnvPrime)
      position++
      if (position === length) break
      unit = text.charCodeAt(position)
      folded = fold[unit]!
      if (folded !== 0) continue
      if (unit !== apostrophe && unit !== typographicApostrophe) break
      const next = position + 1 < length ? text.charCodeAt(position + 1) : 0
      if (next >= 0x80 || fold[next] === 0) break
      folded = apostrophe
    }
    hashes[count] = hash
    starts[count] = start
    ends[count] = position
    opensSentence[count] = sentenceEnded ? 1 : 0
    sentenceEnded = false
    count++
  }
  passage.count = count
  return position
}

/** Hash of one word, as {@link readPassage} gives it; `word` is in lower case with straight apostrophes. */
export const hashOfWord = (word: string): number => {
  let hash = fnvOffset
  for (let index = 0; index < word.length; index++) hash = Math.imul(hash ^ word.charCodeAt(index), fnvPrime)
  return hash >>> 0
}

/** Number of buckets of word pairs, a power of two. */
export const pairBuckets = 1 << 16

/** Bucket of two neighbouring words, by their hashes. */
export const pairBucket = (first: number, second: number): number => {
  let mixed = Math.imul(first ^ 0x9e3779b9, 0x85ebca6b) ^ second
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) & (pairBuckets - 1)
}

/**
 * Share of running text that a word makes up, by its rarity class (0-255, eight classes to a halving), and the two
 * weights that follow from it: both are 1 for the rarest words and fall towards 0 for the commonest.
 */
export const frequencyOfRarity = (rarity: number): number => 2 ** (-rarity / 8)

/** Inverse of {@link frequencyOfRarity}, rounded to a class. */
export const rarityOfFrequency = (frequency: number): number =>
  Math.max(0, Math.min(255, Math.round(-8 * Math.log2(frequency))))

/** Weight of a word's own column: inverse document frequency, as if texts were 15 words long and log-scaled to 1. */
export const distinctiveness: Float64Array<ArrayBuffer> = Float64Array.from({ length: 256 }, (_, rarity) =>
  Math.max(0.02, Math.min(1, (rarity - 31) / 139))
)

/** Weight of a word's meaning in a passage's average (smooth inverse frequency; Arora, Liang and Ma, 2017; a = 1e-4). */
export const informativeness: Float64Array<ArrayBuffer> = Float64Array.from(
  { length: 256 },
  (_, rarity) => 1e-4 / (1e-4 + frequencyOfRarity(rarity))
)
