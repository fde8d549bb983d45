import { type BootstrapOptions, bootstrapStatistic } from "./Bootstrap.ts"
import { conventions } from "./Conventions.ts"
import type { Interval } from "./Interval.ts"
import { checkFiniteValues, checkInteger, invalid } from "./internal/Check.ts"
import { mean } from "./internal/Moments.ts"
import { deriveSeed, makeRandom, type Random } from "./Random.ts"

/** One ladder: rungs in order, each with its samples (two or more numbers; 0 and 1 for a yes or no). */
export type Ladder = ReadonlyArray<ReadonlyArray<number>>

export interface CrossFittedJumpOptions extends BootstrapOptions {
  /** Random halvings to average over; 20 unless given. */
  readonly splits?: number
  /** Rungs at either end whose mean is the foot and the top; 2 unless given. */
  readonly endRungs?: number
}

export interface CrossFittedJump {
  /** Mean over ladders of the jump, measured where other samples placed it. */
  readonly jump: Interval
  /** Mean over ladders of top minus foot. */
  readonly rise: Interval
  /**
   * Jump / rise: about 1 where the whole rise is one step, about 1 / steps under linear drift. It may exceed 1, because
   * a jump inside an end window lowers the rise. 0 where the rise is at most 0.02, too little to have a shape.
   */
  readonly share: Interval
}

/**
 * How much of the rise along a ladder happens in one step.
 *
 * The largest of several noisy steps is large by selection, and averaging ladders smears steps that sit on different
 * rungs. So within each ladder one random half of the samples places the largest upward step, the other half measures
 * the step at that place, and the halves swap; tied places share the measurement. Bounds come from resampling ladders.
 * The order of ladders and of samples does not matter.
 *
 * @param ladders all with the same number of rungs, at least 2 * endRungs
 * @throws RangeError on no ladders, too few or unequal rungs, a rung with fewer than two samples, a value that is not
 *   finite, or an option out of range
 */
export const crossFittedJump = (ladders: ReadonlyArray<Ladder>, options: CrossFittedJumpOptions): CrossFittedJump => {
  const where = "crossFittedJump"
  const { confidence = conventions.confidence, endRungs = 2, seed, splits = 20 } = options
  checkInteger(where, "endRungs", endRungs, 1)
  checkInteger(where, "splits", splits, 1)
  checkLadders(where, ladders, endRungs)

  const random = makeRandom(deriveSeed(seed, "halves"))
  const measured = canonicalOrder(ladders).map((ladder) => ({
    jump: jumpOf(ladder, splits, random),
    rise: riseOf(ladder, endRungs)
  }))
  const meanOf = (key: "jump" | "rise", indices: Uint32Array): number => {
    let total = 0
    for (const index of indices) total += measured[index]![key]
    return total / indices.length
  }
  const shareOf = (indices: Uint32Array): number => {
    const rise = meanOf("rise", indices)
    return rise <= conventions.smallestRise ? 0 : meanOf("jump", indices) / rise
  }
  const bootstrap = (statistic: (indices: Uint32Array) => number): Interval => {
    const { estimate, lower, upper } = bootstrapStatistic(ladders.length, statistic, {
      ...options,
      seed: deriveSeed(seed, "ladders")
    })
    return { estimate, lower, upper, confidence }
  }
  return {
    jump: bootstrap((indices) => meanOf("jump", indices)),
    rise: bootstrap((indices) => meanOf("rise", indices)),
    share: bootstrap(shareOf)
  }
}

const jumpOf = (ladder: Ladder, splits: number, random: Random): number => {
  let total = 0
  for (let split = 0; split < splits; split++) {
    const halves = ladder.map((samples) => {
      const shuffled = random.shuffle(samples)
      const middle = Math.floor(shuffled.length / 2)
      return [mean(shuffled.slice(0, middle)), mean(shuffled.slice(middle))] as const
    })
    const first = steps(halves.map(([half]) => half))
    const second = steps(halves.map(([, half]) => half))
    total += (stepAtLargest(first, second) + stepAtLargest(second, first)) / 2
  }
  return total / splits
}

const steps = (rungs: ReadonlyArray<number>): Array<number> => rungs.slice(1).map((value, rung) => value - rungs[rung]!)

const stepAtLargest = (placing: ReadonlyArray<number>, measuring: ReadonlyArray<number>): number => {
  const largest = Math.max(...placing)
  return mean(measuring.filter((_, place) => placing[place] === largest))
}

const riseOf = (ladder: Ladder, endRungs: number): number => {
  const rungs = ladder.map(mean)
  return mean(rungs.slice(-endRungs)) - mean(rungs.slice(0, endRungs))
}

/** Samples within a rung, and ladders, are exchangeable: sorting them ties the random halves to content, not to order. */
const canonicalOrder = (ladders: ReadonlyArray<Ladder>): Array<Ladder> =>
  ladders
    .map((ladder) => ladder.map((samples) => [...samples].sort((a, b) => a - b)))
    .map((ladder) => ({ ladder, key: ladder.flat() }))
    .sort((a, b) => compareLexically(a.key, b.key) || compareLexically(sizes(a.ladder), sizes(b.ladder)))
    .map(({ ladder }) => ladder)

const sizes = (ladder: Ladder): Array<number> => ladder.map((samples) => samples.length)

const compareLexically = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number => {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const difference = a[index]! - b[index]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

const checkLadders = (where: string, ladders: ReadonlyArray<Ladder>, endRungs: number): void => {
  const rungs = ladders[0]?.length
  if (rungs === undefined) throw invalid(where, "ladders must not be empty")
  if (rungs < 2 * endRungs) throw invalid(where, `a ladder needs at least ${2 * endRungs} rungs, got ${rungs}`)
  ladders.forEach((ladder, index) => {
    if (ladder.length !== rungs) {
      throw invalid(where, `ladders[${index}] has ${ladder.length} rungs, the first has ${rungs}`)
    }
    ladder.forEach((samples, rung) => {
      checkFiniteValues(where, `ladders[${index}][${rung}]`, samples)
      if (samples.length < 2) throw invalid(where, `ladders[${index}][${rung}] needs at least two samples`)
    })
  })
}
