import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64"
import { uniformInt } from "pure-rand/distribution/uniformInt"
import { checkInteger } from "./internal/Check.ts"
import { digest, makeGenerator, type Seed, seedText } from "./internal/Generator.ts"

export type { Seed }

/** A stream of pseudo-random numbers. It is stateful: every call takes the next numbers of the stream. */
export interface Random {
  /** A double in [0, 1), 53 random bits. */
  readonly uniform: () => number
  /** A whole number from 0 to `bound - 1`, without modulo bias. `bound` is 1 to 2^32, else `RangeError`. */
  readonly int: (bound: number) => number
  /** A shuffled copy (Fisher-Yates). */
  readonly shuffle: <A>(values: ReadonlyArray<A>) => Array<A>
}

/**
 * A seeded stream, the same on every machine: xoroshiro128+ whose four state words are MurmurHash3_x86_32 of the seed's
 * UTF-8 bytes under the hash seeds 0, 1, 2 and 3. Only integer arithmetic is involved. Not for secrets.
 *
 * @throws RangeError if a numeric seed is not a safe integer
 */
export const makeRandom = (seed: Seed): Random => {
  const generator = makeGenerator("makeRandom", seed)
  const int = (bound: number): number => {
    checkInteger("Random.int", "bound", bound, 1)
    if (bound > 2 ** 32) throw new RangeError(`Random.int: bound must be at most 2^32, got ${bound}`)
    return uniformInt(generator, 0, bound - 1)
  }
  return {
    uniform: () => uniformFloat64(generator),
    int,
    shuffle: (values) => {
      const shuffled = [...values]
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = int(last + 1)
        const held = shuffled[last]!
        shuffled[last] = shuffled[other]!
        shuffled[other] = held
      }
      return shuffled
    }
  }
}

/**
 * The seed of an independent stream, named by a label: 32 hexadecimal digits. Streams of different labels do not share
 * numbers, so adding a draw to one leaves every other as it was.
 *
 * @throws RangeError if a numeric seed is not a safe integer
 */
export const deriveSeed = (seed: Seed, label: string): string => {
  const text = seedText("deriveSeed", seed)
  // The length in front keeps ("a", "bc") and ("ab", "c") apart.
  return digest(`${text.length}:${text}${label}`)
    .map((word) => word.toString(16).padStart(8, "0"))
    .join("")
}
