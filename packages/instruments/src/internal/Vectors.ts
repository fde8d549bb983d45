/** Arithmetic of hidden states. */

/** Dot product of two vectors of one length. */
export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let total = 0
  for (let place = 0; place < a.length; place++) total += a[place]! * b[place]!
  return total
}
