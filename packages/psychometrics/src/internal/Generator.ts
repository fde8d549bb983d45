import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus"
import type { RandomGenerator } from "pure-rand/types/RandomGenerator"
import { checkInteger } from "./Check.ts"
import { murmurHash3 } from "./MurmurHash3.ts"

/** A text, or a safe integer. An integer means its decimal text: 42 and "42" are one seed. */
export type Seed = string | number

/** The bare generator behind `makeRandom`, for inner loops that cannot afford a closure per number. */
export const makeGenerator = (where: string, seed: Seed): RandomGenerator =>
  xoroshiro128plusFromState(digest(seedText(where, seed)))

/** 128 bits of the text's UTF-8 bytes: MurmurHash3 under the seeds 0, 1, 2 and 3. */
export const digest = (text: string): ReadonlyArray<number> => {
  const bytes = new TextEncoder().encode(text)
  return [0, 1, 2, 3].map((hashSeed) => murmurHash3(bytes, hashSeed))
}

export const seedText = (where: string, seed: Seed): string => {
  if (typeof seed === "number") checkInteger(where, "seed", seed, Number.MIN_SAFE_INTEGER)
  return String(seed)
}
