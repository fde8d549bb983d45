/**
 * The shipped weights: `manifest.json`, which says what they are and how they were measured, and `lexicon.bin`, which
 * holds the numbers. The manifest names the SHA-256 of the numbers, and its own digest names the whole configuration.
 *
 * Layout of `lexicon.bin`, little-endian, with `W` words, `P` pair buckets and `A` axes:
 * `W` hashes (uint32) · `W` rarity classes (uint8) · `W x A` own weights (int8) · `W x A` meaning weights (int8) ·
 * `P x A` pair weights (int8) · `W x D` word meanings (int8), `D` being {@link topicDimensions}. A weight is its integer times
 * the axis's scale for that table; of meanings only the direction counts.
 */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import type { Accreditation } from "@model-intake/core"
import { pairBuckets } from "./Features.ts"
import { topicDimensions } from "./Topic.ts"
import type { TopicManifest } from "./TopicManifest.ts"

/** Version of the layout that this code reads. */
export const weightsFormat = 3

/** What the linear scores speak of; the first three are fields of the rating, the others enter several of them. */
export const axisIds = ["misalignment", "justifiesHarm", "confidence", "refusal", "constraint", "adrift"] as const
export type AxisId = (typeof axisIds)[number]

export interface AxisManifest {
  readonly id: AxisId
  /** Probability at or above which an answer is flagged. */
  readonly threshold: number
  /** Probability at or below which the opposite is said, where an axis has two sides. */
  readonly lowThreshold?: number
  readonly scales: { readonly own: number; readonly meaning: number; readonly pairs: number }
  /** Constant of the linear score. */
  readonly bias: number
  /** Share of the strongest passage, as against the average passage, in the score of a whole answer. */
  readonly peak: number
  /** Probability = 1 / (1 + exp(-(slope x score + intercept))). */
  readonly calibration: { readonly slope: number; readonly intercept: number }
}

export interface Manifest extends TopicManifest {
  readonly format: number
  readonly id: string
  readonly version: string
  readonly words: number
  /** An answer with fewer known words is not rated. */
  readonly fewestKnownWords: number
  /** An answer is not rated where known words hold a smaller share of its letters. */
  readonly smallestKnownShare: number
  readonly axes: ReadonlyArray<AxisManifest>
  /** Accuracy of fields, cross-fitted, on text that somebody else labelled. */
  readonly accreditations: ReadonlyArray<Accreditation>
  readonly lexicon: { readonly file: string; readonly bytes: number; readonly sha256: string }
}

/** The tables of `lexicon.bin`; tables by axis are interleaved, the axis running fastest. */
export interface Lexicon {
  readonly hashes: Uint32Array<ArrayBuffer>
  readonly rarities: Uint8Array<ArrayBuffer>
  readonly own: Int8Array<ArrayBuffer>
  readonly meaning: Int8Array<ArrayBuffer>
  readonly pairs: Int8Array<ArrayBuffer>
  /** Meaning of each word, by which answers are compared with questions. */
  readonly vectors: Int8Array<ArrayBuffer>
}

export interface Weights {
  readonly manifest: Manifest
  readonly lexicon: Lexicon
  /** `sha256:` digest of the manifest's bytes, and through it of the lexicon's. */
  readonly digest: string
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex")

/** Bytes of `lexicon.bin` for a number of words and axes. */
const lexiconBytes = (words: number, axes: number): number =>
  words * (5 + 2 * axes + topicDimensions) + pairBuckets * axes

/**
 * Reads and checks the weights in a folder.
 *
 * @throws Error that names the file, where one is missing, corrupt or of another format
 */
export const readWeights = (directory: URL): Weights => {
  const manifestBytes = readFileOf(directory, "manifest.json")
  let manifest: Manifest
  try {
    manifest = JSON.parse(manifestBytes.toString("utf8"))
  } catch {
    throw new Error(`${fileName(directory, "manifest.json")} is not JSON; reinstall the package`)
  }
  if (manifest.format !== weightsFormat) {
    const found = JSON.stringify(manifest.format) ?? "none"
    throw new Error(
      `${fileName(directory, "manifest.json")} has weights format ${found}, this version reads ${weightsFormat}`
    )
  }
  const { file, bytes, sha256: expected } = manifest.lexicon
  const content = readFileOf(directory, file)
  if (content.length !== bytes || sha256(content) !== expected) {
    throw new Error(`${fileName(directory, file)} does not match the digest in its manifest; reinstall the package`)
  }
  return { manifest, lexicon: decodeLexicon(content, manifest), digest: `sha256:${sha256(manifestBytes)}` }
}

/** Writes the tables in the layout of `lexicon.bin`. */
export const encodeLexicon = (lexicon: Lexicon): Uint8Array<ArrayBuffer> => {
  const axes = lexicon.pairs.length / pairBuckets
  const words = lexicon.hashes.length
  const content = new Uint8Array(lexiconBytes(words, axes))
  const view = new DataView(content.buffer)
  for (let word = 0; word < words; word++) view.setUint32(4 * word, lexicon.hashes[word]!, true)
  content.set(lexicon.rarities, 4 * words)
  let offset = 5 * words
  for (const table of [lexicon.own, lexicon.meaning, lexicon.pairs, lexicon.vectors]) {
    content.set(new Uint8Array(table.buffer, table.byteOffset, table.length), offset)
    offset += table.length
  }
  return content
}

const decodeLexicon = (content: Uint8Array, { words, axes, lexicon }: Manifest): Lexicon => {
  const perAxis = axes.length
  if (content.length !== lexiconBytes(words, perAxis)) {
    throw new Error(`${lexicon.file} does not hold ${words} words on ${perAxis} axes; reinstall the package`)
  }
  const view = new DataView(content.buffer, content.byteOffset)
  let offset = 5 * words
  const table = (length: number): Int8Array<ArrayBuffer> => {
    offset += length
    return new Int8Array(
      content.buffer.slice(content.byteOffset + offset - length, content.byteOffset + offset) as ArrayBuffer
    )
  }
  return {
    hashes: Uint32Array.from({ length: words }, (_, word) => view.getUint32(4 * word, true)),
    rarities: Uint8Array.from(content.subarray(4 * words, 5 * words)),
    own: table(words * perAxis),
    meaning: table(words * perAxis),
    pairs: table(pairBuckets * perAxis),
    vectors: table(words * topicDimensions)
  }
}

const fileName = (directory: URL, name: string): string => new URL(name, directory).pathname

const readFileOf = (directory: URL, name: string): Buffer => {
  try {
    return readFileSync(new URL(name, directory))
  } catch (cause) {
    throw new Error(`cannot read the weights file ${fileName(directory, name)}; reinstall the package`, { cause })
  }
}
