/** Midranks (1-based): tied values share the mean of the ranks they would occupy. */
export const midranks = (values: ArrayLike<number>): Float64Array => {
  const order = Array.from({ length: values.length }, (_, index) => index).sort((a, b) => values[a]! - values[b]!)
  const ranks = new Float64Array(values.length)
  let start = 0
  while (start < order.length) {
    let end = start
    while (end + 1 < order.length && values[order[end + 1]!] === values[order[start]!]) end++
    for (let position = start; position <= end; position++) ranks[order[position]!] = (start + end) / 2 + 1
    start = end + 1
  }
  return ranks
}

/**
 * The bin of each value, 0 to `bins - 1`, so that every bin holds about as many values as any other. A run of ties goes
 * into one bin as a whole, which makes the bins independent of the order of the input.
 */
export const equalMassBins = (values: ArrayLike<number>, bins: number): Uint32Array =>
  Uint32Array.from(midranks(values), (rank) => Math.floor((bins * (rank - 0.5)) / values.length))
