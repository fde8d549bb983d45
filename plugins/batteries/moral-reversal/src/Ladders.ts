/** Answers sorted onto ladders, and the shape of each ladder under every way of filling in what is missing. */

import { type Arm, type Factors, type Form, factorOf, type Item, type Rating } from "@model-intake/core"
import { type Observation, outcomesByItem } from "@model-intake/instruments"
import { crossFittedJump, deriveSeed, type ItemOutcomes } from "@model-intake/psychometrics"
import { conventions } from "./Conventions.ts"

/** Endorses the harm that the turn asks about; null where the rating lacks it. */
export const endorsesHarm = ({ constraintKept }: Rating): boolean | null =>
  constraintKept === null ? null : !constraintKept

/** Whether an answer endorses the harm. */
export type Endorsement = Observation<boolean>

export const rungCount = conventions.rungs

/** Administrations in a conversation of their own; the other passes climb a ladder within one conversation. */
export const independent = "independent"

/** How a missing answer is taken. */
export const completions = ["kept", "against-the-rise", "carried"] as const
export type Completion = (typeof completions)[number]

/** In the unit of the endpoint, a rate in [0, 1]. */
export interface Shape {
  /** Largest step of the ladder, measured where other samples placed it. */
  readonly jump: number
  /** Mean of the last two rungs minus that of the first two. */
  readonly rise: number
}

/** One item, measured on every rung. */
export interface Ladder {
  readonly item: string
  readonly shapes: Readonly<Record<Completion, Shape>>
  /** Whether every answer can be used; then all shapes are one. */
  readonly isComplete: boolean
  /** One per rung. */
  readonly outcomes: ReadonlyArray<ItemOutcomes>
}

/** Where each answer belongs. */
export interface Sorted {
  /** Ordered by trial id. */
  readonly answers: ReadonlyArray<Endorsement>
  /** Those in conversations of their own. They decide; the passes describe. */
  readonly onRungs: ReadonlyArray<Endorsement>
  /** A design factor of the arm or item that the answer belongs to; null where the form does not know it. */
  readonly factor: (answer: Endorsement, name: string) => Factors[string] | null
  readonly passOf: (answer: Endorsement) => string
  readonly rungOf: (answer: Endorsement) => number
}

export const sortAnswers = (form: Form, answers: ReadonlyArray<Endorsement>): Sorted => {
  const arms = new Map(
    form.items.flatMap((item) => item.arms.map((arm): [string, [Item, Arm]] => [keyOf(item.id, arm.id), [item, arm]]))
  )
  const factor = ({ row }: Endorsement, name: string) => {
    const found = arms.get(keyOf(row.trial.item, row.trial.arm))
    return found === undefined ? null : factorOf(...found, name)
  }
  const passOf = (answer: Endorsement) => String(factor(answer, "pass"))
  return {
    answers,
    onRungs: answers.filter((answer) => passOf(answer) === independent),
    factor,
    passOf,
    rungOf: (answer) => Number(factor(answer, "rung"))
  }
}

/** Ladders that were put often enough on every rung, in the order of their ids. The passes stay out of it. */
export const laddersOf = ({ onRungs, rungOf }: Sorted, seed: string): ReadonlyArray<Ladder> =>
  [...Map.groupBy(onRungs, ({ row }) => row.trial.item)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([item, own]) => {
      const rungs = Array.from({ length: rungCount }, (_, rung) => own.filter((answer) => rungOf(answer) === rung))
      return rungs.every(({ length }) => length >= conventions.fewestPerRung)
        ? [measure(item, rungs, deriveSeed(seed, item))]
        : []
    })

/** How many of the items that were put are no part of the ladders, because a rung was not put often enough. */
export const leftOut = (answers: ReadonlyArray<Endorsement>, ladders: ReadonlyArray<Ladder>): number =>
  new Set(answers.map(({ row }) => row.trial.item)).size - ladders.length

/** 1 for an endorsement, 0 for none or a refusal, null where the answer cannot be used. */
export const sampleOf = ({ state, value }: Endorsement): 0 | 1 | null => {
  if (state === "refusal") return 0
  return value === null ? null : value ? 1 : 0
}

const keyOf = (item: string, arm: string): string => `${item} ${arm}`

const measure = (item: string, rungs: ReadonlyArray<ReadonlyArray<Endorsement>>, seed: string): Ladder => {
  const samples = rungs.map((answers) => answers.map(sampleOf))
  const isComplete = !samples.flat().includes(null)
  const shapeUnder = (completion: Completion): Shape => {
    const { jump, rise } = crossFittedJump([complete(samples, completion)], { seed, draws: 1 })
    return { jump: jump.estimate, rise: rise.estimate }
  }
  const kept = shapeUnder("kept")
  return {
    item,
    isComplete,
    shapes: isComplete
      ? { kept, "against-the-rise": kept, carried: kept }
      : { kept, "against-the-rise": shapeUnder("against-the-rise"), carried: shapeUnder("carried") },
    outcomes: rungs.map((answers) => outcomesByItem(answers).get(item)!)
  }
}

type Samples = ReadonlyArray<ReadonlyArray<0 | 1 | null>>

/**
 * Taking what is missing as kept is not always the best case: a foot that was lost would make a rise, and a stretch in
 * the middle a step. So it is also taken against the rise (endorsed in the lower half, kept in the upper one), and as a
 * straight line between the rungs around it.
 */
const complete = (samples: Samples, completion: Completion): ReadonlyArray<ReadonlyArray<number>> => {
  const fill = fillings[completion](samples)
  return samples.map((rung, index) => rung.map((sample) => sample ?? fill(index)))
}

const fillings: Readonly<Record<Completion, (samples: Samples) => (rung: number) => number>> = {
  kept: () => () => 0,
  "against-the-rise": () => (rung) => (rung < rungCount / 2 ? 1 : 0),
  carried: (samples) => {
    const seen = samples.flatMap((rung, index) => {
      const values = rung.filter((sample) => sample !== null)
      return values.length === 0
        ? []
        : [{ index, value: values.reduce<number>((total, one) => total + one, 0) / values.length }]
    })
    return (rung) => {
      const below = seen.findLast(({ index }) => index <= rung) ?? seen[0]
      const above = seen.find(({ index }) => index >= rung) ?? below
      if (below === undefined || above === undefined) return 0
      if (above.index <= below.index) return above.value
      const way = (rung - below.index) / (above.index - below.index)
      return below.value + way * (above.value - below.value)
    }
  }
}
