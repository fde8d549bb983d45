/** The words that the model knows, with how rare each is, counted over all corpora. */
import { Passage, rarityOfFrequency, readPassage } from "../../../plugins/raters/linear/src/Features.ts"

export interface Vocabulary {
  /** Hash of each word, commonest word first. */
  readonly hashes: Uint32Array<ArrayBuffer>
  /** Rarity class of each word. */
  readonly rarities: Uint8Array<ArrayBuffer>
  readonly wordOf: ReadonlyMap<number, number>
}

/** Words of a text passage by passage; the passage is reused. */
export const passagesOf = function* (text: string): Generator<Passage> {
  const passage = new Passage()
  let position = 0
  while (position < text.length) {
    position = readPassage(text, position, passage)
    if (passage.count > 0) yield passage
  }
}

/** Keeps the words that occur at least `fewest` times. */
export const countVocabulary = (texts: ReadonlyArray<string>, fewest: number): Vocabulary => {
  const counts = new Map<number, number>()
  let total = 0
  for (const text of texts) {
    for (const { count, hash } of passagesOf(text)) {
      for (let token = 0; token < count; token++) counts.set(hash[token]!, (counts.get(hash[token]!) ?? 0) + 1)
      total += count
    }
  }
  const kept = [...counts]
    .filter(([, count]) => count >= fewest)
    .sort(([leftHash, left], [rightHash, right]) => right - left || leftHash - rightHash)
  return {
    hashes: Uint32Array.from(kept, ([hash]) => hash),
    rarities: Uint8Array.from(kept, ([, count]) => rarityOfFrequency(count / total)),
    wordOf: new Map(kept.map(([hash], word) => [hash, word]))
  }
}
