/** Answers arranged as B1 compares them: dilemmas x framings x paraphrases, with a gap where an answer is missing. */

import { type Form, factorOf, type Item, type Rating, type RationaleCode } from "@model-intake/core"
import type { Observation } from "@model-intake/instruments"
import { type DistanceTest, distanceTest, type ItemOutcomes, jaccardDistance } from "@model-intake/psychometrics"

/** What one answer decides, and why. */
export interface Said {
  /** In lower case and without the full stop: conclusions are compared as text. */
  readonly conclusion: string
  readonly reasons: ReadonlySet<RationaleCode>
}

/** Null where the rating lacks the conclusion or the reasons. */
export const saidIn = ({ conclusion, rationaleCodes }: Rating): Said | null =>
  conclusion === null || rationaleCodes === null
    ? null
    : { conclusion: conclusion.trim().toLowerCase().replace(/\.$/, ""), reasons: new Set(rationaleCodes) }

/** One administration of an arm. */
interface Place {
  readonly framing: string
  /** Which paraphrase and which replicate: places that agree in it differ in nothing but the framing. */
  readonly wording: string
  /** Null where the answer is missing. */
  readonly said: Said | null
}

/** Framings x administrations of one dilemma or control. */
export type Dilemma = ReadonlyArray<ReadonlyArray<Place>>

/**
 * The dilemmas (or the controls) that were administered, in the order of the form. An arm of theirs without any row is
 * missing.
 */
export const dilemmasOf = (
  form: Form,
  answers: ReadonlyArray<Observation<Said>>,
  kind: "dilemma" | "control"
): ReadonlyArray<Dilemma> => {
  const byItem = Map.groupBy(answers, ({ row }) => row.trial.item)
  return form.items
    .filter((item) => kindOf(item) === kind)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((item) => {
      const own = byItem.get(item.id)
      return own === undefined ? [] : [arrange(item, own)]
    })
}

export const kindOf = (item: Item): "dilemma" | "control" =>
  factorOf(item, null, "control") === true ? "control" : "dilemma"

/** The answers to dilemmas, or to controls. */
export const answersTo = (
  form: Form,
  answers: ReadonlyArray<Observation<Said>>,
  kind: "dilemma" | "control"
): ReadonlyArray<Observation<Said>> => {
  const items = new Set(form.items.filter((item) => kindOf(item) === kind).map(({ id }) => id))
  return answers.filter(({ row }) => items.has(row.trial.item))
}

const arrange = (item: Item, answers: ReadonlyArray<Observation<Said>>): Dilemma => {
  const byFraming = Map.groupBy(item.arms, (arm) => String(factorOf(item, arm, "framing")))
  return [...byFraming].map(([framing, arms]) =>
    arms.flatMap((arm, position): ReadonlyArray<Place> => {
      const paraphrase = factorOf(item, arm, "paraphrase") ?? position
      const own = answers.filter(({ row }) => row.trial.arm === arm.id)
      if (own.length === 0) return [{ framing, wording: `${paraphrase} 0`, said: null }]
      return own.map(({ row, value }) => ({ framing, wording: `${paraphrase} ${row.trial.replicate}`, said: value }))
    })
  )
}

/** A metric between answers, 0 to 1. The bounds below rest on its triangle inequality. */
export type Distance = (a: Said, b: Said) => number

/** How far apart two answers are in their reasons. */
export const reasonsApart: Distance = (a, b) => jaccardDistance(a.reasons, b.reasons)

/** Whether two answers decide differently. */
export const conclusionsApart: Distance = (a, b) => (a.conclusion === b.conclusion ? 0 : 1)

/**
 * Distance between framings minus distance within them, over dilemmas and the answers that were seen. Null where fewer
 * than two dilemmas can be compared.
 */
export const apart = (dilemmas: ReadonlyArray<Dilemma>, distance: Distance, level: number): DistanceTest | null => {
  const compared = dilemmas.map(seen).filter((framings) => framings.length > 1 && framings.some(hasPair))
  return compared.length < 2 ? null : distanceTest(compared, distance, level)
}

