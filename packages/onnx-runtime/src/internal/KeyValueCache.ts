/** Keys and values of a batch of sequences of different lengths, aligned at their last token. */

/** Of every key and value tensor. */
export interface CacheShape {
  /** Keys and values of all layers. */
  readonly tensors: number
  readonly heads: number
  /** Numbers per head and token. */
  readonly width: number
}

export interface KeyValueCache {
  /** Tokens that every row has room for; a shorter row is padded on the left. */
  readonly length: number
  /** One array per tensor: [rows, heads, length, width]. */
  readonly data: ReadonlyArray<Float32Array>
}

/** One row of a cache, of which the last `tokens` columns count. */
export interface CacheRow {
  readonly cache: KeyValueCache
  readonly row: number
  readonly tokens: number
}

export const emptyCache = ({ tensors }: CacheShape): KeyValueCache => ({
  length: 0,
  data: Array.from({ length: tensors }, () => new Float32Array(0))
})

/** A cache of the given rows, whichever caches they come from, no longer than the longest of them. */
export const gatherRows = ({ tensors, heads, width }: CacheShape, rows: ReadonlyArray<CacheRow>): KeyValueCache => {
  const length = rows.reduce((longest, { tokens }) => Math.max(longest, tokens), 0)
  const data = Array.from({ length: tensors }, (_, tensor) => {
    const target = new Float32Array(rows.length * heads * length * width)
    for (const [index, { cache, row, tokens }] of rows.entries()) {
      const source = cache.data[tensor]!
      for (let head = 0; head < heads; head++) {
        const end = (row * heads + head + 1) * cache.length * width
        target.set(source.subarray(end - tokens * width, end), ((index * heads + head + 1) * length - tokens) * width)
      }
    }
    return target
  })
  return { length, data }
}
