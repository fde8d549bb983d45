/** How much a sequence's logits depend on what else is in the batch: rounding, or a graph that cannot be batched. */
import { gatherRows } from "./KeyValueCache.ts"
import type { OnnxModel } from "./OnnxModel.ts"

/**
 * Largest difference between logits of sequences in a padded batch, through the cache, and alone. About 1e-6 of a sound
 * float32 export; large where padding shows through.
 */
export const batchNoise = async (model: OnnxModel): Promise<number> => {
  const word = (index: number) => (index * 7919 + 11) % model.vocabulary
  const rows = [24, 5, 13].map((length, row) => Array.from({ length }, (_, place) => word(row * 100 + place)))
  const begun = await model.begin(rows)
  // As in generation, the rows are copied into a cache of their own before they go on.
  const cache = gatherRows(
    model.cacheShape,
    rows.map(({ length }, row) => ({ cache: begun.cache, row, tokens: length }))
  )
  const added = rows.map((_, row) => word(1000 + row))
  const after = await model.next(
    added,
    cache,
    rows.map(({ length }) => length)
  )
  let noise = 0
  for (const [row, ids] of rows.entries()) {
    const alone = await model.begin([ids])
    const aloneAfter = await model.begin([[...ids, added[row]!]])
    noise = Math.max(
      noise,
      difference(begun.logits.row(row), alone.logits.row(0)),
      difference(after.logits.row(row), aloneAfter.logits.row(0))
    )
  }
  return noise
}

const difference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((largest, value, index) => {
    const gap = Math.abs(value - b[index]!)
    // A NaN on one side only is the largest difference there is.
    return gap > largest || Number.isNaN(gap) ? (Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap) : largest
  }, 0)
