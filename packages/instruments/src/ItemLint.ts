/**
 * The item linter: what can be seen of a form without asking anybody. Problems make a form unfit; figures are for people.
 */
import { type Arm, type Form, type Item, topUpTag } from "@model-intake/core"

/** Something wrong with a form, at an item or between two. */
export interface LintProblem {
  readonly items: ReadonlyArray<string>
  readonly says: string
}

/** How often each value of a design factor occurs, over items or over arms. */
export interface FactorCounts {
  readonly factor: string
  readonly of: "items" | "arms"
  /** Value to count, in the order of the values. */
  readonly counts: Readonly<Record<string, number>>
}

/** Lengths in words of what the subject is told. */
export interface LengthFigures {
  readonly mean: number
  readonly shortest: number
  readonly longest: number
}

export interface LintReport {
  readonly form: string
  readonly instrument: string
  readonly items: number
  readonly topUp: number
  readonly arms: number
  readonly factors: ReadonlyArray<FactorCounts>
  readonly lengths: LengthFigures
  /** Largest relative difference in length between two arms of one item, 0 for equal length. */
  readonly armLengthGap: number
  /** Largest similarity of two scenarios: Jaccard index of their character 5-grams, 0 to 1. */
  readonly nearest: { readonly items: ReadonlyArray<string>; readonly similarity: number } | null
  readonly problems: ReadonlyArray<LintProblem>
}

/** Conventions of the linter. */
export const lintConventions = {
  version: 1,
  /** Two scenarios in prose that share more than this of their character n-grams are near-duplicates. */
  nearDuplicate: 0.5,
  gram: 5,
  /** A factor with more values than this names its items rather than grouping them. */
  mostValues: 24
} as const

export interface LintOptions {
  /**
   * Whether scenarios are written in prose, where two alike are one too many; a form in a small artificial language is made of
   * the same few sentences, and only the same text twice is a problem.
   */
  readonly prose: boolean
}

/** Looks a form over. */
export const lintForm = (form: Form, { prose }: LintOptions): LintReport => {
  const drawn = form.items.filter(({ tags }) => !tags.includes(topUpTag))
  const arms = form.items.flatMap((item) => item.arms.map((arm) => ({ item, arm })))
  const lengths = arms.map(({ arm }) => wordsOf(arm))
  const nearest = prose ? nearestScenarios(form.items) : null
  return {
    form: form.id,
    instrument: form.instrument,
    items: drawn.length,
    topUp: form.items.length - drawn.length,
    arms: arms.length,
    factors: [...factorCounts(drawn, "items"), ...factorCounts(drawn, "arms")],
    lengths: {
      mean: lengths.reduce((total, length) => total + length, 0) / lengths.length,
      shortest: Math.min(...lengths),
      longest: Math.max(...lengths)
    },
    armLengthGap: Math.max(...form.items.map(armLengthGap)),
    nearest,
    problems: [
      ...sameText(arms),
      ...form.items.flatMap(armProblems),
      ...unevenFactors(form.items),
      ...(nearest !== null && nearest.similarity > lintConventions.nearDuplicate
        ? [{ items: nearest.items, says: `are near-duplicates (${nearest.similarity.toFixed(2)})` }]
        : [])
    ]
  }
}

const textOf = ({ system, turns }: Arm): string => JSON.stringify([system, turns])

const wordsOf = ({ system, turns }: Arm): number =>
  [system ?? "", ...turns]
    .join(" ")
    .split(/\s+/)
    .filter((word) => word !== "").length

const armLengthGap = ({ arms }: Item): number => {
  const lengths = arms.map(wordsOf)
  return 1 - Math.min(...lengths) / Math.max(...lengths)
}

/** The same text under two names would count one stimulus twice. */
const sameText = (arms: ReadonlyArray<{ readonly item: Item; readonly arm: Arm }>): ReadonlyArray<LintProblem> =>
  [...Map.groupBy(arms, ({ arm }) => textOf(arm)).values()]
    .filter((alike) => new Set(alike.map(({ item }) => item.id)).size > 1)
    .map((alike) => ({ items: alike.map(({ item, arm }) => `${item.id}/${arm.id}`), says: "are the same text" }))

const armProblems = (item: Item): ReadonlyArray<LintProblem> => {
  const alike = [...Map.groupBy(item.arms, textOf).values()].filter((arms) => arms.length > 1)
  const unnamed = item.arms.length > 1 && item.arms.some(({ factors }) => Object.keys(factors).length === 0)
  return [
    ...alike.map((arms) => ({
      items: arms.map(({ id }) => `${item.id}/${id}`),
      says: "are arms with the same text: nothing tells them apart"
    })),
    ...(unnamed ? [{ items: [item.id], says: "has several arms, and one of them names no factor" }] : [])
  ]
}

/** Items of one kind have to carry the same factors, or a rule that reads one finds it missing. */
const unevenFactors = (items: ReadonlyArray<Item>): ReadonlyArray<LintProblem> => {
  const names = (item: Item) => Object.keys(item.factors).sort().join(", ")
  const kinds = Map.groupBy(items, names)
  return [...kinds]
    .filter(([, own]) => own.length === 1 && items.length > 1)
    .map(([factors, own]) => ({ items: own.map(({ id }) => id), says: `is the only item with the factors ${factors}` }))
}

const factorCounts = (items: ReadonlyArray<Item>, of: "items" | "arms"): ReadonlyArray<FactorCounts> => {
  const bearers =
    of === "items"
      ? items.map(({ factors }) => factors)
      : items.flatMap(({ arms }) => arms.map(({ factors }) => factors))
  const names = [...new Set(bearers.flatMap((factors) => Object.keys(factors)))].sort()
  return names.flatMap((factor): ReadonlyArray<FactorCounts> => {
    const groups = Map.groupBy(bearers, (factors) => (factors[factor] === undefined ? "none" : String(factors[factor])))
    if (groups.size > lintConventions.mostValues) return []
    const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
    return [{ factor, of, counts: Object.fromEntries(sorted.map(([value, own]) => [value, own.length])) }]
  })
}

/** The two scenarios most alike, by the character n-grams of their first arms. */
const nearestScenarios = (items: ReadonlyArray<Item>): LintReport["nearest"] => {
  // A naturalistic twin is meant to be like its item.
  const scenarios = items.filter(({ factors }) => factors.twinOf === undefined)
  const grams = scenarios.map(({ arms }) => gramsOf(arms[0]!.turns.join("\n")))
  let nearest: { items: ReadonlyArray<string>; similarity: number } | null = null
  for (let a = 0; a < scenarios.length; a++) {
    for (let b = a + 1; b < scenarios.length; b++) {
      const similarity = jaccardIndex(grams[a]!, grams[b]!)
      if (nearest === null || similarity > nearest.similarity)
        nearest = { items: [scenarios[a]!.id, scenarios[b]!.id], similarity }
    }
  }
  return nearest
}

const gramsOf = (text: string): ReadonlySet<string> => {
  const plain = text.toLowerCase().replaceAll(/\s+/g, " ")
  return new Set(
    Array.from({ length: Math.max(1, plain.length - lintConventions.gram + 1) }, (_, start) =>
      plain.slice(start, start + lintConventions.gram)
    )
  )
}

const jaccardIndex = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let shared = 0
  for (const gram of a) if (b.has(gram)) shared++
  return shared / (a.size + b.size - shared)
}