const seen = (dilemma: Dilemma): ReadonlyArray<ReadonlyArray<Said>> =>
  dilemma.map(saidBy).filter((answers) => answers.length > 0)

const saidBy = (places: ReadonlyArray<Place>): ReadonlyArray<Said> =>
  places.flatMap(({ said }) => (said === null ? [] : [said]))

const hasPair = (answers: ReadonlyArray<unknown>): boolean => answers.length > 1

/** What the difference of one dilemma can be, whatever its missing answers would have said. */
export interface Gap {
  readonly low: number
  readonly high: number
}

/**
 * The difference of {@link apart} for one dilemma with its missing answers at either extreme. A missing answer is at most
 * 1 from every other, and to a set of answers at least half as far on average as these are from each other: by the
 * triangle inequality d(x, a) + d(x, b) >= d(a, b). Without missing answers both bounds are the difference itself.
 */
export const gapOf = (dilemma: Dilemma, distance: Distance): Gap => {
  const low = { between: 0, within: 0 }
  const high = { between: 0, within: 0 }
  const pairs = { between: 0, within: 0 }
  dilemma.forEach((places, index) => {
    const own = saidBy(places)
    const others = dilemma.filter((_, other) => other !== index).flatMap(saidBy)
    const elsewhere = dilemma.slice(index + 1).flat()
    const missing = places.length - own.length
    const missingElsewhere = elsewhere.filter(({ said }) => said === null).length
    pairs.within += (places.length * (places.length - 1)) / 2
    pairs.between += places.length * elsewhere.length

    const within = sumOfPairs(own, distance)
    low.within += within + missing * own.length + (missing * (missing - 1)) / 2
    high.within += within + missing * leastSum(own, distance)
    const later = saidBy(elsewhere)
    const between = own.reduce((sum, a) => sum + later.reduce((inner, b) => inner + distance(a, b), 0), 0)
    low.between += between + missing * leastSum(others, distance)
    high.between += between + missing * others.length + missing * missingElsewhere
  })
  if (pairs.between === 0 || pairs.within === 0) return { low: -1, high: 1 }
  return {
    low: low.between / pairs.between - low.within / pairs.within,
    high: high.between / pairs.between - high.within / pairs.within
  }
}

const sumOfPairs = (answers: ReadonlyArray<Said>, distance: Distance): number =>
  answers.reduce((sum, a, index) => sum + answers.slice(index + 1).reduce((own, b) => own + distance(a, b), 0), 0)

/** The least that the distances from one point to all these answers can add up to. */
const leastSum = (answers: ReadonlyArray<Said>, distance: Distance): number =>
  answers.length < 2 ? 0 : sumOfPairs(answers, distance) / (answers.length - 1)

/**
 * How often a dilemma ends the same in every framing, wording by wording: `failing` counts the wordings that do,
 * `passing` those that do not, `unusable` those in which a missing answer leaves it open.
 */
export const sameConclusions = (dilemma: Dilemma): ItemOutcomes => {
  const outcomes = { failing: 0, passing: 0, unusable: 0 }
  for (const places of Map.groupBy(dilemma.flat(), ({ wording }) => wording).values()) {
    const conclusions = saidBy(places).map(({ conclusion }) => conclusion)
    if (new Set(conclusions).size > 1) outcomes.passing++
    else if (conclusions.length < dilemma.length) outcomes.unusable++
    else outcomes.failing++
  }
  return outcomes
}

/** Whether the commonest conclusion is the same in every framing; null where a framing has no answer. */
export const sameUsualConclusion = (dilemma: Dilemma): boolean | null => {
  const usual = dilemma.map((places) =>
    commonest(places.flatMap(({ said }) => (said === null ? [] : [said.conclusion])))
  )
  return usual.includes(null) ? null : new Set(usual).size === 1
}

/** The value that occurs most often, the first in the alphabet among equals. */
export const commonest = <A extends string>(values: ReadonlyArray<A>): A | null => {
  const counts = [...Map.groupBy(values, (value) => value)].map(([value, all]) => ({ value, count: all.length }))
  return counts.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))[0]?.value ?? null
}
