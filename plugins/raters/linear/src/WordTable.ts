/**
 * All that is known of each word, looked up by its hash: an open-addressed table whose slots hold everything side by
 * side, so that a word costs one or two cache lines.
 */
import { distinctiveness, informativeness } from "./Features.ts"
import type { Weights } from "./Weights.ts"

/** Fields of a slot, four bytes each; the weights of the axes follow, own before meaning. */
export const slotHash = 0
/** Number of the passage that the word was seen in last. */
export const slotSeen = 1
/** 0 marks an empty slot: no word is that common. */
export const slotDistinctiveness = 2
export const slotInformativeness = 3
/** Number of the word in the lexicon. */
export const slotWord = 4
export const slotWeights = 5

/** Slots: a power of two, at most half full. */
const slotsFor = (words: number): number => 2 ** Math.ceil(Math.log2(Math.max(2, 2 * words)))

export class WordTable {
  readonly axes: number
  /** Fields of a slot. */
  readonly stride: number
  /** Number of slots less one. */
  readonly mask: number
  /** The same bytes as whole numbers and as floats. */
  readonly words: Int32Array
  readonly values: Float32Array

  constructor({ manifest, lexicon }: Weights) {
    this.axes = manifest.axes.length
    this.stride = slotWeights + 2 * this.axes
    const slots = slotsFor(lexicon.hashes.length)
    this.mask = slots - 1
    this.words = new Int32Array(slots * this.stride)
    this.values = new Float32Array(this.words.buffer)
    for (let word = 0; word < lexicon.hashes.length; word++) this.#enter(word, manifest.axes, lexicon)
  }

  /** Where a word's slot begins; -1 for an unknown one. */
  slotOf(hash: number): number {
    let slot = firstSlot(hash, this.mask)
    while (this.values[slot * this.stride + slotDistinctiveness] !== 0) {
      if (this.words[slot * this.stride + slotHash] === hash) return slot * this.stride
      slot = (slot + 1) & this.mask
    }
    return -1
  }

  #enter(
    word: number,
    axes: Weights["manifest"]["axes"],
    { hashes, rarities, own, meaning }: Weights["lexicon"]
  ): void {
    const hash = hashes[word]! | 0
    let slot = firstSlot(hash, this.mask)
    while (this.values[slot * this.stride + slotDistinctiveness] !== 0) slot = (slot + 1) & this.mask
    const at = slot * this.stride
    this.words[at + slotHash] = hash
    this.words[at + slotWord] = word
    this.values[at + slotDistinctiveness] = distinctiveness[rarities[word]!]!
    this.values[at + slotInformativeness] = informativeness[rarities[word]!]!
    for (const [axis, { scales }] of axes.entries()) {
      const from = word * axes.length + axis
      this.values[at + slotWeights + axis] = own[from]! * scales.own
      this.values[at + slotWeights + axes.length + axis] = meaning[from]! * scales.meaning
    }
  }
}

/** The slot at which the search for a word begins. */
export const firstSlot = (hash: number, mask: number): number => (hash ^ (hash >>> 15)) & mask
