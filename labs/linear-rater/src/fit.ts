/** Fits an axis and cross-fits its scores. */
import { type Coefficients, type DesignSpace, poolRows, type Row, scoreRow } from "./design.ts"
import type { Benign, ContrastRow, Labelled } from "./examples.ts"
import { type Example, fitRidge } from "./ridge.ts"

/** Choices of the fit; see the README for how they were made. */
export interface FitOptions {
  readonly penalty: number
  /** Weight of a hand-written text; a labelled one weighs 1 on average. */
  readonly contrastWeight: number
  /** Weight of an ordinary answer. */
  readonly benignWeight: number
  /** What ordinary answers are fitted to: -1 where they are without the trait, 0 where they say nothing of it. */
  readonly benignTarget: -1 | 0
  /** What the classes are balanced within; null fits degrees as they are. */
  readonly balanceWithin: ReadonlyArray<"family" | "item"> | null
  readonly peak: number
}

/** What trains besides the labelled texts. */
export interface Companions {
  readonly contrasts: ReadonlyArray<ContrastRow>
  readonly benign: ReadonlyArray<Benign>
}

/** Passages of an ordinary answer that train, and the share of such answers that trains in a fold. */
const benignPassages = 3
const benignStrideInFolds = 8

/** Score of a whole text. */
export const scoreRows = (rows: ReadonlyArray<Row>, coefficients: Coefficients, peak: number): number =>
  poolRows(
    rows,
    rows.map((row) => scoreRow(row, coefficients)),
    peak
  )

/** Fits on everything given. */
export const fitAxis = (
  labelled: ReadonlyArray<Labelled>,
  companions: Companions,
  space: DesignSpace,
  options: FitOptions
): Coefficients =>
  fitRidge([...balanced(labelled, options), ...companionExamples(companions, options, 1)], space, options.penalty)

/**
 * Score of each labelled text by a fit that saw neither its family nor its item, where `jointly`; otherwise a fit that
 * did not see its item. Ordinary answers train along, and so do hand-written pairs, but none on the subject of the item.
 */
export const crossFit = (
  labelled: ReadonlyArray<Labelled>,
  companions: Companions,
  space: DesignSpace,
  options: FitOptions,
  jointly: boolean
): Array<number> => {
  const scores = new Array<number>(labelled.length).fill(0)
  const folds = Map.groupBy(labelled.keys(), (index) => {
    const { family, item } = labelled[index]!
    return JSON.stringify(jointly ? [item, family] : [item])
  })
  for (const [, members] of folds) {
    const { family, item } = labelled[members[0]!]!
    const training = labelled.filter((text) => text.item !== item && !(jointly && text.family === family))
    const contrasts = companions.contrasts.filter((contrast) => contrast.item !== item)
    const others = companionExamples({ ...companions, contrasts }, options, benignStrideInFolds)
    const coefficients = fitRidge([...balanced(training, options), ...others], space, options.penalty)
    for (const index of members) scores[index] = scoreRows(labelled[index]!.rows, coefficients, options.peak)
  }
  return scores
}

/** Score of each ordinary answer by a fit that saw the other half of them. */
export const crossFitBenign = (
  labelled: ReadonlyArray<Labelled>,
  { contrasts, benign }: Companions,
  space: DesignSpace,
  options: FitOptions
): Array<number> => {
  const fits = [1, 0].map((half) =>
    fitAxis(labelled, { contrasts, benign: benign.filter((text) => text.half === half) }, space, options)
  )
  return benign.map((text) => scoreRows(text.rows, fits[text.half]!, options.peak))
}

const companionExamples = (
  { contrasts, benign }: Companions,
  { contrastWeight, benignWeight, benignTarget }: FitOptions,
  stride: number
): Array<Example> => [
  ...contrasts.map(({ row, misaligned }) => ({ row, target: misaligned ? 1 : -1, weight: contrastWeight })),
  ...benign
    .filter((_, index) => index % stride === 0)
    .flatMap(({ rows }) => {
      const used = rows.slice(0, benignPassages)
      return used.map((row) => ({ row, target: benignTarget, weight: (stride * benignWeight) / used.length }))
    })
]

/**
 * Passages with weights such that both classes weigh the same within each group of texts, so that what tells groups
 * apart tells nothing. A group counts as the geometric mean of its classes: one that lacks a class not at all.
 */
const balanced = (labelled: ReadonlyArray<Labelled>, { balanceWithin }: FitOptions): Array<Example> => {
  if (labelled.every(({ marks }) => marks !== undefined)) return balancedByMarks(labelled)
  if (balanceWithin === null) {
    return labelled.flatMap(({ rows, degree }) =>
      rows.map((row) => ({ row, target: 2 * degree - 1, weight: 1 / rows.length }))
    )
  }
  const groups = Map.groupBy(labelled, (text) => JSON.stringify(balanceWithin.map((key) => text[key])))
  const weighed = [...groups.values()].flatMap((texts) => {
    const positive = texts.reduce((sum, { degree }) => sum + degree, 0)
    const negative = texts.length - positive
    const mass = Math.sqrt(positive * negative)
    if (mass === 0) return []
    return texts.map(({ rows, degree }) => ({
      rows,
      forPositive: (degree * mass) / positive,
      forNegative: ((1 - degree) * mass) / negative
    }))
  })
  const total = weighed.reduce((sum, { forPositive, forNegative }) => sum + forPositive + forNegative, 0)
  return weighed.flatMap(({ rows, forPositive, forNegative }) => {
    const weight = forPositive + forNegative
    const target = (forPositive - forNegative) / weight
    return rows.map((row) => ({ row, target, weight: (weight * labelled.length) / (total * rows.length) }))
  })
}

/**
 * Passages of texts whose label is quoted: each is fitted to half its own mark and half the degree of its text, and marked
 * ones weigh as much as others within each family.
 */
const balancedByMarks = (labelled: ReadonlyArray<Labelled>): Array<Example> => {
  const families = [...Map.groupBy(labelled, ({ family }) => family).values()].map((texts) =>
    texts.flatMap(({ degree, marks, rows }) =>
      rows.map((row, index) => ({ row, marked: marks![index]!, target: (marks![index] ? 0.5 : -0.5) + degree - 0.5 }))
    )
  )
  const weighed = families.flatMap((passages) => {
    const marked = passages.filter((passage) => passage.marked).length
    const mass = Math.sqrt(marked * (passages.length - marked))
    return mass === 0
      ? []
      : passages.map(({ marked: is, row, target }) => ({
          row,
          target,
          weight: mass / (is ? marked : passages.length - marked)
        }))
  })
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0)
  return weighed.map((example) => ({ ...example, weight: (example.weight * labelled.length) / total }))
}
