/**
 * Item-clustered bootstrap, 10,000 draws over 48 items x 4 replicates, against a floor measured in the same run: nothing
 * but the 480,000 random indices that those draws need, from the same generator.
 */
import { bootstrapMean, makeRandom } from "@model-intake/psychometrics"
import { uniformInt } from "pure-rand/distribution/uniformInt"
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus"

const draws = 10_000
const itemCount = 48
const replicates = 4
const rounds = 30

const random = makeRandom("bootstrap benchmark")
const items = Array.from({ length: itemCount }, () => Array.from({ length: replicates }, () => random.int(2)))

const bootstrap = (round: number): number => bootstrapMean(items, { seed: round, draws }).lower

const bareIndices = (round: number): number => {
  const generator = xoroshiro128plus(round)
  let last = 0
  for (let index = 0; index < draws * itemCount; index++) last = uniformInt(generator, 0, itemCount - 1)
  return last
}

const timed = (job: (round: number) => number, round: number): number => {
  const start = performance.now()
  job(round)
  return performance.now() - start
}

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

// Jobs alternate so that a busy machine slows both; the first rounds warm the compiler and do not count.
const times = Array.from(
  { length: rounds + 5 },
  (_, round) => [timed(bootstrap, round), timed(bareIndices, round)] as const
)
const counted = times.slice(5)
const bootstrapMs = median(counted.map(([time]) => time))
const floorMs = median(counted.map(([, time]) => time))

console.log(`clustered bootstrap  ${draws} draws over ${itemCount} x ${replicates}: ${bootstrapMs.toFixed(2)} ms`)
console.log(`floor                ${draws * itemCount} random indices: ${floorMs.toFixed(2)} ms`)
console.log(`ratio                ${(bootstrapMs / floorMs).toFixed(2)}  (medians of ${rounds} rounds)`)
